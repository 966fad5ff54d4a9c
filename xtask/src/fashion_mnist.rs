//! The pictures of clothes of Fashion-MNIST, as Debian's package `dataset-fashion-mnist` holds them: in full, in the four files
//! of their authors.

use crate::cache;
use crate::folder::Folder;
use crate::mnist;
use crate::process;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "dataset-fashion-mnist";

/// The files, and their SHA-256.
const FILES: [(&str, &str); 4] = [
    ("train-images-idx3-ubyte.gz", "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7"),
    ("train-labels-idx1-ubyte.gz", "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056"),
    ("t10k-images-idx3-ubyte.gz", "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa"),
    ("t10k-labels-idx1-ubyte.gz", "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05"),
];

/// Where the files are kept.
pub fn folder() -> PathBuf {
    cache::folder().join("fashion-mnist")
}

/// Whether they are there.
pub fn is_fetched() -> bool {
    FILES.iter().all(|(name, _)| folder().join(name).exists())
}

/// Fetches them where they are missing, and returns their folder.
pub fn fetch() -> Result<PathBuf> {
    let path = folder();
    Folder { path: &path, gigabytes: 0.2 }.ensure(is_fetched, |partial| {
        eprintln!("Fetching Fashion-MNIST into {} (31 MB)", path.display());
        let package = partial.join("package");
        fs::create_dir(&package)?;
        unpack(&package)?;
        for (name, sha256) in FILES {
            let file = package.join("usr/share/datasets/fashion-mnist").join(name);
            mnist::check(&file, sha256, PACKAGE)?;
            fs::rename(file, partial.join(name))?;
        }
        Ok(fs::remove_dir_all(package)?)
    })?;
    Ok(path)
}

/// Gets the package and unpacks it into `folder`; nothing is installed, and none of its scripts is run.
fn unpack(folder: &Path) -> Result<()> {
    if Command::new("apt-get").arg("--version").output().is_err() {
        bail!(
            "fetching Fashion-MNIST needs Debian's or Ubuntu's `apt-get`, which is not installed\n\
             help: put its four files, gzipped as their authors serve them, into {}",
            self::folder().display()
        );
    }
    process::run(Command::new("apt-get").args(["download", PACKAGE]).current_dir(folder), "fetch Fashion-MNIST")?;
    let archive = fs::read_dir(folder)?.next().context("apt-get downloaded nothing")??.path();
    process::run(Command::new("dpkg-deb").arg("--extract").arg(archive).arg(folder), "unpack Fashion-MNIST")
}
