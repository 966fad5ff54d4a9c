//! Files that are written as a whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::Error;

/// Makes `content` that of the file `path`, whose folder is made where it is missing.
///
/// Whatever happens meanwhile, the power failing too, `path` holds either the old content or the whole of the new.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    write(path, content).map_err(Error::writing(path))
}

/// Creates `folder` if it is missing, and tries whether a file can be written in it.
pub(crate) fn prepare(folder: &Path) -> Result<(), Error> {
    let tried = fs::create_dir_all(folder).and_then(|()| temporary(folder));
    tried.map(drop).map_err(Error::writing(folder))
}

/// What the name of a file ends in, in small letters: `svg`.
pub(crate) fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// A file renamed into place is there as a whole or not at all, given that its data reached the disk before.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = temporary(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name too must reach the disk, before what it replaces may be removed elsewhere.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// How the name of a file begins that has not replaced another yet.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// A file that is removed again unless it is renamed.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As for any new file, not tempfile's 0600: others may want to read it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // The kind alone, for the text names the temporary file, of which the user knows nothing.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}
