//! Trains a deep network, whose widths come from a list, on three spirals.
//!
//! ```text
//! cargo run --example deep
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::data::synthetic;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// One hidden layer for each width in the list.
    pub Deep(point: [N, 2]) -> [N, 3] {
        hidden: for width in [64, 48, 32, 16] { linear width -> relu } -> linear 3
    }
}

/// Separates three spirals.
#[derive(Parser)]
struct Arguments {
    /// How many epochs to train for
    #[arg(long, default_value_t = 60)]
    epochs: usize,
    /// Adam's initial learning rate, which decreases to 0
    #[arg(long, default_value_t = 5e-3)]
    learning_rate: f64,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture
    #[arg(long, default_value = "target/deep.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let Arguments { epochs, learning_rate, seed, picture } = Arguments::parse();
    tch::set_num_threads(1);
    let train = DataLoader::new(synthetic::spirals(900, 3, 0.02, seed), 30).shuffle().seed(seed);
    let test = DataLoader::new(synthetic::spirals(450, 3, 0.02, seed + 1), 450);

    manual_seed(seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Deep::new(&vs.root());
    for tensor in Deep::tensors() {
        println!("{:16} {:?}", tensor.name, tensor.shape);
    }
    let optimizer = optim::Adam::new(learning_rate).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .schedule(schedule::Cosine::new(epochs))
        .epochs(epochs)
        .progress();
    trainer.fit(&train)?;
    println!("on unseen points: {}", trainer.evaluate(&test)?);

    let (points, classes) = test.dataset().tensors();
    picture::decision_boundary(&points, &classes, |points| net.forward(points).softmax(-1, Kind::Float))?
        .title(format!("{} parameters in five layers", Deep::PARAMETERS))
        .save(&picture)?;
    println!("Its predictions for the plane are in {}.", picture.display());
    Ok(())
}
