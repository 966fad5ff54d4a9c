//! The Python with PyTorch that tests compare with. It is an environment of its own: PyTorch's Python half needs all of
//! its CUDA libraries to be there, on the CPU too.

use crate::cache;
use crate::folder::Folder;
use crate::python::Python;
use anyhow::Result;
use std::fs;
use std::path::PathBuf;

const PACKAGES: [&str; 9] = [
    "torch==2.11.0",
    "torchvision==0.26.0",
    "numpy",
    "safetensors",
    "einops",
    "scikit-learn",
    "tensorboard",
    // Both count what others are compared with.
    "torchinfo==1.8.0",
    "fvcore==0.1.5.post20221221",
];

/// Holds the packages that an environment was made with.
const RECORD: &str = "requirements.txt";

/// Installs it where it is missing, and returns its interpreter.
pub fn install() -> Result<PathBuf> {
    let environment = cache::python_environment();
    let folder = Folder { path: &environment, gigabytes: 8.0 };
    folder.ensure(is_installed, |partial| {
        let python = Python::find()?;
        eprintln!("Installing the reference Python into {} (5 GB, once for all checkouts)", environment.display());
        python.make_environment(&PACKAGES, partial, "install the reference Python")?;
        Ok(fs::write(partial.join(RECORD), PACKAGES.join("\n"))?)
    })?;
    Ok(cache::interpreter(&environment))
}

/// Whether it is there, with the packages of this checkout.
pub fn is_installed() -> bool {
    fs::read_to_string(cache::python_environment().join(RECORD)).is_ok_and(|record| record == PACKAGES.join("\n"))
}
