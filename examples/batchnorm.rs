//! Batch normalisation: the same layers and learning rate, with and without `bn` between the layers.
//!
//! ```text
//! cargo run --example batchnorm
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::picture::Curve;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    pub Plain(image: [N, 1, 8, 8]) -> [N, 10] {
        flatten -> repeat 3 { linear 50 -> sigmoid } -> linear 10
    }

    pub Normalised(image: [N, 1, 8, 8]) -> [N, 10] {
        flatten -> repeat 3 { linear 50 -> bn -> sigmoid } -> linear 10
    }
}

/// Trains a network on handwritten digits, with and without batch normalisation.
#[derive(Parser)]
struct Arguments {
    /// How many epochs to train for
    #[arg(long, default_value_t = 15)]
    epochs: usize,
    /// Adam's learning rate
    #[arg(long, default_value_t = 5e-3)]
    learning_rate: f64,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture
    #[arg(long, default_value = "target/batchnorm.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tch::set_num_threads(1);
    let curves = [train::<Plain>(&arguments)?, train::<Normalised>(&arguments)?];
    picture::curves("epoch", &curves).title("Accuracy on digits held out").save(&arguments.picture)?;
    println!("The curves are in {}.", arguments.picture.display());
    Ok(())
}

/// Trains a network, and returns its accuracy on the held-out images.
fn train<N: UnaryNetwork>(arguments: &Arguments) -> Result<Curve> {
    let (train, held_out) = data::digits().train_test_split(0.2, arguments.seed);
    let train = DataLoader::new(train, 32).shuffle().seed(arguments.seed);
    let held_out = DataLoader::new(held_out, 1000);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    let optimizer = optim::Adam::new(arguments.learning_rate).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .validate_on(&held_out)
        .epochs(arguments.epochs);
    let history = trainer.fit(&train)?;
    let needed = history.values("val_accuracy").into_iter().find(|(_, accuracy)| *accuracy > 0.9);
    let needed = needed.map_or("never".to_owned(), |(epoch, _)| format!("after {epoch} epochs"));
    let accuracy = 100.0 * trainer.evaluate(&held_out)?["accuracy"];
    println!("{:10} accuracy {accuracy:.1} % at the end, above 90 % {needed}", N::NAME);
    Ok(Curve::of(N::NAME, &history, "val_accuracy"))
}
