//! Segments images of circles, squares and triangles: a U-Net predicts the class of each pixel.
//!
//! ```text
//! cargo xtask run unet
//! ```

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use nn_dsl::data::synthetic::{SHAPE_CLASSES, shapes};
use nn_dsl::prelude::*;

network! {
    block double_conv(c) { repeat 2 { conv c k=3 p=1 bias=false -> bn -> relu } }

    block up(c, skip) { (skip, conv_transpose c k=2 s=2) -> cat -> double_conv c }

    /// A small U-Net (Ronneberger et al., 2015), for images whose size can be halved three times.
    pub UNet(image: [N, 3, H, W]) -> [N, 4, H, W]
        where H % 8 == 0, W % 8 == 0
    {
        let fine = image -> double_conv 16;
        let middle = fine -> maxpool 2 -> double_conv 32;
        let coarse = middle -> maxpool 2 -> double_conv 64;
        coarse -> maxpool 2 -> double_conv 128
        -> up 64 skip=coarse -> up 32 skip=middle -> up 16 skip=fine
        -> conv 4 k=1
    }
}

/// Trains a U-Net to find circles, squares and triangles, and draws the result.
#[derive(Parser)]
struct Arguments {
    /// How many pictures to train on
    #[arg(long, default_value_t = 600)]
    pictures: usize,
    /// How many epochs to train for
    #[arg(long, default_value_t = 6)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to draw images, their masks, and the predictions
    #[arg(long, default_value = "target/unet.svg")]
    picture: PathBuf,
    /// The mean F1 score of the four classes to reach, in percent
    #[arg(long, default_value_t = 95.0)]
    at_least: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    let train = DataLoader::new(shapes(arguments.pictures, 64, arguments.seed), 16).shuffle().seed(arguments.seed);
    let test = DataLoader::new(shapes(100, 64, arguments.seed + 1), 50);

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(device);
    let net = UNet::new(&vs.root());
    let optimizer = optim::Adam::new(5e-3).build(&vs)?;
    let history = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optimizer)
        .metric(metrics::F1::new(SHAPE_CLASSES.len()))
        .schedule_steps(schedule::OneCycle::new(arguments.epochs * train.len()))
        .validate_on(&test)
        .epochs(arguments.epochs)
        .progress()
        .fit(&train)?;

    let (images, masks) = test.dataset().batch(&[1, 2, 4, 6, 7, 8])?;
    let found = net.forward(&images.to_device(device)).argmax(1, false).to_device(Device::Cpu);
    let rows = Tensor::cat(&[images, painted(&masks), painted(&found)], 0);
    picture::images(&rows, 6)?.title("Pictures, what is on them, and what is found").save(&arguments.picture)?;

    let score = 100.0 * history.last("val_f1").context("no epoch")?;
    println!("mean F1 score {score:.2} %; {} shows images, masks and predictions", arguments.picture.display());
    ensure!(score >= arguments.at_least, "{score:.2} % is less than --at-least {} %", arguments.at_least);
    Ok(())
}

/// The colour of each class: turns classes, `[N, H, W]`, into images, `[N, 3, H, W]`.
fn painted(masks: &Tensor) -> Tensor {
    // Background, circle, square, triangle.
    let colours =
        Tensor::from_slice2(&[[0.93, 0.94, 0.95], [0.90, 0.38, 0.32], [0.25, 0.55, 0.78], [0.96, 0.76, 0.27]]);
    colours
        .to_kind(Kind::Float)
        .index_select(0, &masks.flatten(0, -1))
        .view([-1, masks.size()[1], masks.size()[2], 3])
        .permute([0, 3, 1, 2])
}
