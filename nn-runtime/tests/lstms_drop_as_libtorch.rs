//! From the same seed, our LSTM drops the same elements as libtorch's. It is the only test of its program, because the
//! random generator is global.

use nn_runtime::ops::lstm_from;
use tch::{Device, Kind, Tensor};

const LAYERS: i64 = 3;
const BATCH: i64 = 8;
const FEATURES: i64 = 32;
const HIDDEN: i64 = 64;
const DROPOUT: f64 = 0.4;

fn randn(size: &[i64]) -> Tensor {
    Tensor::randn(size, (Kind::Float, Device::Cpu))
}

fn weights() -> Vec<Tensor> {
    let of_layer = |layer| {
        let below = if layer == 0 { FEATURES } else { HIDDEN };
        [vec![4 * HIDDEN, below], vec![4 * HIDDEN, HIDDEN], vec![4 * HIDDEN], vec![4 * HIDDEN]]
    };
    (0..LAYERS).flat_map(of_layer).map(|size| randn(&size) / (HIDDEN as f64).sqrt()).collect()
}

#[test]
fn from_the_same_seed_the_same_is_dropped() {
    let input = randn(&[BATCH, 6, FEATURES]).set_requires_grad(true);
    let states = [(); 2].map(|()| randn(&[LAYERS, BATCH, HIDDEN]));
    let states = states.each_ref();
    let weights = weights();
    let weights: Vec<&Tensor> = weights.iter().collect();
    let ours = || lstm_from(&input, &states, &weights, true, LAYERS, DROPOUT, true, false);
    let libtorchs = || input.lstm(&states, &weights, true, LAYERS, DROPOUT, true, false, true);
    let results = |seed, lstm: &dyn Fn() -> (Tensor, Tensor, Tensor)| {
        tch::manual_seed(seed);
        let (output, hidden, cell) = lstm();
        let sum = output.square().sum(None) + hidden.sum(None) + cell.sum(None);
        let gradient = Tensor::run_backward(&[sum], &[&input], false, false).remove(0);
        [output.detach(), hidden.detach(), cell.detach(), gradient]
    };
    let apart = |found: &[Tensor; 4], expected: &[Tensor; 4]| {
        let apart = |(found, expected): (&Tensor, &Tensor)| (found - expected).abs().max().double_value(&[]);
        found.iter().zip(expected).map(apart).fold(0.0, f64::max)
    };
    let expected = results(5, &libtorchs);
    assert!(apart(&results(5, &ours), &expected) < 1e-4);
    assert!(apart(&results(6, &ours), &expected) > 0.1, "another seed drops others");
}
