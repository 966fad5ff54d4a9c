//! Softmax regression on MNIST: the weights of each class are a picture of what it looks for.
//!
//! ```text
//! cargo xtask run softmax                    # fetches MNIST where it is missing
//! cargo run --example softmax -- --data DIR  # takes it from DIR
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// A score for each digit, which the loss turns into probabilities.
    pub Softmax(image: [N, 1, 28, 28]) -> [N, 10] {
        flatten -> linear 10
    }
}

/// Trains a linear classifier on MNIST and draws its weights.
#[derive(Parser)]
struct Arguments {
    /// The folder with MNIST's four files, train-images-idx3-ubyte and so on, plain or gzipped
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many epochs to train for
    #[arg(long, default_value_t = 5)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture
    #[arg(long, default_value = "target/softmax.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let Arguments { data: folder, epochs, seed, picture } = Arguments::parse();
    tch::set_num_threads(1);
    let (train, test) = data::mnist(folder)?;
    let (train, test) = (DataLoader::new(train, 64).shuffle().seed(seed), DataLoader::new(test, 1000));

    manual_seed(seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Softmax::new(&vs.root());
    // The decay takes the noise out of the templates: weights of pixels that say nothing go to 0.
    let optimizer = optim::Sgd::new(0.02).momentum(0.9).weight_decay(4e-3).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .schedule(schedule::Cosine::new(epochs))
        .epochs(epochs)
        .progress();
    trainer.fit(&train)?;
    let accuracy = trainer.evaluate(&test)?["accuracy"];
    println!("{:.2} % of {} unseen images", 100.0 * accuracy, test.dataset().len());

    let templates = picture::signed(&net.linear1.weight.view([10, 1, 28, 28]))?;
    let digits: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    picture::captioned(&templates, 5, &digits)?.title("Ink for a digit is red, against it blue").save(&picture)?;
    println!("The weights are in {}.", picture.display());
    Ok(())
}
