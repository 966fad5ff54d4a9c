//! What a network holds while it runs: of a long chain of large layers two or three activations, and not all.
//! Alone in its program, because the high-water mark is the program's.

use nn_dsl::prelude::*;
use std::fs;

network! {
    /// 30 layers, each of which gives 36 MB.
    Chain(x: [1, 4, 1536, 1536]) -> [1, 4, 1536, 1536] {
        conv k=1 -> relu -> bn -> sigmoid
        -> repeat 4 { residual { conv k=1 -> bn -> gelu } -> tanh }
        -> gated 0.9 -> gated 0.8 -> scale 0.5 -> shift 1.0
    }
    block gated(by) { let a = relu; let b = scale by; (a, b) -> mul -> softplus }
}

/// More than malloc keeps when it is freed: what is held is what the system counts.
const ACTIVATION: i64 = 4 * 4 * 1536 * 1536;

/// A number of kB that `/proc/self/status` gives, in bytes: proc_pid_status(5).
fn status(field: &str) -> i64 {
    let status = fs::read_to_string("/proc/self/status").expect("proc is mounted");
    let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("the kernel counts it");
    let number = line.trim_matches([':', '\t', ' ']).strip_suffix(" kB").and_then(|number| number.trim().parse().ok());
    number.map_or_else(|| panic!("{line} is a number of kB"), |number: i64| number * 1024)
}

#[test]
fn an_activation_is_gone_after_its_last_use() {
    tch::set_num_threads(1);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Chain::new(&vs.root());
    let x = Tensor::zeros([1, 4, 1536, 1536], (Kind::Float, Device::Cpu));
    let run = || no_grad(|| net.forward(&x));
    drop(run());
    let before = status("VmRSS");
    // Sets the high-water mark to what is held now: proc_pid_clear_refs(5).
    fs::write("/proc/self/clear_refs", "5").expect("proc can be written");
    drop(run());
    let activations = (status("VmHWM") - before) as f64 / ACTIVATION as f64;
    // Two at a time, and the input of a residual beside them.
    assert!(activations < 4.5, "the {} layers held {activations:.1} activations at once", Chain::LAYERS.len());
    assert!(activations > 1.0, "a layer gives an activation at least, and {activations:.1} were held");
    println!("{activations:.1} activations were held at once");
}
