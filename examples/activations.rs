//! Compares sigmoid, tanh and ReLU in a network with eight hidden layers: how much of the gradient reaches the first
//! one, and how well it learns.
//!
//! ```text
//! cargo run --example activations
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::picture::Curve;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    #[init(xavier_uniform)]
    pub Sigmoid(image: [N, 1, 8, 8]) -> [N, 10] {
        flatten -> hidden: repeat 8 { linear 32 -> sigmoid } -> out: linear 10
    }

    #[init(xavier_uniform)]
    pub Tanh(image: [N, 1, 8, 8]) -> [N, 10] {
        flatten -> hidden: repeat 8 { linear 32 -> tanh } -> out: linear 10
    }

    #[init(kaiming_uniform)]
    pub Relu(image: [N, 1, 8, 8]) -> [N, 10] {
        flatten -> hidden: repeat 8 { linear 32 -> relu } -> out: linear 10
    }
}

/// Compares sigmoid, tanh and ReLU on handwritten digits.
#[derive(Parser)]
struct Arguments {
    /// How many epochs to train for
    #[arg(long, default_value_t = 20)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture
    #[arg(long, default_value = "target/activations.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tch::set_num_threads(1);
    let curves = [train::<Sigmoid>(&arguments)?, train::<Tanh>(&arguments)?, train::<Relu>(&arguments)?];
    picture::curves("epoch", &curves).title("Accuracy on digits held out").save(&arguments.picture)?;
    println!("The curves are in {}.", arguments.picture.display());
    Ok(())
}

/// Trains a network, and returns its accuracy on the held-out images.
fn train<N: UnaryNetwork>(arguments: &Arguments) -> Result<Curve> {
    let (train, held_out) = data::digits().train_test_split(0.2, arguments.seed);
    let (images, labels) = train.all()?;
    let train = DataLoader::new(train, 32).shuffle().seed(arguments.seed);
    let held_out = DataLoader::new(held_out, 1000);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    net.forward_t(&images, true).cross_entropy_for_logits(&labels).backward();
    let gradient = |name: &str| vs.variables()[name].grad().norm().double_value(&[]);
    let part = gradient("hidden.0.0.weight") / gradient("out.weight");

    let optimizer = optim::Sgd::new(0.02).momentum(0.9).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .schedule(schedule::Cosine::new(arguments.epochs))
        .validate_on(&held_out)
        .epochs(arguments.epochs);
    let history = trainer.fit(&train)?;
    let accuracy = 100.0 * trainer.evaluate(&held_out)?["accuracy"];
    println!(
        "{:8} accuracy {accuracy:.1} %; at first the gradient of the first layer was {part:.5} of the last's",
        N::NAME
    );
    Ok(Curve::of(N::NAME, &history, "val_accuracy"))
}
