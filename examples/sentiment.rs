//! Tells positive from negative reviews in which only the order of the words decides: an LSTM compared with a bag of
//! words.
//!
//! ```text
//! cargo xtask run sentiment "despite the clumsy plot , a superb film with a moving ending"
//! ```

use anyhow::{Context, Result, ensure};
use clap::Parser;
use nn_dsl::data::TensorDataset;
use nn_dsl::data::synthetic::{Review, reviews};
use nn_dsl::data::text::Words;
use nn_dsl::metrics::Accuracy;
use nn_dsl::prelude::*;
use nn_dsl::tch;

/// The vocabulary size.
const WORDS: i64 = 100;
/// How many words of a review are read.
const LENGTH: usize = 20;

network! {
    /// Ignores the order of the words: the mean of their vectors.
    pub Bag(words: i64[N, T]) -> [N] {
        embedding (WORDS) dim=32 padding_idx=0 -> mean dim=1 -> linear 64 -> relu -> linear 1 -> squeeze 1
    }

    /// Reads the words in order (Hochreiter & Schmidhuber, 1997).
    pub Reader(words: i64[N, T]) -> [N] {
        embedding (WORDS) dim=32 padding_idx=0 -> lstm 64 -> max dim=1 -> linear 1 -> squeeze 1
    }
}

/// Trains two networks to classify film reviews as positive or negative, and tests both on unseen ones.
#[derive(Parser)]
struct Arguments {
    /// Reviews to classify, with words that occur in the training data
    reviews: Vec<String>,
    /// How many epochs to train for
    #[arg(long, default_value_t = 5)]
    epochs: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The LSTM's accuracy to reach, in percent
    #[arg(long, default_value_t = 98.0)]
    at_least: f64,
}

type Reviews = TensorDataset<(Tensor, Tensor)>;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // A step of so small a network is too short to share, and threads that wait for each other burn time.
    tch::set_num_threads(1);
    let reviews = reviews(4000, arguments.seed);
    let (train, test) = reviews.split_at(3000);
    let words = Words::of(train.iter().map(|review| &*review.text));
    ensure!(words.len() as i64 <= WORDS, "there are {} words, but there is only room for {WORDS}", words.len());
    for Review { text, positive } in &test[..4] {
        println!("{} {text}", mark(*positive));
    }

    let (train, test) = (numbers(&words, train)?, numbers(&words, test)?);
    let (_, bag) = fit::<Bag>(&train, &test, &arguments)?;
    let (reader, accuracy) = fit::<Reader>(&train, &test, &arguments)?;
    println!("accuracy on unseen reviews: bag of words {bag:.2} %, LSTM {accuracy:.2} %");

    let tokens = words.encode(arguments.reviews.iter().map(String::as_str), LENGTH)?;
    for (score, text) in reader.try_forward(&tokens)?.iter::<f64>()?.zip(&arguments.reviews) {
        println!("{} {text}", mark(score > 0.0));
    }
    ensure!(accuracy >= arguments.at_least, "{accuracy:.2} % is less than --at-least {} %", arguments.at_least);
    Ok(())
}

fn mark(positive: bool) -> char {
    if positive { '+' } else { '-' }
}

/// The words of reviews as numbers, and 1 for positive ones.
fn numbers(words: &Words, reviews: &[Review]) -> Result<DataLoader<Reviews>> {
    let texts = words.encode(reviews.iter().map(|review| &*review.text), LENGTH)?;
    let positive: Vec<f32> = reviews.iter().map(|review| f32::from(review.positive)).collect();
    Ok(DataLoader::new(TensorDataset::new((texts, Tensor::from_slice(&positive)))?, 32))
}

/// Trains a network, and returns it with its accuracy on `test` in percent.
fn fit<N: UnaryNetwork>(
    train: &DataLoader<Reviews>,
    test: &DataLoader<Reviews>,
    arguments: &Arguments,
) -> Result<(N, f64)> {
    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    let optimizer = optim::Adam::new(5e-3).build(&vs)?;
    let history = Trainer::new(&vs, &net, loss::BceWithLogits::new(), optimizer)
        .metric(Accuracy::binary(0.0))
        .validate_on(test)
        .epochs(arguments.epochs)
        .progress()
        .fit(&train.clone().shuffle().seed(arguments.seed))?;
    Ok((net, 100.0 * history.last("val_accuracy").context("no epoch")?))
}
