//! Runs external installers, and explains their failures.

use anyhow::{Context, Result, bail};
use std::io::{self, BufRead, BufReader, Write};
use std::process::{ChildStderr, Command, Stdio};

/// What installers print, and what it means. The first that is found is the reason: pip calls a package missing when it
/// could not reach the registry.
const REASONS: [(&[&str], &str); 4] = [
    (
        &["No space left on device", "ENOSPC"],
        "the disk is full\nhelp: downloads also need space in the folder for temporary files (TMPDIR)",
    ),
    (
        &[
            "NewConnectionError",
            "ConnectTimeoutError",
            "NameResolutionError",
            "ProxyError",
            "ReadTimeoutError",
            "ENOTFOUND",
            "EAI_AGAIN",
            "ECONNREFUSED",
            "ECONNRESET",
            "ETIMEDOUT",
        ],
        "the package registry cannot be reached\n\
         help: check the network; pip and npm have settings for a proxy or a mirror",
    ),
    (
        &["CERTIFICATE_VERIFY_FAILED", "SELF_SIGNED_CERT", "UNABLE_TO_GET_ISSUER_CERT"],
        "the package registry's certificate is not trusted here\n\
         help: tell pip (PIP_CERT) or npm (cafile) your network's certificate",
    ),
    (
        &["No matching distribution found", "E404"],
        "the package registry has no such package for this machine\n\
         help: a mirror may lack it: see pip's or npm's configuration",
    ),
];

/// Runs a command to its end, with all that it prints going to our standard error. `goal` is what fails if it fails.
pub fn run(command: &mut Command, goal: &str) -> Result<()> {
    let mut child = command
        .stdout(io::stderr())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot {goal}: cannot start {}", command.get_program().display()))?;
    let said = child.stderr.take().map(echo).transpose()?.unwrap_or_default();
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    match reason(&said) {
        Some(reason) => bail!("cannot {goal}: {reason}"),
        None => bail!("cannot {goal}: {} ended with {status}, for the reason above", command.get_program().display()),
    }
}

/// Passes on a child's output, and returns it.
fn echo(stderr: ChildStderr) -> io::Result<String> {
    let mut said = String::new();
    for line in BufReader::new(stderr).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        writeln!(io::stderr(), "{line}")?;
        said.push_str(&line);
        said.push('\n');
    }
    Ok(said)
}

fn reason(said: &str) -> Option<&'static str> {
    let known = REASONS.iter().find(|(signs, _)| signs.iter().any(|sign| said.contains(sign)));
    known.map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_explained() {
        let pip = "Retrying after connection broken by 'NewConnectionError(..)'\n\
                   ERROR: No matching distribution found for torch";
        assert!(reason(pip).unwrap().starts_with("the package registry cannot be reached"));
        assert!(reason("npm error code ENOSPC").unwrap().starts_with("the disk is full"));
        assert_eq!(reason("something else"), None);
    }

    #[test]
    fn a_failing_command_is_an_error_with_its_goal() {
        let run_shell = |script: &str| run(Command::new("sh").args(["-c", script]), "make tea");
        run_shell("true").unwrap();
        let error = run_shell("echo 'OSError: No space left on device' >&2; exit 3").unwrap_err();
        assert!(error.to_string().starts_with("cannot make tea: the disk is full"), "{error}");
        let error = run_shell("exit 3").unwrap_err();
        assert!(error.to_string().contains("exit status: 3"), "{error}");
    }
}
