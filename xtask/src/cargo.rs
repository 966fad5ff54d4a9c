//! Runs cargo on the checkout, after installing what it needs.

use crate::fashion_mnist;
use crate::libtorch;
use crate::minilm;
use crate::mnist;
use crate::reference;
use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The names of the examples.
pub fn examples() -> PossibleValuesParser {
    let files = libtorch::checkout().join("examples").read_dir().into_iter().flatten().flatten();
    let name = |path: PathBuf| Some(path.file_name()?.to_str()?.strip_suffix(".rs")?.to_owned());
    let mut names: Vec<String> = files.filter_map(|file| name(file.path())).collect();
    names.sort();
    PossibleValuesParser::new(names)
}

/// Runs an example.
pub fn run(example: &str, release: bool, mut args: Vec<OsString>) -> Result<ExitCode> {
    libtorch::ensure_any()?;
    if let Some((option, fetch)) = needs(example)
        && !args.iter().any(|arg| is_option(option, arg))
    {
        args.extend([option.into(), fetch()?.into()]);
    }
    let mut cargo = cargo("run");
    if release {
        cargo.arg("--release");
    }
    finish(cargo.args(["--example", example, "--"]).args(args))
}

/// Runs the tests.
pub fn test(args: Vec<OsString>) -> Result<ExitCode> {
    libtorch::ensure_any()?;
    let python = reference_python()?;
    minilm::fetch()?;
    finish(cargo("test").args(args).env("NN_DSL_PYTHON", python))
}

/// Runs the benchmarks: `tables`, which compares with PyTorch, unless others are named.
pub fn bench(args: Vec<OsString>) -> Result<ExitCode> {
    libtorch::ensure_any()?;
    let tables = match args.split_first() {
        None => &[],
        Some((first, words)) if first == "tables" => words,
        Some(_) => return finish(cargo("bench").args(args)),
    };
    let python = reference_python()?;
    finish(cargo("bench").args(["--bench", "tables", "--"]).args(tables).env("NN_DSL_PYTHON", python))
}

/// The Python to compare with: the user's own, or ours.
fn reference_python() -> Result<OsString> {
    match env::var_os("NN_DSL_PYTHON") {
        Some(own) => Ok(own),
        None => Ok(reference::install()?.into()),
    }
}

/// The option by which an example is given a folder, and what fetches that.
type Need = (&'static str, fn() -> Result<PathBuf>);

fn needs(example: &str) -> Option<Need> {
    match example {
        "lenet" | "softmax" | "transfer" | "vae" => Some(("--data", mnist::fetch)),
        "resnet" => Some(("--data", fashion_mnist::fetch)),
        "sentences" => Some(("--model", minilm::fetch)),
        _ => None,
    }
}

/// Whether the user gave the option.
fn is_option(option: &str, arg: &OsStr) -> bool {
    arg.to_string_lossy().strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
}

/// The cargo that started us, on the whole workspace.
fn cargo(command: &str) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(program);
    cargo.arg(command).arg("--manifest-path").arg(libtorch::checkout().join("Cargo.toml"));
    if libtorch::own().is_none() {
        // Cargo's configuration set it when we were started, perhaps before we installed a libtorch.
        cargo.env_remove("LIBTORCH");
    }
    cargo
}

/// Runs it, and returns its exit code.
fn finish(cargo: &mut Command) -> Result<ExitCode> {
    let status = cargo.status().context("cannot start cargo")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
