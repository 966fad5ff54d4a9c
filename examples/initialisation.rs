//! Compares PyTorch's default, Xavier's and He's initialisation: which of them lets a signal through sixteen layers.
//!
//! ```text
//! cargo run --example initialisation
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::picture::Curve;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    block deep() { flatten -> repeat 16 { linear 64 -> relu } -> linear 10 }

    pub Default(image: [N, 1, 8, 8]) -> [N, 10] { deep }

    /// Designed for layers that preserve the signal (Glorot and Bengio, 2010).
    #[init(xavier_normal)]
    pub Xavier(image: [N, 1, 8, 8]) -> [N, 10] { deep }

    /// Designed for ReLU, which halves it (He et al., 2015).
    #[init(kaiming_normal)]
    pub He(image: [N, 1, 8, 8]) -> [N, 10] { deep }
}

/// Compares three initialisations of a deep ReLU network on handwritten digits.
#[derive(Parser)]
struct Arguments {
    /// How many epochs to train for
    #[arg(long, default_value_t = 20)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to save the picture
    #[arg(long, default_value = "target/initialisation.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tch::set_num_threads(1);
    let curves = [train::<Default>(&arguments)?, train::<Xavier>(&arguments)?, train::<He>(&arguments)?];
    picture::curves("epoch", &curves).title("Loss of sixteen layers with ReLU").save(&arguments.picture)?;
    println!("The curves are in {}.", arguments.picture.display());
    Ok(())
}

/// Trains a network, and returns its loss.
fn train<N: UnaryNetwork>(arguments: &Arguments) -> Result<Curve> {
    let (images, _) = data::digits().all()?;
    let train = DataLoader::new(data::digits(), 32).shuffle().seed(arguments.seed);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    // How different the outputs of different images are, before anything is learned.
    let spread = net.forward_t(&images, false).std_dim(0, true, false).mean(Kind::Float).double_value(&[]);

    let optimizer = optim::Sgd::new(0.01).momentum(0.9).build(&vs)?;
    let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .schedule(schedule::Cosine::new(arguments.epochs))
        .epochs(arguments.epochs);
    let history = trainer.fit(&train)?;
    let loss = trainer.evaluate(&train)?["loss"];
    println!(
        "{:8} at the start the scores of images differ by {spread:.0e}; at the end the loss is {loss:.3}",
        N::NAME
    );
    Ok(Curve::of(N::NAME, &history, "loss"))
}
