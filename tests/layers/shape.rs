//! Layers that change shapes, against tch's own calls.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Reshape(x: [N, 4, T]) -> (a: [N, 1, 4 * T], b: [N, 2, 2, T], c: [N, T, 2, 2], d: [N * 4 * T], e: [N, 2, 2, T], f: [N, 4 * T]) {
        let [n, c, t] = id;
        let a = reshape [n, 1, c * t];
        let b = reshape [n, _, 2, t];
        let c = transpose 1 2 -> unflatten dim=-1 sizes=[2, 2];
        let d = flatten 0;
        let e = unflatten 1 [2, _];
        let f = flatten 1 end=-1;
        (a, b, c, d, e, f)
    }

    pub Axes(x: [N, 1, T, 5]) -> (a: [5, N, 1, T], b: [N, 1, 5, T], c: [N, T, 5], d: [N, 1, T, 5, 1], e: [N, 1, T, 5], f: [T, 5]) {
        let a = permute (-1, 0, 1, 2);
        let b = transpose a=-1 b=-2;
        let c = squeeze 1;
        let d = unsqueeze dim=-1;
        let e = flip (1, 3);
        let f = narrow 0 0 1 -> squeeze (0, 1);
        (a, b, c, d, e, f)
    }

    pub Roll(x: [N, T, 5]) -> (a: [N, T, 5], b: [N, T, 5], c: [N, T, 5]) {
        let a = roll 7;
        let b = roll shifts=-2 dims=1;
        let c = roll (1, -1) dims=(1, -1);
        (a, b, c)
    }

    pub Expand(x: [N, 1, 3], y: i64[N]) -> (a: [N, 4, 3], b: [2, N, 1, 3], c: i64[N, N]) {
        let [n] = y -> id;
        let a = x -> expand [n, 4, _];
        let b = x -> expand [2, _, _, 3];
        let c = y -> expand [n, _];
        (a, b, c)
    }

    pub Cut(x: [N, T, 10]) -> (a: [N, 3, 10], b: [N, 2, 10], c: [N, T, 10], d: [N, 10], e: [N, T], f: [N, 10]) {
        let [_, t, _] = id;
        let a = narrow 1 1 3;
        let b = narrow dim=1 start=-2 len=2;
        let c = narrow 1 0 t;
        let d = select dim=1 index=-1;
        let e = select 2 9;
        let f = select 1 (t - 1);
        (a, b, c, d, e, f)
    }

    pub Pieces(x: [N, T, 10]) -> (a: [N, T / 2, 10], b: [N, T / 2, 10], c: [N, T, 4], d: [N, T, 4], e: [N, T, 2], f: [N, T, 1], g: [N, T, 9])
        where T % 2 == 0
    {
        let (a, b) = chunk 2 dim=1;
        let (c, d, e) = chunk 3 dim=2;
        let (f, g) = split [1, 9] dim=-1;
        (a, b, c, d, e, f, g)
    }

    pub EvenPieces(x: [N, 10], y: [T]) -> (a: [N, 4], b: [N, 4], c: [N, 2], d: [T / 2], e: [T / 2]) where T % 2 == 0 {
        let (a, b, c) = x -> split 4 dim=1;
        let (d, e) = y -> split [T / 2, T / 2] dim=0;
        (a, b, c, d, e)
    }

    pub Pad(x: [N, 3, H, W]) -> (a: [N, 3, H, W + 3], b: [N, 3, H + 1, W - 1], c: [N, 3, H + 3, W + 4], d: [N, 3, H + 2, W + 2], e: [N, 3, H + 3, W]) {
        let a = pad (1, 2);
        let b = pad (0, -1, 1, 0) constant value=-2.5;
        let c = pad (2, 2, 1, 2) reflect;
        let d = pad (1, 1, 1, 1) mode=replicate;
        let e = pad (0, 0, 2, 1) mode=circular;
        (a, b, c, d, e)
    }

    pub Nearest(x: [N, 2, H, W]) -> (a: [N, 2, 2 * H, 2 * W], b: [N, 2, 3 * H / 2, W / 2], c: [N, 2, 7, 5], d: [N, 2, 7, 5], e: [N, 2, 3 * H / 2, 3 * W / 2], f: [N, 2, H / 2, W / 2], g: [N, 2, 7, 5])
        where W % 2 == 0
    {
        let a = upsample 2;
        let b = upsample (1.5, 0.5);
        let c = upsample2d size=(7, 5);
        let d = upsample size=(7, 5) mode=nearest_exact;
        let e = upsample 1.5 mode=nearest_exact;
        let f = upsample 0.5 mode=area;
        let g = upsample size=(7, 5) mode=area;
        (a, b, c, d, e, f, g)
    }

    pub Interpolated(x: [N, 2, H, W], y: [N, 2, L], z: [N, 2, D, D, D]) -> (a: [N, 2, 2 * H, 2 * W], b: [N, 2, W, H], c: [N, 2, 5 * H / 4, 5 * W / 4], d: [N, 2, 9, 9], e: [N, 2, 3 * L / 2], f: [N, 2, 2 * D, 2 * D, 2 * D], g: [N, 2, 7])
        where W >= 1
    {
        let [_, _, h, w] = x -> id;
        let a = x -> upsample 2 mode=bilinear;
        let b = x -> upsample size=(w, h) mode=bilinear align_corners=true;
        let c = x -> upsample 1.25 mode=bicubic;
        let d = x -> upsample size=9 mode=bicubic align_corners=true;
        let e = y -> upsample 1.5 mode=linear align_corners=true;
        let f = z -> upsample 2 mode=trilinear;
        let g = y -> upsample1d size=7 mode=linear;
        (a, b, c, d, e, f, g)
    }

    pub Shuffle(x: [N, 12, H, W]) -> (a: [N, 3, 2 * H, 2 * W], b: [N, 12, H, W]) {
        let a = pixel_shuffle 2;
        let b = a -> pixel_unshuffle 2;
        (a, b)
    }

    pub Triangles(x: [N, T, T]) -> (a: [N, T, T], b: [N, T, T], c: [N, T, T]) {
        let a = tril;
        let b = triu 1;
        let c = tril diagonal=-1;
        (a, b, c)
    }
}

