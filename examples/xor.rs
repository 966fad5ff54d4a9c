//! Shows what a hidden layer is for: no straight line separates the classes of XOR.
//!
//! ```text
//! cargo run --example xor
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::data::synthetic;
use nn_dsl::picture::Picture;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// A straight line.
    pub Line(point: [N, 2]) -> [N, 2] { linear 2 }

    /// Four lines, combined.
    pub Hidden(point: [N, 2]) -> [N, 2] { linear 4 -> tanh -> linear 2 }
}

/// Separates the points of XOR, with and without a hidden layer.
#[derive(Parser)]
struct Arguments {
    /// How many epochs to train for
    #[arg(long, default_value_t = 100)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture
    #[arg(long, default_value = "target/xor.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tch::set_num_threads(1);
    picture::row(&[train::<Line>(&arguments)?, train::<Hidden>(&arguments)?]).save(&arguments.picture)?;
    println!("Their predictions for the plane are in {}.", arguments.picture.display());
    Ok(())
}

/// Trains a network, and returns a picture of its predictions for the plane.
fn train<N: UnaryNetwork>(arguments: &Arguments) -> Result<Picture> {
    let data = synthetic::xor(300, 0.03, arguments.seed);
    let (points, classes) = data.tensors();
    let loader = DataLoader::new(data, 20).shuffle().seed(arguments.seed);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    let optimizer = optim::Adam::new(0.03).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .epochs(arguments.epochs);
    trainer.fit(&loader)?;
    let accuracy = trainer.evaluate(&loader)?["accuracy"];
    let name = format!("{}: {:.1} %", N::NAME, 100.0 * accuracy);
    println!("{name} of the points, with {} parameters", N::PARAMETERS);
    let probabilities = |points: &Tensor| net.forward_t(points, false).softmax(-1, Kind::Float);
    Ok(picture::decision_boundary(&points, &classes, probabilities)?.title(name))
}
