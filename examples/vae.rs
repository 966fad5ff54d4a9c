//! Learns to draw digits: a variational autoencoder compresses each to 20 numbers, and draws it from them.
//!
//! ```text
//! cargo xtask run vae                    # fetches MNIST where it is missing
//! cargo run --example vae -- --data DIR  # takes it from DIR
//! ```

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use nn_dsl::loss::{BceWithLogits, Reduction};
use nn_dsl::prelude::*;
use nn_dsl::tch;
use nn_dsl::train::Step;

network! {
    /// The scores of a digit's pixels, from the numbers that encode which digit it is and how it is written.
    pub Decoder(z: [N, 20]) -> [N, 1, 28, 28] { linear 400 -> relu -> linear 784 -> reshape [N, 1, 28, 28] }

    /// A variational autoencoder (Kingma & Welling, 2013): each digit becomes a distribution over points in 20
    /// dimensions.
    pub Vae(image: [N, 1, 28, 28]) -> (scores: [N, 1, 28, 28], mean: [N, 20], log_variance: [N, 20]) {
        let seen = image -> flatten -> linear 400 -> relu;
        let mean = seen -> mean: linear 20;
        let log_variance = seen -> log_variance: linear 20;
        let scores = (mean, log_variance) -> apply point -> [N, 20] -> decoder: Decoder -> [N, 1, 28, 28];
        (scores, mean, log_variance)
    }
}

/// Draws a point from the distribution.
fn point(mean: &Tensor, log_variance: &Tensor) -> Tensor {
    mean + mean.randn_like() * (log_variance * 0.5).exp()
}

/// Trains a variational autoencoder on MNIST, and draws digits with it.
#[derive(Parser)]
struct Arguments {
    /// The folder with MNIST's four files, train-images-idx3-ubyte and so on, plain or gzipped
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many epochs to train for
    #[arg(long, default_value_t = 10)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to draw digits
    #[arg(long, default_value = "target/vae.svg")]
    picture: PathBuf,
    /// The loss to reach on the test images, in nats per image
    #[arg(long, default_value_t = 106.0)]
    at_most: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    let (train, test) = data::mnist(&arguments.data)?;
    let train = DataLoader::new(train.to_device(device)?, 128).shuffle().seed(arguments.seed);
    let test = DataLoader::new(test.to_device(device)?, 1000);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(device);
    let net = Vae::new(&vs.root());
    let step = |(images, _): &(Tensor, Tensor), train: bool| {
        let (scores, mean, log_variance) = net.try_forward_t(images, train)?;
        // The paper's bound, for one image: what is drawn wrong, and how far its cloud is from the standard normal one.
        let count = images.size()[0] as f64;
        let reconstruction = BceWithLogits::new().reduction(Reduction::Sum).loss(&scores, images)? / count;
        let kl = (mean.square() + log_variance.exp() - log_variance - 1.0).sum(Kind::Float) / (2.0 * count);
        Ok(Step::new(&reconstruction + &kl).value("reconstruction", &reconstruction).value("kl", &kl))
    };
    let history = Trainer::with_step(&vs, step, optim::Adam::new(2e-3).build(&vs)?)
        .schedule_steps(schedule::Cosine::new(arguments.epochs * train.len()))
        .validate_on(&test)
        .epochs(arguments.epochs)
        .progress()
        .fit(&train)?;

    draw(&net, &test.dataset().tensors().0)?.save(&arguments.picture)?;
    let loss = history.last("val_loss").context("no epoch")?;
    println!("{loss:.1} nats per image; the digits that it draws are in {}", arguments.picture.display());
    ensure!(loss <= arguments.at_most, "{loss:.1} nats are more than --at-most {}", arguments.at_most);
    Ok(())
}

/// Draws test digits and their reconstructions, interpolations between digits, and digits from random points.
fn draw(net: &Vae, images: &Tensor) -> Result<picture::Picture> {
    let _no_grad = tch::no_grad_guard();
    let drawn = |z: &Tensor| net.decoder.forward(z).sigmoid();
    let seen = images.narrow(0, 0, 10);
    let (_, mean, _) = net.forward(&seen);
    let way = Tensor::linspace(0.0, 1.0, 10, (Kind::Float, images.device())).unsqueeze(1);
    let between = |a: i64, b: i64| drawn(&mean.narrow(0, a, 1).lerp_tensor(&mean.narrow(0, b, 1), &way));
    let nothing = Tensor::randn([20, 20], (Kind::Float, images.device()));
    let rows = Tensor::cat(&[seen, drawn(&mean), between(0, 1), between(2, 4), drawn(&nothing)], 0);
    Ok(picture::images(&rows, 10)?.title("Seen; drawn again; from one to another; out of nothing"))
}
