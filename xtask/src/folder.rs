//! Folders that are either complete or missing.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A folder that is downloaded.
pub struct Folder<'a> {
    pub path: &'a Path,
    /// The disk space that it needs, including temporary files.
    pub gigabytes: f64,
}

impl Folder<'_> {
    /// Lets `fill` make the folder unless it `is_whole` already. What `fill` writes takes the folder's name only when it
    /// has returned, so that an interrupted run leaves what was there before, and the next one starts afresh.
    pub fn ensure(&self, is_whole: impl Fn() -> bool, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        if is_whole() {
            return Ok(());
        }
        let _lock = self.lock()?;
        // The process that held the lock may have done the work.
        if is_whole() {
            return Ok(());
        }
        let (partial, old) = (self.sibling(".partial"), self.sibling(".old"));
        remove(&partial)?;
        remove(&old)?;
        self.require_room()?;
        fs::create_dir(&partial).with_context(|| format!("cannot create the folder {}", partial.display()))?;
        if let Err(error) = fill(&partial) {
            remove(&partial)?;
            return Err(error);
        }
        if self.path.exists() {
            fs::rename(self.path, &old).with_context(|| format!("cannot replace {}", self.path.display()))?;
        }
        fs::rename(&partial, self.path).with_context(|| format!("cannot create {}", self.path.display()))?;
        remove(&old)
    }

    /// Keeps a second run from filling the same folder, for as long as the file is open.
    fn lock(&self) -> Result<File> {
        let path = self.sibling(".lock");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create the folder {}", parent.display()))?;
        }
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        if file.try_lock().is_err() {
            eprintln!("Waiting for another run that is filling {}", self.path.display());
            file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        }
        Ok(file)
    }

    fn require_room(&self) -> Result<()> {
        let parent = self.path.parent().unwrap_or(self.path);
        let bytes = fs4::available_space(parent)
            .with_context(|| format!("cannot determine the free space in {}", parent.display()))?;
        let left = bytes as f64 / 1e9;
        if left < self.gigabytes {
            bail!(
                "{} takes {:.1} GB, and its disk has {left:.1} GB left\nhelp: free some space and run this again",
                self.path.display(),
                self.gigabytes,
            );
        }
        Ok(())
    }

    fn sibling(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(self.path);
        name.push(suffix);
        name.into()
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ensure(path: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        Folder { path, gigabytes: 0.0 }.ensure(|| path.join("whole").exists(), fill)
    }

    fn write(name: &'static str) -> impl Fn(&Path) -> Result<()> {
        move |folder| Ok(fs::write(folder.join(name), "")?)
    }

    #[test]
    fn a_whole_folder_is_filled_once() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("new/folder");
        ensure(&path, write("whole")).unwrap();
        ensure(&path, |_| panic!("it is whole")).unwrap();
    }

    #[test]
    fn the_old_folder_stays_until_filling_succeeds() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("folder");
        fs::create_dir(&path).unwrap();
        write("before")(&path).unwrap();
        ensure(&path, |_| bail!("no network")).unwrap_err();
        assert!(path.join("before").exists() && !parent.path().join("folder.partial").exists());
        ensure(&path, write("whole")).unwrap();
        assert!(path.join("whole").exists() && !path.join("before").exists());
    }

    #[test]
    fn files_of_an_interrupted_run_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("folder");
        fs::create_dir(parent.path().join("folder.partial")).unwrap();
        write("half")(&parent.path().join("folder.partial")).unwrap();
        ensure(&path, write("whole")).unwrap();
        assert!(!path.join("half").exists());
    }

    #[test]
    fn a_folder_too_large_for_the_disk_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("folder");
        let huge = Folder { path: &path, gigabytes: 1e9 };
        let error = huge.ensure(|| false, |_| panic!("there is no room")).unwrap_err();
        assert!(error.to_string().contains("takes 1000000000.0 GB, and its disk has"), "{error}");
    }
}
