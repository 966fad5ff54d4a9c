//! Learns to read handwritten digits of 8x8 pixels in a few seconds, saves what it has learned, and loads it again.
//!
//! ```text
//! cargo run --example digits
//! ```

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use nn_dsl::data::{DataLoader, Dataset};
use nn_dsl::prelude::*;

network! {
    /// Two convolutions, and a linear layer on what they see.
    pub DigitNet(image: [N, 1, 8, 8]) -> [N, 10] {
        conv 32 k=3 p=1 -> bn -> relu
        -> conv 64 k=3 p=1 -> bn -> relu -> maxpool 2
        -> flatten -> dropout 0.3 -> linear 10
    }
}

/// Trains a small convolutional network to read handwritten digits.
#[derive(Parser)]
struct Arguments {
    /// How often to go through the images
    #[arg(long, default_value_t = 15)]
    epochs: u64,
    /// Adam's learning rate, which falls to 0
    #[arg(long, default_value_t = 4e-3)]
    learning_rate: f64,
    /// What the random numbers start from
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Where to save the weights
    #[arg(long, default_value = "target/digits.safetensors")]
    weights: PathBuf,
    /// The accuracy to reach, in percent
    #[arg(long, default_value_t = 97.5)]
    at_least: f64,
}

/// Images and their classes.
type Labelled = (Tensor, Tensor);

/// Images in a step.
const BATCH: usize = 32;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    // A step of so small a network is too short to share, and threads that wait for each other burn time.
    tch::set_num_threads(1);
    let (train, held_out) = data::digits().to_device(device)?.split(0.2, arguments.seed.into());
    println!("{} images to train on and {} held out, on {device:?}", train.len(), held_out.len());

    tch::manual_seed(arguments.seed.into());
    let vs = nn::VarStore::new(device);
    let net = DigitNet::new(&vs.root());
    let (train, held_out) = (DataLoader::new(train, BATCH).shuffle().seed(arguments.seed.into()), held_out.all()?);
    fit(&vs, &net, &train, &held_out, &arguments)?;
    weights::save(&vs, &arguments.weights)?;

    let mut vs = nn::VarStore::new(device);
    let loaded = DigitNet::new(&vs.root());
    weights::load(&mut vs, &arguments.weights)?;
    let (before, after) = (accuracy(&net, &held_out), accuracy(&loaded, &held_out));
    ensure!(before == after, "accuracy {before:.2} % before saving became {after:.2} % after loading");
    println!("accuracy {after:.2} % again, loaded from {}", arguments.weights.display());
    ensure!(after >= arguments.at_least, "accuracy {after:.2} % is less than --at-least {} %", arguments.at_least);
    Ok(())
}

/// Trains `net`, whose parameters are in `vs`, and prints after each epoch how it does on `test`.
fn fit<D: Dataset<Sample = Labelled>>(
    vs: &nn::VarStore,
    net: &DigitNet,
    train: &DataLoader<D>,
    test: &Labelled,
    arguments: &Arguments,
) -> Result<()> {
    let Arguments { epochs, learning_rate, .. } = *arguments;
    let mut optimizer = nn::Adam::default().build(vs, learning_rate)?;
    let steps = epochs * train.len() as u64;
    let style = ProgressStyle::with_template("{wide_bar} step {pos} of {len}, {eta} left")?;
    let progress = ProgressBar::new(steps).with_style(style);
    for epoch in 0..epochs {
        optimizer.set_lr(learning_rate * (1.0 - epoch as f64 / epochs as f64));
        let mut loss_sum = 0.0;
        for batch in progress.wrap_iter(train.epoch(epoch)) {
            let (images, labels) = batch?;
            let loss = net.forward_t(&images, true).cross_entropy_for_logits(&labels);
            optimizer.backward_step(&loss);
            loss_sum += loss.double_value(&[]) * labels.size()[0] as f64;
        }
        let (loss, accuracy) = (loss_sum / train.dataset().len() as f64, accuracy(net, test));
        progress.suspend(|| println!("epoch {:2}: loss {loss:.4}, accuracy {accuracy:.2} %", epoch + 1));
    }
    progress.finish_and_clear();
    Ok(())
}

/// The percentage of the images whose class `net` finds.
fn accuracy(net: &DigitNet, (images, labels): &Labelled) -> f64 {
    100.0 * net.batch_accuracy_for_logits(images, labels, images.device(), 1024)
}
