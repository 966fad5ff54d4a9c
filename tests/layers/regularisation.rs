//! Dropout: nothing in evaluation, and in training what the definition says.

mod common;

use common::{assert_close, made, random};
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
