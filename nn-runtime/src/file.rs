//! Files that are written completely or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::Error;

/// Replaces the content of the file `path`, and creates its folder if it is missing.
///
/// Whatever happens meanwhile, even a power failure, `path` holds either the old content or all of the new.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    write(path, content).map_err(Error::writing(path))
}

/// Creates `folder` if it is missing, and checks that a file can be written in it.
pub(crate) fn prepare(folder: &Path) -> Result<(), Error> {
    let tried = fs::create_dir_all(folder).and_then(|()| temporary(folder));
    tried.map(drop).map_err(Error::writing(folder))
}

/// The extension of a file in small letters: `svg`.
pub(crate) fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// Writes another file and renames it, after its data has reached the disk, so that it is there completely or not at all.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = temporary(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name must reach the disk too, before a caller removes older files.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// The prefix of the names of files that have not been renamed yet.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// A temporary file, removed unless it is renamed.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The permissions of any new file instead of tempfile's 0600, since others may want to read it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // Only the kind, since the text names the temporary file.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}
