//! Other libraries in Rust, which are built in `benches/peers` when they are asked for.

use crate::rows::{Model, Row, Task};
use anyhow::{Context, Result, ensure};
use std::env;
use std::path::Path;
use std::process::Command;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Peer {
    Candle,
    Burn,
}

impl Peer {
    /// As the tables, cargo and its program call it.
    pub const fn name(self) -> &'static str {
        match self {
            Peer::Candle => "candle",
            Peer::Burn => "burn",
        }
    }

    /// Whether it has what a row takes. candle's SGD has no momentum.
    pub fn runs(self, row: Row) -> bool {
        let tasks = match self {
            Peer::Candle if row.net != Model::Mlp => &[Task::Inference][..],
            _ => &[Task::Inference, Task::Training],
        };
        tasks.contains(&row.task) && matches!(row.net, Model::Mlp | Model::LeNet | Model::ResNet18)
    }

    /// Takes minutes, once.
    pub fn build(self) -> Result<()> {
        let status = self.cargo("build").status().context("cannot start cargo")?;
        ensure!(status.success(), "cannot build {}, for the reason above", self.name());
        Ok(())
    }

    /// Its program.
    pub fn run(self) -> Command {
        let mut cargo = self.cargo("run");
        cargo.arg("--quiet");
        cargo
    }

    /// Where cargo finds the settings that make it fast.
    fn cargo(self, command: &str) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers"));
        cargo.args([command, "--release", "--locked", "--features", self.name(), "--bin", self.name()]);
        cargo
    }
}
