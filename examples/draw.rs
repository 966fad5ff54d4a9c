//! Draws one of the included models: `cargo xtask run draw ResNet34 resnet34.svg H=224 W=224` writes the drawing and
//! prints the table.
//!
//! For your own network it is one line: `Net::diagram().save("net.svg")?`.

use anyhow::{Context, Result};
use clap::Parser;
use nn_dsl::models;
use std::path::PathBuf;

/// Draws one of the included models.
#[derive(Parser)]
struct Options {
    /// The model's name: `ResNet34`
    network: String,
    /// Where to save the drawing: an `.svg` file, `.dot` for Graphviz or `.mmd` for Mermaid
    file: PathBuf,
    /// Values of the symbols: `H=224`
    sizes: Vec<String>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let model = models::ALL.iter().find(|model| model.name == options.network).with_context(|| {
        let names: Vec<&str> = models::ALL.iter().map(|model| model.name).collect();
        format!("there is no model `{}`; the models are {}", options.network, names.join(", "))
    })?;
    let size = |written: &String| {
        let (symbol, value) = written.split_once('=').with_context(|| format!("`{written}` is not like `H=224`"))?;
        Ok((symbol.to_string(), value.parse().with_context(|| format!("`{value}` is no size"))?))
    };
    let sizes: Vec<(String, i64)> = options.sizes.iter().map(size).collect::<Result<_>>()?;
    let sizes: Vec<(&str, i64)> = sizes.iter().map(|(symbol, value)| (symbol.as_str(), *value)).collect();
    println!("{}", (model.summary)().at(&sizes)?);
    (model.diagram)().at(&sizes)?.save(&options.file)?;
    println!("saved the drawing to {}", options.file.display());
    Ok(())
}
