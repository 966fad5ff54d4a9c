//! Trains LeNet-5 on MNIST.
//!
//! ```text
//! cargo xtask run lenet                    # fetches MNIST where it is missing
//! cargo run --example lenet -- --data DIR  # takes it from DIR
//! ```

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// LeNet-5 on 28x28 digits (LeCun et al., 1998).
    pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2
        -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten
        -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }
}

/// Trains LeNet-5 to read the handwritten digits of MNIST.
#[derive(Parser)]
struct Arguments {
    /// The folder with MNIST's four files, train-images-idx3-ubyte and so on, plain or gzipped
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many epochs to train for
    #[arg(long, default_value_t = 4)]
    epochs: usize,
    /// Adam's initial learning rate, which decreases to 0
    #[arg(long, default_value_t = 2e-3)]
    learning_rate: f64,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The accuracy to reach, in percent
    #[arg(long, default_value_t = 98.5)]
    at_least: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    // A step of so small a network is too short to share, and threads that wait for each other burn time.
    tch::set_num_threads(1);
    let (train, test) = data::mnist(&arguments.data)?;
    println!("{} images to train on and {} to test on, on {device:?}", train.len(), test.len());
    let train = DataLoader::new(train.to_device(device)?, 64).shuffle().seed(arguments.seed);
    let test = DataLoader::new(test.to_device(device)?, 1024);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(device);
    let net = LeNet::new(&vs.root());
    let optimizer = optim::Adam::new(arguments.learning_rate).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .schedule_steps(schedule::Cosine::new(arguments.epochs * train.len()))
        .validate_on(&test)
        .epochs(arguments.epochs)
        .progress();
    let history = trainer.fit(&train)?;

    let accuracy = 100.0 * history.last("val_accuracy").context("no epoch")?;
    println!("accuracy {accuracy:.2} %");
    ensure!(
        accuracy >= arguments.at_least,
        "accuracy {accuracy:.2} % is less than --at-least {} %",
        arguments.at_least
    );
    Ok(())
}
