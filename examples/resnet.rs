//! Trains a small ResNet on the clothes of Fashion-MNIST. LeNet, as in `lenet.rs`, classifies 88.5 % of them correctly.
//!
//! ```text
//! cargo xtask run resnet                    # fetches Fashion-MNIST where it is missing
//! cargo run --example resnet -- --data DIR  # takes it from DIR
//! ```

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use nn_dsl::data::transform::{RandomHorizontalFlip, images};
use nn_dsl::prelude::*;

network! {
    block basic(c, s = 1) {
        residual {
            conv c k=3 s=s p=1 bias=false -> bn -> relu
            -> conv c k=3 p=1 bias=false -> bn
        } shortcut downsample: { conv c k=1 s=s bias=false -> bn }
        -> relu
    }

    /// A ResNet (He et al., 2015) with 8 layers, for images of 28x28.
    #[init(kaiming_normal)]
    pub ResNet8(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 16 k=3 p=1 bias=false -> bn -> relu -> maxpool 2
        -> layer1: basic 16 -> layer2: basic 64 s=2 -> layer3: basic 128 s=2
        -> global_avgpool -> flatten -> fc: linear 10
    }
}

/// Trains a small ResNet on the clothes of Fashion-MNIST, and draws the confusion matrix.
#[derive(Parser)]
struct Arguments {
    /// The folder with Fashion-MNIST's four files, train-images-idx3-ubyte and so on, plain or gzipped
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many epochs to train for
    #[arg(long, default_value_t = 5)]
    epochs: usize,
    /// The highest learning rate, which is reached from a small one and then decreases to 0
    #[arg(long, default_value_t = 0.01)]
    learning_rate: f64,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to draw the confusion matrix
    #[arg(long, default_value = "target/resnet.svg")]
    picture: PathBuf,
    /// The accuracy to reach, in percent
    #[arg(long, default_value_t = 92.0)]
    at_least: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    let (train, test) = data::mnist(&arguments.data)?;
    println!("{} images to train on and {} to test on, on {device:?}", train.len(), test.len());
    let train =
        DataLoader::new(train, 128).shuffle().seed(arguments.seed).transform(images(RandomHorizontalFlip::new(0.5)));
    let test = DataLoader::new(test, 1000);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(device);
    let net = ResNet8::new(&vs.root());
    let optimizer = optim::AdamW::new(arguments.learning_rate).weight_decay(0.05).exclude("*bn*").build(&vs)?;
    let history = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::Accuracy::new())
        .schedule_steps(schedule::OneCycle::new(arguments.epochs * train.len()))
        .validate_on(&test)
        .epochs(arguments.epochs)
        .progress()
        .fit(&train)?;

    draw(&net, &test, device)?.title("Clothes, and what they are taken for").save(&arguments.picture)?;
    let accuracy = 100.0 * history.last("val_accuracy").context("no epoch")?;
    println!("accuracy {accuracy:.2} %; the confusion matrix is in {}", arguments.picture.display());
    ensure!(
        accuracy >= arguments.at_least,
        "accuracy {accuracy:.2} % is less than --at-least {} %",
        arguments.at_least
    );
    Ok(())
}

/// The confusion matrix of `net`.
fn draw<D>(net: &ResNet8, test: &DataLoader<D>, device: Device) -> Result<picture::Picture>
where
    D: Dataset<Sample = (Tensor, Tensor)>,
{
    let mut matrix = metrics::ConfusionMatrix::new(10);
    for batch in test.epoch(0) {
        let (images, classes) = batch?;
        let scores = no_grad(|| net.forward(&images.to_device(device)));
        matrix.update(&scores, &classes.to_device(device))?;
    }
    Ok(picture::confusion(&matrix.to_tensor(), &data::FASHION_MNIST_CLASSES)?)
}