#[test]
fn reshape() {
    let x = random(&[2, 4, 3]);
    let (a, b, c, d, e, f) = made::<Reshape>().forward(&x);
    assert_close(&a, &x.reshape([2, 1, 12]));
    assert_close(&b, &x.reshape([2, 2, 2, 3]));
    assert_close(&c, &x.transpose(1, 2).reshape([2, 3, 2, 2]));
    assert_close(&d, &x.reshape([24]));
    assert_close(&e, &x.reshape([2, 2, 2, 3]));
    assert_close(&f, &x.reshape([2, 12]));
}

#[test]
fn an_empty_batch_has_the_shape_of_any() {
    let (a, b) = made::<Shuffle>().forward(&random(&[0, 12, 2, 3]));
    assert_eq!((a.size(), b.size()), (vec![0, 3, 4, 6], vec![0, 12, 2, 3]));
}

#[test]
fn axes() {
    let x = random(&[2, 1, 3, 5]);
    let (a, b, c, d, e, f) = made::<Axes>().forward(&x);
    assert_close(&a, &x.permute([3, 0, 1, 2]));
    assert_close(&b, &x.transpose(2, 3));
    assert_close(&c, &x.reshape([2, 3, 5]));
    assert_close(&d, &x.reshape([2, 1, 3, 5, 1]));
    assert_close(&e, &x.index_select(3, &Tensor::from_slice(&[4_i64, 3, 2, 1, 0])));
    assert_close(&f, &x.select(0, 0).select(0, 0));
}

#[test]
fn roll() {
    let x = random(&[2, 3, 5]);
    let (a, b, c) = made::<Roll>().forward(&x);
    let row = x.reshape([30]);
    assert_close(&a, &Tensor::cat(&[row.narrow(0, 23, 7), row.narrow(0, 0, 23)], 0).reshape([2, 3, 5]));
    assert_close(&b, &Tensor::cat(&[x.narrow(1, 2, 1), x.narrow(1, 0, 2)], 1));
    let down = Tensor::cat(&[x.narrow(1, 2, 1), x.narrow(1, 0, 2)], 1);
    assert_close(&c, &Tensor::cat(&[down.narrow(2, 1, 4), down.narrow(2, 0, 1)], 2));
}

#[test]
fn expand() {
    let (x, y) = (random(&[2, 1, 3]), Tensor::from_slice(&[5_i64, 6]));
    let (a, b, c) = made::<Expand>().forward(&x, &y);
    assert_close(&a, &x.repeat([1, 4, 1]));
    assert_close(&b, &x.repeat([2, 1, 1, 1]));
    assert_eq!(c, Tensor::from_slice2(&[[5_i64, 6], [5, 6]]));
}

#[test]
fn cut() {
    let x = random(&[2, 4, 10]);
    let (a, b, c, d, e, f) = made::<Cut>().forward(&x);
    assert_close(&a, &x.slice(1, 1, 4, 1));
    assert_close(&b, &x.slice(1, 2, 4, 1));
    assert_close(&c, &x);
    assert_close(&d, &x.select(1, 3));
    assert_close(&e, &x.select(2, 9));
    assert_close(&f, &x.select(1, 3));
    assert!(made::<Cut>().try_forward(&random(&[2, 3, 10])).is_err(), "four steps are needed");
}

