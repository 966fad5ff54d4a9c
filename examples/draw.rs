//! Draws a network of the zoo: `cargo xtask run draw ResNet34 resnet34.svg H=224 W=224` writes the drawing and prints the table.
//!
//! For a network of one's own it is one line: `Net::diagram().save("net.svg")?`.

use anyhow::{Context, Result, bail};
use clap::Parser;
use nn_dsl::{Network, models};
use std::path::PathBuf;

/// Draws a network of the zoo.
#[derive(Parser)]
struct Options {
    /// Its name: `ResNet34`
    network: String,
    /// Where the drawing goes: an `.svg` file, `.dot` for Graphviz or `.mmd` for Mermaid
    file: PathBuf,
    /// Values of the symbols: `H=224`
    sizes: Vec<String>,
}

/// Calls a generic function for the network of a name, or says which there are.
macro_rules! zoo {
    ($options:expr, $($name:ident $(<$classes:literal>)?),*) => {
        match $options.network.as_str() {
            $(stringify!($name) => draw::<models::$name $(<$classes>)?>(&$options),)*
            other => bail!("there is no `{other}` in the zoo: {}", [$(stringify!($name)),*].join(", ")),
        }
    };
}

fn main() -> Result<()> {
    let options = Options::parse();
    zoo!(
        options,
        AlexNet<1000>,
        DenseNet121<1000>,
        GoogLeNet<1000>,
        MiniLm,
        MobileNetV2<1000>,
        ResNet18<1000>,
        ResNet34<1000>,
        ResNet50<1000>,
        ResNet101<1000>,
        ResNet152<1000>,
        SqueezeNet1_0<1000>,
        SqueezeNet1_1<1000>,
        UNet<2>,
        Vgg11<1000>,
        Vgg11Bn<1000>,
        Vgg13<1000>,
        Vgg13Bn<1000>,
        Vgg16<1000>,
        Vgg16Bn<1000>,
        Vgg19<1000>,
        Vgg19Bn<1000>,
        VitB16<1000>
    )
}

fn draw<N: Network>(options: &Options) -> Result<()> {
    let size = |written: &String| {
        let (symbol, value) = written.split_once('=').with_context(|| format!("`{written}` is not like `H=224`"))?;
        Ok((symbol.to_string(), value.parse().with_context(|| format!("`{value}` is no size"))?))
    };
    let sizes: Vec<(String, i64)> = options.sizes.iter().map(size).collect::<Result<_>>()?;
    let sizes: Vec<(&str, i64)> = sizes.iter().map(|(symbol, value)| (symbol.as_str(), *value)).collect();
    println!("{}", N::summary().at(&sizes)?);
    Ok(N::diagram().at(&sizes)?.save(&options.file)?)
}
