//! Dropout: nothing in evaluation, and its definition in training.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Elements(x: [N, 100]) -> [N, 100] { dropout 0.25 }

    pub Channels(x: [N, C, H, W]) -> [N, C, H, W] { dropout2d }

    pub LineChannels(x: [N, C, L]) -> [N, C, L] { dropout1d 0.5 }

    pub Alpha(x: [N, 100]) -> [N, 100] { alpha_dropout p=0.2 }

    pub Samples(x: [N, 3, 4]) -> [N, 3, 4] {
        option p = 0.25;
        drop_path p
    }

    pub All(x: [N, C, H, W])
        -> (by_element: [N, C, H, W], by_channel: [N, C, H, W], by_sample: [N, C, H, W], alpha: [N, C, H, W])
    {
        option p = 0.5;
        (x -> dropout p, x -> dropout2d p, x -> drop_path p, x -> alpha_dropout p)
    }
}

/// The share of zeros.
fn zeros(x: &Tensor) -> f64 {
    x.eq(0.0).to_kind(Kind::Double).mean(Kind::Double).double_value(&[])
}

#[test]
fn of_elements() {
    let net = made::<Elements>();
    let x = random(&[100, 100]);
    assert_close(&net.forward(&x), &x);
    let dropped = net.forward_t(&x, true);
    assert!((zeros(&dropped) - 0.25).abs() < 0.02);
    assert_close(&dropped, &(&x / 0.75 * dropped.ne(0.0)));

    let net = made::<Alpha>();
    assert_close(&net.forward(&x), &x);
    let dropped = net.forward_t(&x, true);
    let (mean, deviation) = (dropped.mean(Kind::Float).double_value(&[]), dropped.std(false).double_value(&[]));
    assert!(mean.abs() < 0.05 && (deviation - 1.0).abs() < 0.05, "mean {mean}, deviation {deviation}");
    let difference = (&dropped - &x).abs();
    assert!(difference.max().double_value(&[]) > 0.1);
}

#[test]
fn of_channels() {
    let net = made::<Channels>();
    let x = random(&[20, 30, 2, 3]);
    assert_close(&net.forward(&x), &x);
    let dropped = net.forward_t(&x, true);
    let kept = dropped.ne(0.0).any_dim(2, true).any_dim(3, true);
    assert_close(&dropped, &(&x * 2.0 * &kept));
    assert!((zeros(&dropped) - 0.5).abs() < 0.1);

    let x = random(&[20, 30, 5]);
    let dropped = made::<LineChannels>().forward_t(&x, true);
    assert_close(&dropped, &(&x * 2.0 * dropped.ne(0.0).any_dim(2, true)));
}

#[test]
fn of_samples() {
    let mut net = made::<Samples>();
    let x = random(&[400, 3, 4]);
    assert_close(&net.forward(&x), &x);
    let dropped = net.forward_t(&x, true);
    let kept = dropped.ne(0.0).any_dim(1, true).any_dim(2, true);
    assert_close(&dropped, &(&x / 0.75 * kept));
    assert!((zeros(&dropped) - 0.25).abs() < 0.1);
    net.p = 1.0;
    assert_close(&net.forward_t(&x, true), &x.zeros_like());
    net.p = 0.0;
    assert_close(&net.forward_t(&x, true), &x);
}

/// Panics unless a statistic is within six of its standard errors.
#[track_caller]
fn assert_near(what: &str, actual: f64, expected: f64, error: f64) {
    assert!((actual - expected).abs() < 6.0 * error, "{what} is {actual}, and not {expected} ± {error}");
}

/// The mean and the variance.
fn moments(x: &Tensor) -> (f64, f64) {
    (x.mean(Kind::Double).double_value(&[]), x.var(false).double_value(&[]))
}

/// Asserts that standard normal numbers were dropped `unit` consecutive ones at a time, `side * side` times, each on its own with
/// probability `p`, and the others scaled by `1 / (1 - p)`. A dropped one is zero, so that the mean is 0 and the variance
/// `1 / (1 - p)`.
fn assert_dropped(dropped: &Tensor, p: f64, unit: i64, side: i64) {
    let zero = dropped.reshape([side, side, unit]).eq(0.0);
    assert!(zero.any_dim(2, false).equal(&zero.all_dim(2, false)), "what is dropped together is dropped in part");
    let zero = zero.select(2, 0).to_kind(Kind::Double);
    let (units, size) = ((side * side) as f64, unit as f64);
    assert_near("the rate of zeros", moments(&zero).0, p, (p * (1.0 - p) / units).sqrt());

    // The zeros of each row and column are binomial if drops are independent.
    let binomial = side as f64 * p * (1.0 - p);
    for dim in [0, 1] {
        let counts = zero.sum_dim_intlist(dim, false, Kind::Double);
        let error = binomial * (2.0 / side as f64).sqrt();
        assert_near("the variance of the zeros of a line", moments(&counts).1, binomial, error);
    }

    let kept = 1.0 - p;
    let (mean, variance) = moments(dropped);
    assert_near("the mean", mean, 0.0, (1.0 / (kept * size * units)).sqrt());
    let square = (1.0 + 2.0 / size) / kept.powi(3) - 1.0 / kept.powi(2);
    assert_near("the variance", variance, 1.0 / kept, (square / units).sqrt());
}

/// Asserts that standard normal numbers were dropped as in Klambauer et al., 2017: to `-λα`, and then all scaled and shifted
/// such that the mean stays 0 and the variance 1.
fn assert_alpha(dropped: &Tensor, x: &Tensor, p: f64) {
    let saturation = -1.0507009873554805 * 1.6732632423543772;
    let scale = 1.0 / ((1.0 - p) * (1.0 + p * saturation * saturation)).sqrt();
    let shift = -scale * p * saturation;
    let is_dropped = (dropped - (scale * saturation + shift)).abs().lt(1e-5);
    let expected = (x * scale + shift).where_self(&is_dropped.logical_not(), dropped);
    assert_close(dropped, &expected);

    let count = x.numel() as f64;
    let rate = is_dropped.to_kind(Kind::Double).mean(Kind::Double).double_value(&[]);
    assert_near("the rate of the dropped", rate, p, (p * (1.0 - p) / count).sqrt());
    let (mean, variance) = moments(dropped);
    assert_near("the mean", mean, 0.0, (1.0 / count).sqrt());
    let fourth = dropped.to_kind(Kind::Double).pow_tensor_scalar(4).mean(Kind::Double).double_value(&[]);
    assert_near("the variance", variance, 1.0, ((fourth - 1.0) / count).sqrt());
}

#[test]
fn is_distributed_as_defined() {
    let mut net = made::<All>();
    let x = random(&[10_000, 9, 2, 2]);
    for p in [0.1, 0.5, 0.8] {
        net.p = p;
        let (by_element, by_channel, by_sample, alpha) = net.forward_t(&x, true);
        assert_dropped(&by_element, p, 1, 600);
        assert_dropped(&by_channel, p, 4, 300);
        assert_dropped(&by_sample, p, 36, 100);
        assert_alpha(&alpha, &x, p);
    }
}
