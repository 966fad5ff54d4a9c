//! Draws networks of the zoo: `cargo xtask run draw FOLDER` writes an SVG file for each of four, and prints their tables.
//!
//! For a network of one's own it is one line: `Net::diagram().save("net.svg")?`.

use anyhow::Result;
use clap::Parser;
use nn_dsl::models::{GoogLeNet, MiniLm, ResNet34, UNet};
use nn_dsl::{Bindings, Network};
use std::path::{Path, PathBuf};

/// Draws four networks of the zoo.
#[derive(Parser)]
struct Options {
    /// Where the SVG files go
    folder: PathBuf,
}

fn main() -> Result<()> {
    let Options { folder } = Options::parse();
    std::fs::create_dir_all(&folder)?;
    let size = [("H", 224), ("W", 224)];
    draw::<ResNet34<1000>>(&folder, &size)?;
    draw::<UNet<2>>(&folder, &size)?;
    draw::<GoogLeNet<1000>>(&folder, &size)?;
    draw::<MiniLm>(&folder, &[])
}

fn draw<N: Network>(folder: &Path, sizes: &Bindings) -> Result<()> {
    println!("{}\n", N::summary().at(sizes)?);
    let path = folder.join(format!("{}.svg", N::NAME.to_lowercase()));
    Ok(N::diagram().at(sizes)?.save(path)?)
}
