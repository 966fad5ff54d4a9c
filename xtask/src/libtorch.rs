//! The libtorch that everything is built on: the user's own, or one in the checkout, taken from PyTorch's wheel on PyPI.

use crate::cuda;
use crate::folder::Folder;
use crate::python::Python;
use anyhow::{Context, Result, bail, ensure};
use libloading::Library;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The one version that tch 0.24 binds.
pub const VERSION: &str = "2.11.0";

/// The dependencies of the wheel that `libtorch_cpu.so` itself is linked against.
const CPU_PACKAGES: [&str; 4] =
    ["--no-deps", "torch==2.11.0", "nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85"];

/// The wheel with all that it depends on.
const CUDA_PACKAGES: [&str; 1] = ["torch==2.11.0"];

/// The parts of libtorch that compiling and running need.
const FILES: [&str; 4] =
    ["include/torch/csrc/api/include/torch/torch.h", "lib/libc10.so", "lib/libtorch.so", "lib/libtorch_cpu.so"];

/// Points cargo to the libtorch in the same folder. `.cargo/config.toml` includes this file if it exists.
const CARGO_CONFIG: &str = r#"[env]
LIBTORCH = { value = ".libtorch/torch", relative = true }
"#;

/// What a libtorch can compute on.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Cpu,
    Cuda,
}

impl Kind {
    /// The kind that this machine can use.
    pub fn for_this_machine() -> Self {
        if cuda::has_driver() { Self::Cuda } else { Self::Cpu }
    }

    /// The kind of a libtorch from the wheel, by whether CUDA's libraries are beside it.
    fn of(installed: &Path) -> Self {
        if installed.join("nvidia/cudnn").exists() { Self::Cuda } else { Self::Cpu }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::Cpu => "for the CPU",
            Self::Cuda => "for the CPU and CUDA",
        }
    }
}

/// The checkout's root.
pub fn checkout() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("this crate lies in the checkout")
}

/// The libtorch that the user chose with the variable LIBTORCH, unless cargo's configuration here set that.
pub fn own() -> Option<PathBuf> {
    let configured = [installation().join("torch"), checkout().join(".cargo/no-libtorch")];
    let libtorch = env::var_os("LIBTORCH").map(PathBuf::from)?;
    (!configured.contains(&libtorch)).then_some(libtorch)
}

/// The libtorch in use: the user's own, or the one in the checkout.
pub fn in_use() -> PathBuf {
    own().unwrap_or_else(|| installation().join("torch"))
}

/// Installs what is missing for building here, and prints nothing if that is nothing.
pub fn ensure_any() -> Result<()> {
    if own().is_none() && installed().is_some() {
        return Ok(());
    }
    install(Kind::for_this_machine()).map(drop)
}

/// Installs a libtorch of this kind, unless there is one at least as good, and describes the result.
pub fn install(kind: Kind) -> Result<String> {
    if let Some(own) = own() {
        if let Err(error) = check(&own) {
            bail!(
                "the variable LIBTORCH is set, but {error:#}\n\
                 help: unset it and run `cargo xtask setup`, which installs libtorch into the checkout"
            );
        }
        return Ok(format!("your own libtorch {VERSION} is in {}", own.display()));
    }
    let path = installation();
    let gigabytes = if kind == Kind::Cpu { 2.0 } else { 8.0 };
    let is_installed = || installed().is_some_and(|found| found == kind || found == Kind::Cuda);
    Folder { path: &path, gigabytes }.ensure(is_installed, |partial| fill(partial, kind))?;
    Ok(format!("libtorch {VERSION} {} is in {}", Kind::of(&path).describe(), path.display()))
}

fn fill(partial: &Path, kind: Kind) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!(
            "libtorch is installed automatically only on Linux\n\
             help: set the variable LIBTORCH to the folder of your own libtorch {VERSION}"
        );
    }
    let (packages, download): (&[&str], _) = match kind {
        Kind::Cpu => (&CPU_PACKAGES, "0.5 GB"),
        Kind::Cuda => (&CUDA_PACKAGES, "2.5 GB"),
    };
    let python = Python::find()?;
    eprintln!("Installing libtorch {VERSION} {} into .libtorch (a download of {download})", kind.describe());
    python.install(packages, partial, "install libtorch")?;
    check(&partial.join("torch"))?;
    Ok(fs::write(partial.join("cargo.toml"), CARGO_CONFIG)?)
}

/// The libtorch in the checkout, if any. Its folder exists only when it is complete.
fn installed() -> Option<Kind> {
    let path = installation();
    let is_ours = version(&path.join("torch")).as_deref() == Some(VERSION) && path.join("cargo.toml").exists();
    is_ours.then(|| Kind::of(&path))
}

fn installation() -> PathBuf {
    checkout().join(".libtorch")
}

/// Whether this is a libtorch that tch can be built and run with.
pub fn check(libtorch: &Path) -> Result<()> {
    let place = libtorch.display();
    let Some(version) = version(libtorch) else {
        bail!("{place} holds no libtorch: there is neither `build-version` nor `version.py` in it");
    };
    ensure!(version == VERSION, "{place} holds libtorch {version}, but tch 0.24 needs {VERSION}");
    for file in FILES {
        ensure!(libtorch.join(file).exists(), "{place} is an incomplete libtorch: it lacks {file}");
    }
    // SAFETY: libtorch's initialisers may run in any program.
    unsafe { Library::new(libtorch.join("lib/libtorch_cpu.so")) }.context("libtorch does not load on this machine")?;
    Ok(())
}

/// The version that a libtorch states, in the file of PyTorch's zip archives or in that of its wheels, without a suffix
/// like `+cpu`.
fn version(libtorch: &Path) -> Option<String> {
    let stated = match fs::read_to_string(libtorch.join("build-version")) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => {
            let text = fs::read_to_string(libtorch.join("version.py")).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix("__version__ = "))?;
            line.trim_matches(['\'', '"']).to_owned()
        }
    };
    stated.split('+').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libtorch(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn the_version_of_an_archive_and_of_a_wheel() {
        let archive = libtorch(&[("build-version", "2.11.0+cpu\n")]);
        assert_eq!(version(archive.path()).as_deref(), Some("2.11.0"));
        let wheel = libtorch(&[("version.py", "debug = False\n__version__ = '2.10.1+cu130'\n")]);
        assert_eq!(version(wheel.path()).as_deref(), Some("2.10.1"));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let reason = |files: &[(&str, &str)]| check(libtorch(files).path()).unwrap_err().to_string();
        assert!(reason(&[]).contains("holds no libtorch"));
        assert!(reason(&[("build-version", "2.9.0")]).contains("holds libtorch 2.9.0, but tch 0.24 needs 2.11.0"));
        assert!(reason(&[("build-version", "2.11.0")]).contains("is an incomplete libtorch: it lacks include/torch"));
    }
}
