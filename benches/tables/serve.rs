//! The contenders in Rust: networks as listings, and as its users write them with `tch::nn`.

use crate::answer::{self, Call, say};
use crate::rows::{Model, Row, Task};
use crate::{by_hand, listed};
use anyhow::{Context, Result};
use nn_dsl::models::{ResNet18, ResNet34};
use nn_dsl::prelude::*;
use nn_dsl::{Inference, Optimize, inference_mode, optim, parameters};
use std::fs;
use tch::nn::OptimizerConfig;

/// How a network is written and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Way {
    /// With `tch::nn`.
    Tch,
    /// As a listing, with everything that makes it faster.
    NnDsl,
    /// As a listing, without any of it.
    Plain,
    /// `Plain`, in inference mode.
    InferenceMode,
    /// `InferenceMode`, channels-last.
    ChannelsLast,
}

/// Answers requests until the input ends.
pub fn serve(way: Way) -> Result<()> {
    answer::serve(|row| load(way, row))
}

/// Infers once and reports it, then infers a few more times and reports their peak memory in kilobytes.
pub fn once(way: Way, net: Model, batch: i64) -> Result<()> {
    let (mut call, _) = load(way, Row { task: Task::Inference, net, batch })?;
    call()?;
    say("first")?;
    // The kernel measures the peak from here on.
    fs::write("/proc/self/clear_refs", "5")?;
    (0..4).try_for_each(|_| call())?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
    say(peak.context("the kernel does not say how much memory was used")?)
}

/// The call that a row measures, and the number of parameters.
fn load(way: Way, row: Row) -> Result<(Call, i64)> {
    let vs = nn::VarStore::new(Device::Cpu);
    let input = Tensor::randn(row.net.input(row.batch), (Kind::Float, Device::Cpu));
    let call = match (row.task, way) {
        (Task::Training, Way::Tch) => train_by_hand(row, &vs, input)?,
        (Task::Training, _) => train(row, &vs, input)?,
        (Task::AdamW, _) => adamw(way, row.net, &vs)?,
        (_, Way::NnDsl) => infer(row.net, &vs.root(), input)?,
        _ => infer_plainly(way, row.net, &vs, input)?,
    };
    let parameters = vs.trainable_variables().iter().map(|tensor| tensor.numel() as i64).sum();
    Ok((call, parameters))
}

fn repeat(mut call: impl FnMut() + 'static) -> Call {
    Box::new(move || {
        call();
        Ok(())
    })
}

fn by_hand(net: Model, path: &nn::Path) -> Box<dyn nn::ModuleT> {
    match net {
        Model::Mlp => Box::new(by_hand::Mlp::new(path)),
        Model::LeNet => Box::new(by_hand::LeNet::new(path)),
        Model::ResNet18 => Box::new(by_hand::ResNet::new(path, [2, 2, 2, 2])),
        Model::ResNet34 => Box::new(by_hand::ResNet::new(path, [3, 4, 6, 3])),
        Model::Lstm => Box::new(by_hand::Lstm::new(path, 128, 256, 2)),
        Model::Encoder => Box::new(by_hand::Encoder::new(path, 256, 8)),
    }
}

fn listed(net: Model, path: &nn::Path) -> Box<dyn nn::ModuleT> {
    match net {
        Model::Mlp => Box::new(listed::Mlp::new(path)),
        Model::LeNet => Box::new(listed::LeNet::new(path)),
        Model::ResNet18 => Box::new(ResNet18::<1000>::new(path)),
        Model::ResNet34 => Box::new(ResNet34::<1000>::new(path)),
        Model::Lstm => Box::new(listed::Lstm::new(path)),
        Model::Encoder => Box::new(listed::Encoder::new(path)),
    }
}

