//! Learns to write like Shakespeare, letter by letter, with a small causal language model.
//!
//! ```text
//! cargo xtask run chargpt
//! ```

use anyhow::{Result, ensure};
use clap::Parser;
use nn_dsl::data::text::{self, Characters, Windows};
use nn_dsl::prelude::*;
use nn_dsl::schedule::{OneCycle, Scheduler};

/// The number of different characters in the text.
const CHARACTERS: i64 = 62;
/// How many previous characters the network sees.
const CONTEXT: i64 = 64;

network! {
    /// A GPT (Radford et al., 2018) with three layers: it scores every possible next character.
    pub CharGpt(text: i64[N, T]) -> [N, T, (CHARACTERS)] where T <= (CONTEXT) {
        param places: [(CONTEXT), 128] init=normal(0.0, 0.02);
        let letters = letters: embedding (CHARACTERS) dim=128 init=normal(0.0, 0.02);
        letters + (places -> narrow dim=0 start=0 len=T)
        -> repeat 3 {
            residual { layernorm -> attention heads=4 causal=true }
            -> residual { layernorm -> linear 512 -> gelu -> linear 128 }
        }
        -> layernorm -> linear (CHARACTERS) bias=false weight=letters.weight
    }
}

/// Trains a small language model on Shakespeare, and lets it write.
#[derive(Parser)]
struct Arguments {
    /// How many batches to train on
    #[arg(long, default_value_t = 2000)]
    steps: usize,
    /// The seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The beginning of the text to write
    #[arg(long, default_value = "KING RICHARD:\n")]
    prompt: String,
    /// How many characters to write
    #[arg(long, default_value_t = 500)]
    length: usize,
    /// The sampling temperature: near 0, the likeliest character is always taken
    #[arg(long, default_value_t = 0.6)]
    temperature: f64,
    /// The loss to reach on unseen text, in nats per character
    #[arg(long, default_value_t = 1.7)]
    at_most: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let device = Device::cuda_if_available();
    let (characters, tokens) = Characters::encoded(text::shakespeare());
    ensure!(characters.len() as i64 == CHARACTERS, "the text has {} different characters", characters.len());
    let held_out = tokens.size()[0] / 10;
    let parts = tokens.split_with_sizes([tokens.size()[0] - held_out, held_out], 0);
    let window = CONTEXT as usize;

    manual_seed(arguments.seed);
    let vs = nn::VarStore::new(device);
    let net = CharGpt::new(&vs.root());
    println!("{} parameters, on {device:?}", CharGpt::PARAMETERS);
    let train = DataLoader::new(Windows::new(parts[0].shallow_clone(), window), 16).shuffle().seed(arguments.seed);
    fit(&vs, &net, &train, arguments.steps)?;

    let test = Windows::new(parts[1].shallow_clone(), window);
    let apart: Vec<usize> = (0..test.len()).step_by(window).collect();
    let loss = no_grad(|| loss(&net, test.batch(&apart)?, false))?.double_value(&[]);
    println!("{}", write(&net, &characters, &arguments)?);
    println!("\nloss {loss:.3} on unseen text, like choosing between {:.1} characters", loss.exp());
    ensure!(loss <= arguments.at_most, "{loss:.3} is more than --at-most {}", arguments.at_most);
    Ok(())
}

/// Trains `net` on this many batches, in a custom loop: an epoch over all windows would be too long.
fn fit(vs: &nn::VarStore, net: &CharGpt, train: &DataLoader<Windows>, steps: usize) -> Result<()> {
    let mut optimizer = optim::AdamW::new(3e-3).weight_decay(0.1).exclude("*norm*").exclude("*bias").build(vs)?;
    let mut scheduler = Scheduler::new(OneCycle::new(steps).pct_start(0.1), &mut optimizer)?;
    for (step, batch) in train.epoch(0).take(steps).enumerate() {
        let loss = loss(net, batch?, true)?;
        optimizer.zero_grad()?;
        loss.backward();
        let _ = optimizer.clip_grad_norm(1.0)?;
        optimizer.step()?;
        scheduler.step(&mut optimizer)?;
        if (step + 1) % 100 == 0 {
            println!("step {:4}: loss {:.3}", step + 1, loss.double_value(&[]));
        }
    }
    Ok(())
}

/// The mean loss of `net` for the next character.
fn loss(net: &CharGpt, (seen, next): (Tensor, Tensor), train: bool) -> Result<Tensor> {
    let device = net.letters.weight.device();
    let scores = net.try_forward_t(&seen.to_device(device), train)?;
    Ok(loss::CrossEntropy::new().loss(&scores.flatten(0, 1), &next.to_device(device).flatten(0, 1))?)
}

/// Continues the prompt; each character is drawn by its probability.
fn write(net: &CharGpt, characters: &Characters, arguments: &Arguments) -> Result<String> {
    let mut tokens = characters.encode(&arguments.prompt)?.unsqueeze(0).to_device(net.letters.weight.device());
    ensure!(tokens.size()[1] > 0, "--prompt needs at least one character");
    for _ in 0..arguments.length {
        let start = (tokens.size()[1] - CONTEXT).max(0);
        let scores = no_grad(|| net.forward(&tokens.slice(1, start, None, 1)));
        let last = scores.select(1, -1) / arguments.temperature.max(1e-6);
        tokens = Tensor::cat(&[&tokens, &last.softmax(-1, Kind::Float).multinomial(1, false)], 1);
    }
    Ok(characters.decode(&Vec::<i64>::try_from(tokens.squeeze_dim(0))?))
}
