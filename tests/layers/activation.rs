//! Activations against their formulas.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Hard(x: [N, 4]) -> [8, N, 4] {
        stack dim=0 {
            relu, relu6, hardswish, hardsigmoid, hardtanh, hardtanh min=-2.0 max=0.5, threshold 0.5 7, softsign
        }
    }

    pub Smooth(x: [N, 4]) -> [9, N, 4] {
        stack dim=0 { sigmoid, tanh, silu, mish, selu, logsigmoid, softplus, gelu, gelu tanh }
    }

    pub Bent(x: [N, 4]) -> [6, N, 4] {
        stack dim=0 { leaky_relu, leaky_relu 0.3, elu, elu alpha=2, celu, celu 0.5 }
    }

    pub Sharp(x: [N, 4]) -> [2, N, 4] { stack dim=0 { softplus 2, softplus threshold=1 beta=0.5 } }

    pub Adjustable(x: [N, 4]) -> [N, 4] {
        option slope = 0.3;
        leaky_relu slope
    }

    pub Trained(x: [N, 4, 3]) -> (one: [N, 4, 3], each: [N, 4, 3]) {
        let one = prelu;
        let each = prelu channels init=uniform(0.0, 1.0);
        (one, each)
    }

    pub Along(x: [N, 4, 6]) -> (soft: [N, 4, 6], log: [N, 4, 6], gated: [N, 2, 6], last: [N, 4, 3]) {
        let soft = softmax dim=1;
        let log = log_softmax dim=-1;
        let gated = glu dim=1;
        let last = glu;
        (soft, log, gated, last)
    }
}

/// Asserts that a stack has these parts.
#[track_caller]
fn assert_parts(stack: &Tensor, expected: &[Tensor]) {
    assert_close(stack, &Tensor::stack(expected, 0));
}

#[test]
fn of_straight_pieces() {
    let x = random(&[50, 4]) * 4.0;
    let expected = [
        x.clamp_min(0.0),
        x.clamp(0.0, 6.0),
        &x * (&x + 3.0).clamp(0.0, 6.0) / 6.0,
        (&x + 3.0).clamp(0.0, 6.0) / 6.0,
        x.clamp(-1.0, 1.0),
        x.clamp(-2.0, 0.5),
        x.where_self(&x.gt(0.5), &x.full_like(7.0)),
        &x / (x.abs() + 1.0),
    ];
    assert_parts(&made::<Hard>().forward(&x), &expected);
}

#[test]
fn of_exponentials() {
    let x = random(&[50, 4]) * 2.0;
    let softplus = (x.exp() + 1.0).log();
    let sigmoid = ((-&x).exp() + 1.0).reciprocal();
    let (scale, alpha) = (1.050_700_987_355_480_5, 1.673_263_242_354_377_2);
    let cube = (&x + x.pow_tensor_scalar(3) * 0.044_715) * (2.0 / std::f64::consts::PI).sqrt();
    let expected = [
        sigmoid.shallow_clone(),
        (&x * 2.0).sigmoid() * 2.0 - 1.0,
        &x * &sigmoid,
        &x * softplus.tanh(),
        (x.clamp_min(0.0) + (x.clamp_max(0.0).exp() - 1.0) * alpha) * scale,
        sigmoid.log(),
        softplus,
        &x * ((&x / 2f64.sqrt()).erf() + 1.0) / 2.0,
        &x * (cube.tanh() + 1.0) / 2.0,
    ];
    assert_parts(&made::<Smooth>().forward(&x), &expected);
}

#[test]
fn with_a_bend_at_zero() {
    let x = random(&[50, 4]) * 2.0;
    let (above, below) = (x.clamp_min(0.0), x.clamp_max(0.0));
    let expected = [
        &above + &below * 0.01,
        &above + &below * 0.3,
        &above + (below.exp() - 1.0),
        &above + (below.exp() - 1.0) * 2.0,
        &above + (below.exp() - 1.0),
        &above + ((&below / 0.5).exp() - 1.0) * 0.5,
    ];
    assert_parts(&made::<Bent>().forward(&x), &expected);

    let sharp = made::<Sharp>().forward(&x);
    let linear_above = |threshold: f64, beta: f64| {
        let smooth = ((&x * beta).exp() + 1.0).log() / beta;
        x.where_self(&(&x * beta).gt(threshold), &smooth)
    };
    assert_parts(&sharp, &[linear_above(20.0, 2.0), linear_above(1.0, 0.5)]);
    let far = Tensor::from_slice(&[-1e4f32, -50.0, 50.0, 1e4]).view([1, 4]);
    assert!(bool::try_from(made::<Sharp>().forward(&far).isfinite().all()).unwrap());
}

#[test]
fn gradients_are_pytorchs_at_the_bend() {
    let x = Tensor::from_slice(&[-1.0f32, 0.0, 1.0, 2.0]).view([1, 4]).set_requires_grad(true);
    made::<Bent>().forward(&x).sum(Kind::Float).backward();
    let slopes = |x: f64| 0.01 + 0.3 + x.exp() + 2.0 * x.exp() + x.exp() + (x / 0.5).exp();
    let expected = [slopes(-1.0), slopes(0.0), 6.0, 6.0].map(|slope| slope as f32);
    assert_close(&x.grad(), &Tensor::from_slice(&expected).view([1, 4]));
}

#[test]
fn set_at_run_time() {
    let x = random(&[5, 4]);
    let mut net = made::<Adjustable>();
    assert_close(&net.forward(&x), &(x.clamp_min(0.0) + x.clamp_max(0.0) * 0.3));
    net.slope = -1.0;
    assert_close(&net.forward(&x), &x.abs());
}

#[test]
fn with_a_trained_slope() {
    let net = made::<Trained>();
    let x = random(&[5, 4, 3]);
    let (one, each) = net.forward(&x);
    assert_close(&one, &(x.clamp_min(0.0) + x.clamp_max(0.0) * 0.25));
    assert_close(&each, &(x.clamp_min(0.0) + x.clamp_max(0.0) * net.prelu2.weight.view([4, 1])));
}

#[test]
fn along_a_dimension() {
    let x = random(&[5, 4, 6]);
    let (soft, log, gated, last) = made::<Along>().forward(&x);
    let exponentials = x.exp();
    assert_close(&soft, &(&exponentials / exponentials.sum_dim_intlist([1].as_slice(), true, None)));
    assert_close(&log, &(&x - exponentials.sum_dim_intlist([2].as_slice(), true, None).log()));
    let halves = x.chunk(2, 1);
    assert_close(&gated, &(&halves[0] * halves[1].sigmoid()));
    let halves = x.chunk(2, 2);
    assert_close(&last, &(&halves[0] * halves[1].sigmoid()));
}