/// Infers with the network as it is trained, without optimizing it.
fn infer_plainly(way: Way, net: Model, vs: &nn::VarStore, input: Tensor) -> Result<Call> {
    let net = if way == Way::Tch { by_hand(net, &vs.root()) } else { listed(net, &vs.root()) };
    if way == Way::ChannelsLast {
        parameters::channels_last(vs)?;
    }
    let forward = move || drop(net.forward_t(&input, false));
    Ok(match way {
        Way::InferenceMode | Way::ChannelsLast => repeat(move || inference_mode(&forward)),
        _ => repeat(move || tch::no_grad(&forward)),
    })
}

fn infer(net: Model, path: &nn::Path, input: Tensor) -> Result<Call> {
    match net {
        Model::Mlp => optimized(listed::Mlp::new(path), input),
        Model::LeNet => optimized(listed::LeNet::new(path), input),
        Model::ResNet18 => optimized(ResNet18::<1000>::new(path), input),
        Model::ResNet34 => optimized(ResNet34::<1000>::new(path), input),
        Model::Lstm => optimized(listed::Lstm::new(path), input),
        Model::Encoder => optimized(listed::Encoder::new(path), input),
    }
}

fn optimized<N>(net: N, input: Tensor) -> Result<Call>
where
    N: UnaryNetwork + Optimize<Optimized: Inference<N>>,
    N::Optimized: 'static,
{
    let fast = net.optimize()?;
    Ok(repeat(move || drop(fast.forward(&input))))
}

/// So small that the weights hardly change.
const LEARNING_RATE: f64 = 1e-6;

fn train_by_hand(row: Row, vs: &nn::VarStore, input: Tensor) -> Result<Call> {
    let net = by_hand(row.net, &vs.root());
    let mut optimizer = match row.net {
        Model::Mlp => nn::AdamW::default().build(vs, LEARNING_RATE)?,
        _ => nn::sgd(0.9, 0.0, 0.0, false).build(vs, LEARNING_RATE)?,
    };
    let labels = Tensor::zeros([row.batch], (Kind::Int64, Device::Cpu));
    Ok(repeat(move || {
        let output = net.forward_t(&input, true);
        optimizer.backward_step(&match row.net.classes() {
            Some(_) => output.cross_entropy_for_logits(&labels),
            None => output.square().mean(Kind::Float),
        });
    }))
}

/// The step of a [`Trainer`], without its metrics.
fn train(row: Row, vs: &nn::VarStore, input: Tensor) -> Result<Call> {
    let net = listed(row.net, &vs.root());
    let mut optimizer: Box<dyn Optimizer> = match row.net {
        Model::Mlp => Box::new(optim::AdamW::new(LEARNING_RATE).build(vs)?),
        _ => Box::new(optim::Sgd::new(LEARNING_RATE).momentum(0.9).build(vs)?),
    };
    if matches!(row.net, Model::ResNet18 | Model::ResNet34) {
        parameters::channels_last(vs)?;
    }
    let labels = Tensor::zeros([row.batch], (Kind::Int64, Device::Cpu));
    let cross_entropy = loss::CrossEntropy::new();
    Ok(Box::new(move || {
        let output = net.forward_t(&input, true);
        Ok(optimizer.backward_step(&match row.net.classes() {
            Some(_) => cross_entropy.loss(&output, &labels)?,
            None => output.square().mean(Kind::Float),
        })?)
    }))
}

fn adamw(way: Way, net: Model, vs: &nn::VarStore) -> Result<Call> {
    let _net = listed(net, &vs.root());
    let sum = |sum: Tensor, parameter: Tensor| sum + parameter.sum(Kind::Float);
    vs.trainable_variables().into_iter().fold(Tensor::from(0f32), sum).backward();
    Ok(match way {
        Way::Tch => {
            let mut optimizer = nn::AdamW::default().build(vs, LEARNING_RATE)?;
            repeat(move || optimizer.step())
        }
        _ => {
            let mut optimizer = optim::AdamW::new(LEARNING_RATE).build(vs)?;
            Box::new(move || Ok(optimizer.step()?))
        }
    })
}
