//! Learns to read handwritten digits of 8x8 pixels in a few seconds, saves the weights, and loads them again.
//!
//! ```text
//! cargo run --example digits
//! ```

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// Two convolutions and a linear layer.
    pub DigitNet(image: [N, 1, 8, 8]) -> [N, 10] {
        conv 32 k=3 p=1 -> bn -> relu
        -> conv 64 k=3 p=1 -> bn -> relu -> maxpool 2
        -> flatten -> dropout 0.3 -> linear 10
    }
}

/// Trains a small convolutional network to read handwritten digits.
#[derive(Parser)]
struct Arguments {
    /// How many epochs to train for
    #[arg(long, default_value_t = 15)]
    epochs: usize,
    /// Adam's initial learning rate, which decreases to 0
    #[arg(long, default_value_t = 4e-3)]
    learning_rate: f64,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the weights
    #[arg(long, default_value = "target/digits.safetensors")]
    weights: PathBuf,
    /// The accuracy to reach, in percent
    #[arg(long, default_value_t = 97.5)]
    at_least: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    // A step of so small a network is too short to share, and threads that wait for each other burn time.
    tch::set_num_threads(1);
    let (train, held_out) = data::digits().to_device(device)?.train_test_split(0.2, arguments.seed);
    println!("{} images to train on and {} held out, on {device:?}", train.len(), held_out.len());
    let train = DataLoader::new(train, 32).shuffle().seed(arguments.seed);
    let held_out = DataLoader::new(held_out, 1024);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(device);
    let net = DigitNet::new(&vs.root());
    let optimizer = optim::Adam::new(arguments.learning_rate).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .schedule_steps(schedule::Cosine::new(arguments.epochs * train.len()))
        .validate_on(&held_out)
        .epochs(arguments.epochs)
        .progress();
    trainer.fit(&train)?;
    weights::save(&vs, &arguments.weights)?;

    let vs = nn::VarStore::new(device);
    let loaded = DigitNet::new(&vs.root());
    weights::load(&vs, &arguments.weights)?;
    let (images, labels) = held_out.dataset().all()?;
    let right = loaded.forward(&images).argmax(1, false).eq_tensor(&labels);
    let accuracy = 100.0 * right.to_kind(Kind::Float).mean(Kind::Float).double_value(&[]);
    println!("accuracy {accuracy:.2} % again, loaded from {}", arguments.weights.display());
    ensure!(
        accuracy >= arguments.at_least,
        "accuracy {accuracy:.2} % is less than --at-least {} %",
        arguments.at_least
    );
    Ok(())
}
