//! The machine's own Python, which installs what comes from PyPI.

use crate::process;
use anyhow::{Result, bail, ensure};
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The minor versions of Python 3 that torch 2.11.0 has wheels for.
const MINORS: std::ops::RangeInclusive<u32> = 10..=14;

/// Prints the version, and which of the modules that we need are installed.
const PROBE: &str = "
import importlib.util, sys
print(*sys.version_info[:3], sep='.')
print(*(name for name in ('pip', 'venv', 'ensurepip') if importlib.util.find_spec(name)))
";

/// A Python that torch can be installed with.
pub struct Python {
    program: OsString,
    pub version: String,
    modules: Vec<String>,
}

impl Python {
    /// `python3`, or the interpreter that the variable PYTHON names.
    pub fn find() -> Result<Self> {
        let program = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let name = program.display();
        let output = match Command::new(&program).args(["-c", PROBE]).output() {
            Ok(output) => output,
            Err(error) => bail!(
                "cannot start {name}: {error}\n\
                 help: install Python 3.10 to 3.14 with pip and venv (on Debian and Ubuntu: \
                 apt install python3-pip python3-venv), or set the variable PYTHON to its interpreter"
            ),
        };
        ensure!(output.status.success(), "{name} does not work: {}", String::from_utf8_lossy(&output.stderr).trim());
        let said = String::from_utf8_lossy(&output.stdout);
        let mut lines = said.lines();
        let version = lines.next().unwrap_or_default().to_owned();
        let modules = lines.next().unwrap_or_default().split(' ').map(str::to_owned).collect();
        if !is_supported(&version) {
            bail!(
                "{name} is Python {version}, but PyTorch 2.11.0 is published for 3.10 to 3.14\n\
                 help: set the variable PYTHON to the interpreter of such a version"
            );
        }
        Ok(Self { program, version, modules })
    }

    /// Installs packages into a folder.
    pub fn install(&self, packages: &[&str], folder: &Path, goal: &str) -> Result<()> {
        self.require("pip", "python3-pip")?;
        let mut command = Command::new(&self.program);
        command.args(["-m", "pip", "install", "--target"]).arg(folder).args(packages);
        process::run(quiet(&mut command), goal)
    }

    /// Makes an environment with packages in it.
    pub fn make_environment(&self, packages: &[&str], environment: &Path, goal: &str) -> Result<()> {
        self.require("venv", "python3-venv")?;
        self.require("ensurepip", "python3-venv")?;
        process::run(Command::new(&self.program).args(["-m", "venv"]).arg(environment), goal)?;
        let mut command = Command::new(crate::cache::interpreter(environment));
        command.args(["-m", "pip", "install"]).args(packages);
        process::run(quiet(&mut command), goal)
    }

    fn require(&self, module: &str, package: &str) -> Result<()> {
        if self.modules.iter().any(|found| found == module) {
            return Ok(());
        }
        bail!(
            "{} has no module `{module}`\nhelp: on Debian and Ubuntu: apt install {package}; elsewhere: {} -m ensurepip",
            self.program.display(),
            self.program.display(),
        )
    }
}

fn is_supported(version: &str) -> bool {
    let minor = version.strip_prefix("3.").and_then(|rest| rest.split('.').next());
    minor.and_then(|minor| minor.parse().ok()).is_some_and(|minor| MINORS.contains(&minor))
}

/// Keeps pip from giving advice that is meant for other uses.
fn quiet(pip: &mut Command) -> &mut Command {
    pip.env("PIP_ROOT_USER_ACTION", "ignore").env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
}

#[cfg(test)]
mod tests {
    use super::is_supported;

    #[test]
    fn versions() {
        assert!(is_supported("3.10.0") && is_supported("3.14.2"));
        assert!(!is_supported("3.9.18") && !is_supported("3.15.0") && !is_supported("2.7.18") && !is_supported(""));
    }
}
