//! Tells what is installed here, and how to mend what is not.

use crate::cuda;
use crate::libtorch;
use crate::minilm;
use crate::mnist;
use crate::python::Python;
use crate::reference;
use std::env;
use std::process::Command;

/// What is missing or wrong, and what mends it.
pub struct Trouble {
    what: String,
    mend: String,
    /// Whether nothing runs before it is mended.
    grave: bool,
}

impl Trouble {
    pub fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into(), grave: true }
    }

    /// Something that only a part of the house needs, and that is fetched when it does.
    pub fn missing(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { grave: false, ..Self::new(what, mend) }
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
        ("npm", npm()),
        ("libtorch", libtorch()),
        ("CUDA", cuda::devices(&libtorch::in_use())),
        ("reference Python", reference_python()),
        ("MNIST", mnist()),
        ("MiniLM", minilm()),
    ];
    for (name, finding) in findings {
        match finding {
            Ok(found) => println!("✓ {name}: {found}"),
            Err(Trouble { what, mend, grave }) => {
                println!("{} {name}: {what}\n    {mend}", if grave { "✗" } else { "-" });
            }
        }
    }
}

fn rust() -> Finding {
    first_line("rustc").ok_or_else(|| Trouble::new("rustc is not on the PATH", "install Rust by rustup"))
}

fn compiler() -> Finding {
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    first_line(&compiler).ok_or_else(|| {
        Trouble::new(
            format!("`{compiler}` cannot be started, and the bindings to libtorch are C++"),
            "on Debian and Ubuntu: apt install g++; or name a compiler in the variable CXX",
        )
    })
}

fn python() -> Finding {
    match Python::find() {
        Ok(python) => Ok(format!("{} (installs libtorch and the reference Python)", python.version)),
        Err(error) => Err(Trouble::new(format!("{error:#}"), "it installs libtorch and the reference Python")),
    }
}

fn npm() -> Finding {
    let version = first_line("npm").map(|version| format!("{version} (fetches MNIST)"));
    version.ok_or_else(|| Trouble::missing("not installed; it fetches MNIST", "on Debian and Ubuntu: apt install npm"))
}

fn libtorch() -> Finding {
    let libtorch = libtorch::in_use();
    let whose = if libtorch::own().is_some() { "your own, named by LIBTORCH" } else { "this checkout's" };
    match libtorch::check(&libtorch) {
        Ok(()) => Ok(format!("{} in {} ({whose})", libtorch::VERSION, libtorch.display())),
        Err(error) => Err(Trouble::new(
            format!("{error:#} ({whose})"),
            "cargo xtask setup (with LIBTORCH unset, if you have set it)",
        )),
    }
}

fn reference_python() -> Finding {
    match crate::cache::reference_python() {
        Some(python) if reference::is_installed() || env::var_os("NN_DSL_PYTHON").is_some() => {
            Ok(python.display().to_string())
        }
        _ => Err(Trouble::missing("not installed; tests compare with its PyTorch", "cargo xtask python")),
    }
}

fn mnist() -> Finding {
    if mnist::is_fetched() {
        return Ok(mnist::folder().display().to_string());
    }
    Err(Trouble::missing("not fetched; the example `lenet` trains on it", "cargo xtask fetch mnist"))
}

fn minilm() -> Finding {
    if minilm::is_fetched() {
        return Ok(crate::cache::minilm().display().to_string());
    }
    Err(Trouble::missing("not fetched; the example `sentences` runs it, and a test", "cargo xtask fetch minilm"))
}

/// The first line of what a program says of its version, if it can be started.
fn first_line(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}
