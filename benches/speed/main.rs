//! Compares generated networks with the same networks written by hand with `tch::nn`: evaluation, and a training step.
//!
//! The two are timed in turns, so that whatever else the machine does affects both. `cargo bench --bench speed -- lstm`
//! times a single network.

mod by_hand;
mod listed;
mod paired;

use nn_dsl::models::ResNet18;
use nn_dsl::prelude::*;
use paired::Comparison;
use tch::nn::OptimizerConfig;

/// A comparison: its name, an input, and how the two networks are made.
struct Case {
    name: &'static str,
    input: Tensor,
    ours: fn(&nn::Path) -> Box<dyn nn::ModuleT>,
    by_hand: fn(&nn::Path) -> Box<dyn nn::ModuleT>,
}

fn cases() -> [Case; 4] {
    let input = |shape: &[i64]| Tensor::randn(shape, (Kind::Float, Device::Cpu));
    [
        Case {
            name: "LeNet, batch 1",
            input: input(&[1, 1, 28, 28]),
            ours: |path| Box::new(listed::LeNet::new(path)),
            by_hand: |path| Box::new(by_hand::LeNet::new(path)),
        },
        Case {
            name: "ResNet-18, batch 8",
            input: input(&[8, 3, 64, 64]),
            ours: |path| Box::new(ResNet18::<1000>::new(path)),
            by_hand: |path| Box::new(by_hand::ResNet::new(path, [2; 4])),
        },
        Case {
            name: "LSTM, 50 steps",
            input: input(&[8, 50, 64]),
            ours: |path| Box::new(listed::Lstm::new(path)),
            by_hand: |path| Box::new(by_hand::Lstm::new(path, 64, 128, 1)),
        },
        Case {
            name: "transformer encoder, 6 layers",
            input: input(&[4, 64, 128]),
            ours: |path| Box::new(listed::Encoder::new(path)),
            by_hand: |path| Box::new(by_hand::Encoder::new(path, 128, 4)),
        },
    ]
}

fn main() {
    // Cargo adds `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    tch::set_num_threads(1);
    println!("one thread of the CPU; the ratio of medians, and between the quartiles of the ratios of pairs");
    println!("{:<40}{:>12}{:>12}{:>8}{:>18}", "", "nn-dsl", "by hand", "ratio", "quartiles");
    for case in cases() {
        if wanted.is_empty() || wanted.iter().any(|name| case.name.to_lowercase().contains(&name.to_lowercase())) {
            evaluation(&case).print(&format!("{}: evaluation", case.name));
            training(&case).print(&format!("{}: training step", case.name));
        }
    }
}

fn evaluation(case: &Case) -> Comparison {
    let forward = |make: fn(&nn::Path) -> Box<dyn nn::ModuleT>| {
        let vs = nn::VarStore::new(Device::Cpu);
        let net = make(&vs.root());
        move || tch::no_grad(|| drop(net.forward_t(&case.input, false)))
    };
    Comparison::of(forward(case.ours), forward(case.by_hand))
}

fn training(case: &Case) -> Comparison {
    let step = |make: fn(&nn::Path) -> Box<dyn nn::ModuleT>| {
        let vs = nn::VarStore::new(Device::Cpu);
        let net = make(&vs.root());
        let mut optimizer = nn::sgd(0.9, 0.0, 0.0, false).build(&vs, 1e-6).expect("parameters to train");
        move || optimizer.backward_step(&net.forward_t(&case.input, true).square().mean(Kind::Float))
    };
    Comparison::of(step(case.ours), step(case.by_hand))
}
