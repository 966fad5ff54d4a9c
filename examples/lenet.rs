//! Trains LeNet-5 on MNIST.
//!
//! ```text
//! cargo xtask run lenet                    # fetches MNIST where it is missing
//! cargo run --example lenet -- --data DIR  # takes it from DIR
//! ```

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use nn_dsl::data::{DataLoader, Dataset};
use nn_dsl::prelude::*;

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
    /// The folder of MNIST's four files, train-images-idx3-ubyte and so on, plain or gzipped
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How often to go through the images
    #[arg(long, default_value_t = 4)]
    epochs: u64,
    /// Adam's learning rate, which falls to 0
    #[arg(long, default_value_t = 2e-3)]
    learning_rate: f64,
    /// What the random numbers start from
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// The accuracy to reach, in percent
    #[arg(long, default_value_t = 98.5)]
    at_least: f64,
}

/// Images and their classes.
type Labelled = (Tensor, Tensor);

/// Images in a step.
const BATCH: usize = 64;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    // A step of so small a network is too short to share, and threads that wait for each other burn time.
    tch::set_num_threads(1);
    let (train, test) = data::mnist(&arguments.data)?;
    let (train, test) = (train.to_device(device)?, test.to_device(device)?);
    println!("{} images to train on and {} to test on, on {device:?}", train.len(), test.len());

    tch::manual_seed(arguments.seed.into());
    let vs = nn::VarStore::new(device);
    let net = LeNet::new(&vs.root());
    let (train, test) = (DataLoader::new(train, BATCH).shuffle().seed(arguments.seed.into()), test.tensors());
    fit(&vs, &net, &train, &test, &arguments)?;
    let reached = accuracy(&net, &test);
    ensure!(reached >= arguments.at_least, "accuracy {reached:.2} % is less than --at-least {} %", arguments.at_least);
    Ok(())
}

/// Trains `net`, whose parameters are in `vs`, and prints after each epoch how it does on `test`.
fn fit<D: Dataset<Sample = Labelled>>(
    vs: &nn::VarStore,
    net: &LeNet,
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
fn accuracy(net: &LeNet, (images, labels): &Labelled) -> f64 {
    100.0 * net.batch_accuracy_for_logits(images, labels, images.device(), 1024)
}
