//! Compares momenta: gradient descent with the same learning rate, and more and more memory of earlier steps.
//!
//! ```text
//! cargo run --example momentum
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::data::synthetic;
use nn_dsl::picture::Curve;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    pub Spirals(point: [N, 2]) -> [N, 3] {
        linear 64 -> relu -> linear 64 -> relu -> linear 3
    }
}

/// Compares momenta on three spirals.
#[derive(Parser)]
struct Arguments {
    /// How many epochs to train for
    #[arg(long, default_value_t = 60)]
    epochs: usize,
    /// The learning rate, the same for all
    #[arg(long, default_value_t = 0.03)]
    learning_rate: f64,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture
    #[arg(long, default_value = "target/momentum.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tch::set_num_threads(1);
    let sgd = || optim::Sgd::new(arguments.learning_rate);
    let curves = [
        train("none", sgd(), &arguments)?,
        train("0.5", sgd().momentum(0.5), &arguments)?,
        train("0.9", sgd().momentum(0.9), &arguments)?,
        train("0.9, Nesterov", sgd().momentum(0.9).nesterov(), &arguments)?,
    ];
    picture::curves("epoch", &curves).title("Loss with momentum").save(&arguments.picture)?;
    println!("The curves are in {}.", arguments.picture.display());
    Ok(())
}

/// Trains a network from the same start with this optimizer, and returns its loss.
fn train(name: &str, optimizer: optim::Builder<optim::Sgd>, arguments: &Arguments) -> Result<Curve> {
    let points = synthetic::spirals(600, 3, 0.02, arguments.seed);
    let loader = DataLoader::new(points, 20).shuffle().seed(arguments.seed);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Spirals::new(&vs.root());
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer.build(&vs)?)
        .metric(metrics::Accuracy::new())
        .epochs(arguments.epochs);
    let history = trainer.fit(&loader)?;
    println!("momentum {name:14} {}", trainer.evaluate(&loader)?);
    Ok(Curve::of(name, &history, "loss"))
}