#[test]
fn pieces() {
    let x = random(&[2, 6, 10]);
    let (a, b, c, d, e, f, g) = made::<Pieces>().forward(&x);
    assert_close(&a, &x.narrow(1, 0, 3));
    assert_close(&b, &x.narrow(1, 3, 3));
    assert_close(&c, &x.narrow(2, 0, 4));
    assert_close(&d, &x.narrow(2, 4, 4));
    assert_close(&e, &x.narrow(2, 8, 2));
    assert_close(&f, &x.narrow(2, 0, 1));
    assert_close(&g, &x.narrow(2, 1, 9));
    let (x, y) = (random(&[3, 10]), random(&[8]));
    let (a, b, c, d, e) = made::<EvenPieces>().forward(&x, &y);
    assert_close(&Tensor::cat(&[a, b, c], 1), &x);
    assert_close(&d, &y.narrow(0, 0, 4));
    assert_close(&e, &y.narrow(0, 4, 4));
}

#[test]
fn pad() {
    let x = random(&[2, 3, 4, 5]);
    let (a, b, c, d, e) = made::<Pad>().forward(&x);
    let columns = |count| Tensor::zeros([2, 3, 4, count], (Kind::Float, Device::Cpu));
    assert_close(&a, &Tensor::cat(&[columns(1), x.shallow_clone(), columns(2)], 3));
    let row = Tensor::full([2, 3, 1, 4], -2.5, (Kind::Float, Device::Cpu));
    assert_close(&b, &Tensor::cat(&[row, x.narrow(3, 0, 4)], 2));
    assert_close(&c, &x.reflection_pad2d([2, 2, 1, 2]));
    assert_close(&d, &x.replication_pad2d([1, 1, 1, 1]));
    assert_close(&e, &Tensor::cat(&[x.narrow(2, 2, 2), x.shallow_clone(), x.narrow(2, 0, 1)], 2));
}

#[test]
fn nearest() {
    let x = random(&[2, 2, 3, 4]);
    let (a, b, c, d, e, f, g) = made::<Nearest>().forward(&x);
    assert_close(&a, &x.repeat_interleave_self_int(2, 2, None).repeat_interleave_self_int(2, 3, None));
    let pick = |rows: &[i64], columns: &[i64]| {
        x.index_select(2, &Tensor::from_slice(rows)).index_select(3, &Tensor::from_slice(columns))
    };
    assert_close(&b, &pick(&[0, 0, 1, 2], &[0, 2]));
    assert_close(&c, &x.upsample_nearest2d([7, 5], None, None));
    assert_close(&d, &x.internal_upsample_nearest_exact2d([7, 5], None, None));
    assert_close(&e, &x.internal_upsample_nearest_exact2d([4, 6], 1.5, 1.5));
    assert_close(&f, &x.adaptive_avg_pool2d([1, 2]));
    assert_close(&g, &x.adaptive_avg_pool2d([7, 5]));
}

#[test]
fn interpolated() {
    let (x, y, z) = (random(&[2, 2, 5, 6]), random(&[2, 2, 5]), random(&[2, 2, 3, 3, 3]));
    let (a, b, c, d, e, f, g) = made::<Interpolated>().forward(&x, &y, &z);
    assert_close(&a, &x.upsample_bilinear2d([10, 12], false, None, None));
    assert_close(&b, &x.upsample_bilinear2d([6, 5], true, None, None));
    assert_close(&c, &x.upsample_bicubic2d([6, 7], false, 1.25, 1.25));
    assert_close(&d, &x.upsample_bicubic2d([9, 9], true, None, None));
    assert_close(&e, &y.upsample_linear1d([7], true, None));
    assert_close(&f, &z.upsample_trilinear3d([6, 6, 6], false, None, None, None));
    assert_close(&g, &y.upsample_linear1d([7], false, None));
}

#[test]
fn shuffle() {
    let x = random(&[2, 12, 3, 4]);
    let (a, b) = made::<Shuffle>().forward(&x);
    assert_close(&a, &x.reshape([2, 3, 2, 2, 3, 4]).permute([0, 1, 4, 2, 5, 3]).reshape([2, 3, 6, 8]));
    assert_close(&b, &x);
}

#[test]
fn triangles() {
    let x = random(&[2, 4, 4]);
    let (a, b, c) = made::<Triangles>().forward(&x);
    assert_close(&(&a + &b), &x);
    let index = Tensor::arange(4, (Kind::Int64, Device::Cpu));
    let below = index.unsqueeze(1).gt_tensor(&index);
    assert_close(&c, &(&x * below.to_kind(Kind::Float)));
}
