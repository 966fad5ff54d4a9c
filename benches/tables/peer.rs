//! Other libraries in Rust, which are built in `benches/peers` if they are asked for.

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
    /// Its name in the tables, for cargo and for its program.
    pub const fn name(self) -> &'static str {
        match self {
            Peer::Candle => "candle",
            Peer::Burn => "burn",
        }
    }

    /// Whether it can run a row. (candle's SGD has no momentum.)
    pub fn runs(self, row: Row) -> bool {
        let tasks = match self {
            Peer::Candle if row.net != Model::Mlp => &[Task::Inference][..],
            _ => &[Task::Inference, Task::Training],
        };
        tasks.contains(&row.task) && matches!(row.net, Model::Mlp | Model::LeNet | Model::ResNet18)
    }

    /// Builds it, which takes minutes the first time.
    pub fn build(self) -> Result<()> {
        let status = self.cargo("build").status().context("cannot start cargo")?;
        ensure!(status.success(), "cannot build {}, for the reason above", self.name());
        Ok(())
    }

    /// The command that runs its program.
    pub fn run(self) -> Command {
        let mut cargo = self.cargo("run");
        cargo.arg("--quiet");
        cargo
    }

    /// cargo in the folder with the settings that make it fast.
    fn cargo(self, command: &str) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers"));
        cargo.args([command, "--release", "--locked", "--features", self.name(), "--bin", self.name()]);
        cargo
    }
}
