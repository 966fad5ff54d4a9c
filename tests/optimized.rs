//! The optimised form of a network gives what the network gives in evaluation.
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

/// A network whose numbers are not those that it starts with.
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

/// To 1e-5 of the largest value; in f64 to 1e-12.
fn assert_same(found: &Tensor, expected: &Tensor, what: &str) {
    assert_eq!((found.size(), found.kind()), (expected.size(), expected.kind()), "{what}");
    let tolerance = if expected.kind() == Kind::Double { 1e-12 } else { 1e-5 };
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
    for kind in [Kind::Float, Kind::Double] {
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
    }
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
