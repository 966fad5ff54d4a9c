//! Shows why classifiers use cross-entropy: from a bad start, the squared error does not recover.
//!
//! ```text
//! cargo run --example logistic
//! ```

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use nn_dsl::data::TensorDataset;
use nn_dsl::picture::Curve;
use nn_dsl::prelude::*;
use nn_dsl::tch;

network! {
    /// Logistic regression on one number. It starts out certain, and wrong: it puts every number into class 0.
    pub Logistic(x: [N, 1]) -> [N, 1] {
        linear 1 init=constant(-5.0) bias_init=constant(-10.0) -> sigmoid
    }
}

/// Trains one network with two losses.
#[derive(Parser)]
struct Arguments {
    /// Steps of gradient descent, each on all numbers
    #[arg(long, default_value_t = 200)]
    epochs: usize,
    /// Its learning rate
    #[arg(long, default_value_t = 1.0)]
    learning_rate: f64,
    /// Where to save the picture
    #[arg(long, default_value = "target/logistic.svg")]
    picture: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tch::set_num_threads(1);
    let curves =
        [train("cross-entropy", loss::Bce::new(), &arguments)?, train("squared error", loss::Mse::new(), &arguments)?];
    picture::curves("epoch", &curves).title("Accuracy from a bad start").save(&arguments.picture)?;
    println!("The curves are in {}.", arguments.picture.display());
    Ok(())
}

/// Trains from the same start with this loss, and returns the accuracy.
fn train(name: &str, loss: impl Loss, arguments: &Arguments) -> Result<Curve> {
    let x = Tensor::linspace(-1.0, 1.0, 101, (Kind::Float, Device::Cpu)).unsqueeze(1);
    let class = x.gt(0.2).to_kind(Kind::Float);
    let loader = DataLoader::new(TensorDataset::new((x, class))?, 101);

    let vs = nn::VarStore::new(Device::Cpu);
    let net = Logistic::new(&vs.root());
    let optimizer = optim::Sgd::new(arguments.learning_rate).build(&vs)?;
    let mut trainer =
        Trainer::new(&vs, &net, loss, optimizer).metric(metrics::Accuracy::binary(0.5)).epochs(arguments.epochs);
    let history = trainer.fit(&loader)?;
    let accuracy = trainer.evaluate(&loader)?["accuracy"];
    let [weight, bias] = [&net.linear1.weight, &net.linear1.bias].map(|tensor| tensor.double_value(&[0]));
    println!("{name}: accuracy {:.1} %, sigmoid({weight:.2} x + {bias:.2})", 100.0 * accuracy);
    Ok(Curve::of(name, &history, "accuracy"))
}
