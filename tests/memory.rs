//! The memory of a running network with large layers is as `cost` predicts, and a long chain holds three activations.
//! This is the only test of its program, because the high-water mark is the program's.

use nn_dsl::prelude::*;
use std::fs;

network! {
    /// 30 layers with outputs of 36 MB each.
    Chain(x: [1, 4, 1536, 1536]) -> [1, 4, 1536, 1536] {
        conv k=1 -> relu -> bn -> sigmoid
        -> repeat 4 { residual { conv k=1 -> bn -> gelu } -> tanh }
        -> gated 0.9 -> gated 0.8 -> scale 0.5 -> shift 1.0
    }
    block gated(by) { let a = relu; let b = scale by; (a, b) -> mul -> softplus }

    /// The inputs of a block with parameters live until its end, and memory with several views as long as one of them.
    Branches(x: [1, 4, 1536, 1536]) -> [1, 4, 1536, 1536] {
        let a = conv k=1 -> relu;
        let b = a -> body: { conv k=1 -> tanh -> inner: { conv k=1 -> softmax dim=1 } -> sigmoid };
        let (c, d) = (a, b) -> cat -> chunk 2 dim=1;
        let e = d -> tanh -> flatten 2 -> relu -> unflatten 2 [1536, 1536];
        (c, e) -> add -> turns: repeat 2 { { conv k=1 -> tanh } }
    }
}

/// So large that malloc returns it to the system when it is freed, so that the system's count is the memory in use.
const ACTIVATION: i64 = 4 * 4 * 1536 * 1536;

/// A number of kB in `/proc/self/status`, in bytes: proc_pid_status(5).
fn status(field: &str) -> i64 {
    let status = fs::read_to_string("/proc/self/status").expect("proc is mounted");
    let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("the kernel counts it");
    let number = line.trim_matches([':', '\t', ' ']).strip_suffix(" kB").and_then(|number| number.trim().parse().ok());
    number.map_or_else(|| panic!("{line} is a number of kB"), |number: i64| number * 1024)
}

/// How many activations were alive at once in a run, and how many were predicted.
fn activations<N: UnaryNetwork>() -> (f64, f64) {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    let x = Tensor::zeros([1, 4, 1536, 1536], (Kind::Float, Device::Cpu));
    let run = || no_grad(|| net.forward_t(&x, false));
    drop(run());
    let before = status("VmRSS");
    // Resets the high-water mark: proc_pid_clear_refs(5).
    fs::write("/proc/self/clear_refs", "5").expect("proc can be written");
    drop(run());
    let held = status("VmHWM") - before;
    let told = N::cost(&[]).expect("all sizes are known").evaluation_bytes;
    (held as f64 / ACTIVATION as f64, told as f64 / ACTIVATION as f64)
}

#[test]
fn an_activation_is_gone_after_its_last_use() {
    tch::set_num_threads(1);
    for (network, (held, told)) in [("Chain", activations::<Chain>()), ("Branches", activations::<Branches>())] {
        println!("{network}: {held:.2} activations were held at once, and {told} are told");
        assert!((held - told).abs() < 0.1, "{network} held {held:.2} activations at once, and {told} are told");
    }
}
