//! Dropout against overfitting: a wide network and few points, which it tends to memorise.
//!
//! ```text
//! cargo run --example dropout
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::data::synthetic;
use nn_dsl::picture::{Curve, Picture};
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// `p` is a field of the struct, which you can change at any time.
    pub Wide(point: [N, 2]) -> [N, 2] {
        option p = 0.5;
        repeat 2 { linear 300 -> relu -> dropout p } -> linear 2
    }
}

/// Trains a network on noisy points, with and without dropout.
#[derive(Parser)]
struct Arguments {
    /// The fraction of features to drop
    #[arg(long, default_value_t = 0.5)]
    p: f64,
    /// How many epochs to train for
    #[arg(long, default_value_t = 200)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture of the losses
    #[arg(long, default_value = "target/dropout.svg")]
    picture: PathBuf,
    /// Where to save the picture of the plane
    #[arg(long, default_value = "target/dropout_plane.svg")]
    plane: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tch::set_num_threads(1);
    let without = train("without dropout", 0.0, &arguments)?;
    let with = train("with dropout", arguments.p, &arguments)?;
    picture::curves("epoch", &[without.0, with.0])
        .title("Loss on points that it has not seen")
        .save(&arguments.picture)?;
    picture::row(&[without.1, with.1]).save(&arguments.plane)?;
    println!("The pictures are in {} and {}.", arguments.picture.display(), arguments.plane.display());
    Ok(())
}

/// Trains a network, and returns its loss on unseen points, and its predictions for the plane.
fn train(name: &str, p: f64, arguments: &Arguments) -> Result<(Curve, Picture)> {
    let seed = arguments.seed;
    let data = synthetic::two_moons(100, 0.3, seed);
    let (points, classes) = data.tensors();
    let train = DataLoader::new(data, 20).shuffle().seed(seed);
    let test = DataLoader::new(synthetic::two_moons(2000, 0.3, seed + 1), 2000);

    manual_seed(seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let mut net = Wide::new(&vs.root());
    net.p = p;
    let optimizer = optim::Adam::new(3e-3).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .validate_on(&test)
        .epochs(arguments.epochs);
    let history = trainer.fit(&train)?;
    println!("{name}, on the points trained on: {}", trainer.evaluate(&train)?);
    println!("{name}, on others: {}", trainer.evaluate(&test)?);
    let probabilities = |points: &Tensor| net.forward(points).softmax(-1, Kind::Float);
    let plane = picture::decision_boundary(&points, &classes, probabilities)?.title(name);
    Ok((Curve::of(name, &history, "val_loss"), plane))
}
