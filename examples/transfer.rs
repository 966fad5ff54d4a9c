//! Learns new digits from a few examples: a network for the digits 0 to 5 keeps its body, frozen, and gets a new head
//! for 6 to 9.
//!
//! ```text
//! cargo xtask run transfer                    # fetches MNIST where it is missing
//! cargo run --example transfer -- --data DIR  # takes it from DIR
//! ```

use std::ops::Range;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use nn_dsl::data::{Images, TensorDataset};
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// A body that extracts features, and a head that classifies them.
    pub DigitNet<const CLASSES: i64>(image: [N, 1, 28, 28]) -> [N, CLASSES] {
        body: { conv 16 k=5 -> relu -> maxpool 2 -> conv 32 k=5 -> relu -> maxpool 2 }
        -> flatten -> head: linear CLASSES
    }
}

type Digits = DataLoader<Images>;

/// No limit on the number of images.
const ALL: i64 = i64::MAX;

/// Trains a network on some digits, then a new head for it on a few images of others.
#[derive(Parser)]
struct Arguments {
    /// The folder with MNIST's four files, train-images-idx3-ubyte and so on, plain or gzipped
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many images of each new digit to learn from
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i64).range(1..=100))]
    examples: i64,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the weights of the first network
    #[arg(long, default_value = "target/transfer.safetensors")]
    weights: PathBuf,
    /// The accuracy of the new head to reach, in percent
    #[arg(long, default_value_t = 80.0)]
    at_least: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // A step of so small a network is too short to share, and threads that wait for each other burn time.
    tch::set_num_threads(1);
    manual_seed(arguments.seed);

    let (train, test) = data::mnist(&arguments.data)?;
    let (train, test) = (train.tensors(), test.tensors());
    let vs = nn::VarStore::new(Device::Cpu);
    let (old, old_test) = (only(&train, 0..6, 2000)?.shuffle(), only(&test, 0..6, ALL)?);
    let accuracy = fit(&vs, &DigitNet::<6>::new(&vs.root()), &old, &old_test, 2)?;
    println!("0 to 5, from 2000 images of each: accuracy {accuracy:.2} %");
    weights::save(&vs, &arguments.weights)?;

    let (new, new_test) = (only(&train, 6..10, arguments.examples)?.shuffle(), only(&test, 6..10, ALL)?);
    let vs = nn::VarStore::new(Device::Cpu);
    let scratch = fit(&vs, &DigitNet::<4>::new(&vs.root()), &new, &new_test, 60)?;

    let vs = nn::VarStore::new(Device::Cpu);
    let net = DigitNet::<4>::new(&vs.root());
    let loaded = Weights::open(&arguments.weights)?.ignore("head.*").load(&vs)?;
    parameters::freeze(&vs, "body.*")?;
    println!("{loaded}");
    let transferred = fit(&vs, &net, &new, &new_test, 60)?;
    println!(
        "6 to 9, from {} images of each: from scratch {scratch:.2} %, new head on the old body {transferred:.2} %",
        arguments.examples
    );
    ensure!(transferred >= arguments.at_least, "{transferred:.2} % is less than --at-least {} %", arguments.at_least);
    Ok(())
}

/// The images of these digits, at most this many of each. The first digit becomes class 0.
fn only((images, labels): &(Tensor, Tensor), digits: Range<i64>, of_each: i64) -> Result<Digits> {
    let places = |digit| labels.eq(digit).nonzero().squeeze_dim(1).slice(0, None, of_each, 1);
    let places = Tensor::cat(&digits.clone().map(places).collect::<Vec<_>>(), 0);
    let classes = labels.index_select(0, &places) - digits.start;
    Ok(DataLoader::new(TensorDataset::new((images.index_select(0, &places), classes))?, 32))
}

/// Trains the parameters of `net` that are not frozen, and returns its accuracy on `test` in percent.
fn fit(vs: &nn::VarStore, net: &impl UnaryNetwork, train: &Digits, test: &Digits, epochs: usize) -> Result<f64> {
    let optimizer = optim::Adam::new(3e-3).build(vs)?;
    let mut trainer = Trainer::new(vs, net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .schedule_steps(schedule::Cosine::new(epochs * train.len()))
        .epochs(epochs);
    trainer.fit(train)?;
    Ok(100.0 * trainer.evaluate(test)?["accuracy"])
}
