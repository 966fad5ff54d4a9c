//! Pooling against maxima and means over windows.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Max(x: [N, C, H, W]) -> [N, C, H / 2, W / 2] where H >= 2, W >= 2 { maxpool }

    pub MaxAll(x: [N, 3, 9, 9]) -> [N, 3, 4, 3] { maxpool2d (3, 2) s=(2, 3) p=(1, 0) d=(2, 1) ceil=false }

    pub MaxCeil(x: [N, C, L]) -> [N, C, (L + 2) / 3] { maxpool1d 3 ceil=true }

    pub MaxVolume(x: [N, 2, 4, 4, 4]) -> [N, 2, 4, 2, 2] { maxpool (1, 2, 2) }

    pub Mean(x: [N, 3, 5, 6]) -> [N, 3, 2, 3] { avgpool 2 }

    pub MeanPadded(x: [N, 3, 5]) -> (counted: [N, 3, 3], inside: [N, 3, 3]) {
        let counted = avgpool 3 s=2 p=1;
        let inside = avgpool 3 s=2 p=1 count_include_pad=false;
        (counted, inside)
    }

    pub MeanCeil(x: [N, 3, L]) -> [N, 3, L / 2 + 1] { avgpool 3 s=2 p=1 ceil=true }

    pub MeanWhole(x: [N, 2, D, H, W]) -> [N, 2, 1, 1, 1] { let [_, _, d, h, w] = id; avgpool (d, h, w) }

    pub Adaptive(x: [N, 3, 6, 9]) -> (mean: [N, 3, 3, 3], max: [N, 3, 2, 9]) {
        let mean = adaptive_avgpool 3;
        let max = adaptive_maxpool (2, 9);
        (mean, max)
    }

    pub AdaptiveToInput(x: [N, 3, L]) -> [N, 3, L / 2] where L % 2 == 0, L >= 2 { adaptive_maxpool1d (L / 2) }

    pub Global(x: [N, 3, H, W]) -> (mean: [N, 3, 1, 1], max: [N, 3, 1, 1]) {
        let mean = global_avgpool;
        let max = global_maxpool;
        (mean, max)
    }

    pub GlobalLine(x: [N, 3, L]) -> [N, 3, 1] { global_avgpool -> global_maxpool1d }

    pub GlobalVolume(x: [N, 3, D, H, W]) -> [N, 3, 1, 1, 1] { global_maxpool3d -> adaptive_avgpool 1 -> adaptive_maxpool 1 }
}

#[test]
fn maxima() {
    let x = random(&[2, 3, 5, 6]);
    let expected = x.unfold(2, 2, 2).unfold(3, 2, 2).amax([4, 5], false);
    assert_close(&made::<Max>().forward(&x), &expected);

    let x = random(&[2, 3, 9, 9]);
    let padded = x.pad([0, 0, 1, 1], "constant", f64::NEG_INFINITY);
    let rows = padded.unfold(2, 5, 2).slice(-1, 0, 5, 2).amax([-1], false);
    assert_close(&made::<MaxAll>().forward(&x), &rows.unfold(3, 2, 3).amax([-1], false));

    let x = random(&[2, 2, 4, 4, 4]);
    assert_close(&made::<MaxVolume>().forward(&x), &x.unfold(3, 2, 2).unfold(4, 2, 2).amax([-1, -2], false));
}

#[test]
fn a_last_window_over_the_end() {
    let net = made::<MaxCeil>();
    for length in 1..=7 {
        let x = random(&[2, 3, length]);
        let padded = x.pad([0, (3 - length % 3) % 3], "constant", f64::NEG_INFINITY);
        assert_close(&net.forward(&x), &padded.unfold(2, 3, 3).amax([-1], false));
    }
    let net = made::<MeanCeil>();
    for length in 1..=7 {
        let x = random(&[2, 3, length]);
        assert_eq!(net.forward(&x).size(), [2, 3, length / 2 + 1]);
    }
}

#[test]
fn means() {
    let x = random(&[2, 3, 5, 6]);
    let means = |x: &Tensor| x.mean_dim([-1].as_slice(), false, None);
    assert_close(&made::<Mean>().forward(&x), &means(&x.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4, 5)));

    let x = random(&[2, 3, 5]);
    let sums = x.constant_pad_nd([1, 1]).unfold(2, 3, 2).sum_dim_intlist([-1].as_slice(), false, None);
    let (counted, inside) = made::<MeanPadded>().forward(&x);
    assert_close(&counted, &(&sums / 3.0));
    assert_close(&inside, &(sums / Tensor::from_slice(&[2.0f32, 3.0, 2.0])));

    let x = random(&[2, 2, 3, 4, 5]);
    let mean = x.mean_dim([2, 3, 4].as_slice(), true, None);
    assert_close(&made::<MeanWhole>().forward(&x), &mean);
}

#[test]
fn sizes_that_are_given() {
    let x = random(&[2, 3, 6, 9]);
    let (mean, max) = made::<Adaptive>().forward(&x);
    assert_close(&mean, &x.unfold(2, 2, 2).unfold(3, 3, 3).mean_dim([-1, -2].as_slice(), false, None));
    assert_close(&max, &x.unfold(2, 3, 3).amax([-1], false));
    let x = random(&[2, 3, 8]);
    assert_close(&made::<AdaptiveToInput>().forward(&x), &x.unfold(2, 2, 2).amax([-1], false));
}

#[test]
fn whole_images() {
    let x = random(&[2, 3, 4, 5]);
    let (mean, max) = made::<Global>().forward(&x);
    assert_close(&mean, &x.mean_dim([2, 3].as_slice(), true, None));
    assert_close(&max, &x.amax([2, 3], true));
    let x = random(&[2, 3, 4]);
    assert_close(&made::<GlobalLine>().forward(&x), &x.mean_dim([2].as_slice(), true, None));
    let x = random(&[2, 3, 4, 5, 2]);
    assert_close(&made::<GlobalVolume>().forward(&x), &x.amax([2, 3, 4], true));
}
