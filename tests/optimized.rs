//! The optimised form of a network has the same outputs as the network in evaluation mode.
#![allow(missing_docs)]

use nn_dsl::prelude::*;
use nn_dsl::{Inference, InputError, Optimize};

network! {
    #[optimize]
    LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten -> dropout -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }
}

network! {
    #![optimize]

    /// In both sums, the other operand has another shape than the layer's output.
    Broadcast(x: [N, 4, H, W]) -> [N, 4, H, W] {
        let weights = x -> global_avgpool -> conv k=1;
        let scaled = x + weights -> relu;
        let one = scaled -> mean 1 keepdim=true;
        let sum = scaled -> conv k=3 p=1 -> add { id, one -> sigmoid } -> relu;
        sum -> conv 1 k=1 -> add { id, sum } -> silu
    }

    /// The sum has the wider type.
    Wider(x: [N, 4], y: f64[N, 4]) -> f64[N, 4] {
        x -> linear 4 -> add { id, y }
    }

    /// Nothing else may see values that are overwritten in place.
    Aliases(x: [N, 8]) -> (a: [N, 8], b: [N, 2, 4], c: [N, 8], d: [N, 8]) {
        let a = x -> relu;
        let y = x -> linear 8 -> layernorm;
        let b = y -> unflatten 1 [2, 4] -> relu;
        let c = y -> relu -> sigmoid;
        (a, b, c, y)
    }

    block mlp(d) { option p = 0.3; residual { layernorm -> linear (2 * d) -> gelu -> dropout p -> linear d -> drop_path 0.2 } }

    /// Tied weights, a stage used twice, and a loop.
    Tied(ids: i64[N, T]) -> [N, T, 11] {
        shared f = { linear 6 -> tanh };
        words: embedding 11 6 -> f -> repeat 3 { mlp 6 } -> f -> scores: linear 11 weight=words.weight bias=false
    }
}

/// A network whose parameters are not the initial ones.
fn made<N: Network>(kind: Kind) -> (nn::VarStore, N) {
    let mut vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    tch::no_grad(|| {
        for (name, mut tensor) in vs.variables() {
            let noise = tensor.rand_like() * 0.5;
            let _ = tensor.g_add_(&if name.ends_with("running_var") { noise } else { noise - 0.25 });
        }
    });
    vs.set_kind(kind);
    (vs, net)
}

/// Compares to 1e-5 of the largest value, in f64 to 1e-12, and in bf16 to 2e-2.
fn assert_same(found: &Tensor, expected: &Tensor, what: &str) {
    assert_eq!((found.size(), found.kind()), (expected.size(), expected.kind()), "{what}");
    let tolerance = match expected.kind() {
        Kind::Double => 1e-12,
        Kind::BFloat16 => 2e-2,
        _ => 1e-5,
    };
    let difference = (found - expected).abs().max().double_value(&[]);
    let largest = expected.abs().max().double_value(&[]);
    assert!(
        difference <= tolerance * largest,
        "{what} is apart by {difference:e}, where the largest value is {largest:e}"
    );
}

/// Compares a network of one input and one output with its optimised form.
fn check<N>(input: &Tensor)
where
    N: UnaryNetwork + Optimize<Optimized: Inference<N>>,
{
    for kind in [Kind::Float, Kind::Double, Kind::BFloat16] {
        let (_vs, net) = made::<N>(kind);
        let fast = net.optimize().expect("it can be optimised");
        let input = if input.is_floating_point() { input.to_kind(kind) } else { input.copy() };
        let untouched = input.copy();
        let expected = net.forward_t(&input, false);
        for _ in 0..2 {
            let found = fast.forward(&input);
            assert!(!found.requires_grad());
            assert_same(&found, &expected, N::NAME);
        }
        assert_eq!(input, untouched, "{} writes into its input", N::NAME);
    }
}

fn randn(shape: &[i64]) -> Tensor {
    Tensor::randn(shape, (Kind::Float, Device::Cpu))
}

#[test]
fn it_is_the_network_in_evaluation() {
    tch::set_num_threads(1);
    tch::manual_seed(1);
    for batch in [1, 3, 64] {
        check::<LeNet>(&randn(&[batch, 1, 28, 28]));
        check::<Broadcast>(&randn(&[batch, 4, 9, 8]));
        check::<Tied>(&Tensor::randint(11, [batch, 5], (Kind::Int64, Device::Cpu)));
    }
}

#[test]
fn what_is_seen_elsewhere_is_not_overwritten() {
    let (_vs, net) = made::<Aliases>(Kind::Float);
    let fast = net.optimize().unwrap();
    let x = randn(&[3, 8]);
    let (untouched, expected, found) = (x.copy(), net.forward(&x), fast.forward(&x));
    assert_same(&found.0, &expected.0, "a");
    assert_same(&found.1, &expected.1, "b");
    assert_same(&found.2, &expected.2, "c");
    assert_same(&found.3, &expected.3, "d");
    assert_eq!(x, untouched);
}

#[test]
fn a_sum_has_the_wider_type() {
    let (_vs, net) = made::<Wider>(Kind::Float);
    let (x, y) = (randn(&[3, 4]), randn(&[3, 4]).to_kind(Kind::Double));
    let (found, expected) = (net.optimize().unwrap().forward(&x, &y), net.forward(&x, &y));
    assert_eq!((found.kind(), expected.kind()), (Kind::Double, Kind::Double));
    assert!(found.allclose(&expected, 1e-5, 1e-5, false));
}

#[test]
fn an_option_is_as_it_was() {
    let (_vs, mut net) = made::<Tied>(Kind::Float);
    net.mlp[0].p = 0.9;
    let ids = Tensor::arange(4, (Kind::Int64, Device::Cpu)).unsqueeze(0);
    assert_same(&net.optimize().unwrap().forward(&ids), &net.forward(&ids), "Tied");
}

#[test]
fn inputs_that_do_not_fit_are_errors() {
    let (_vs, net) = made::<LeNet>(Kind::Float);
    let fast = net.optimize().unwrap();
    let error = fast.try_forward(&randn(&[1, 1, 27, 28])).unwrap_err();
    assert!(matches!(error, InputError::Shape { .. }), "{error}");
    let error = fast.try_forward(&randn(&[1, 1, 28, 28]).to_kind(Kind::Double)).unwrap_err();
    assert!(matches!(error, InputError::Dtype { .. }), "{error}");
}

#[test]
fn training_further_changes_nothing() {
    let (vs, net) = made::<LeNet>(Kind::Float);
    let image = randn(&[2, 1, 28, 28]);
    let (fast, before) = (net.optimize().unwrap(), net.forward(&image));
    tch::no_grad(|| vs.trainable_variables().iter_mut().for_each(|tensor| _ = tensor.zero_()));
    assert_same(&fast.forward(&image), &before, "LeNet");
}
