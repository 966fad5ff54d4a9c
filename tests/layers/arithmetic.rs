//! Joins, arithmetic and reductions against direct calls.

use crate::common::{assert_close, made, made_in, random};
use nn_dsl::prelude::*;

network! {
    pub Joins(a: [N, 3, 4], b: [N, 3, 4], c: [3, 1]) -> (sum: [N, 3, 4], product: [N, 3, 4], same: [N, 3, 4]) {
        let sum = (a, b, c) -> add;
        let product = mul { a, b, c };
        let same = a -> add -> mul -> cat;
        (sum, product, same)
    }

    pub Concatenated(a: [N, 3], b: [N, T], k: i64[N, T]) -> (row: [N, 3 + T], rows: [2 * N, T], middle: [N, 2, T], last: [N, T, 2]) {
        let row = (a, b) -> cat;
        let rows = (k, b) -> cat dim=0;
        let middle = stack { b, k };
        let last = (b, k) -> stack dim=-1;
        (row, rows, middle, last)
    }

    pub Binary(a: [N, 4], b: [4], k: i64[N, 4]) -> (sub: [N, 4], div: [N, 4], ratio: f32[N, 4]) {
        let sub = (a, b) -> sub;
        let div = (a, b) -> div;
        let ratio = (k, k -> shift 1) -> div;
        (sub, div, ratio)
    }

    pub Products(a: [N, 2, T, 4], b: [N, 1, 4, S], v: [4]) -> (matrices: [N, 2, T, S], column: [N, 2, T], row: [N, 1, S], dot: []) {
        let matrices = (a, b) -> matmul;
        let column = (a, v) -> matmul;
        let row = (v, b) -> matmul;
        let dot = (v, v) -> matmul;
        (matrices, column, row, dot)
    }

    pub Functions(x: [N]) -> (smooth: [N, 9], numbers: [N, 4]) {
        let positive = x -> abs -> shift 0.5;
        let smooth = stack {
            exp, positive -> log, positive -> sqrt, positive -> rsqrt, square, abs, neg, sin, cos
        };
        let numbers = stack { scale 2.5, shift by=-1, positive -> pow 1.5, positive -> pow exponent=-2 };
        (smooth, numbers)
    }

    pub Clamped(x: [N]) -> [N, 4] {
        option most = 0.5;
        stack { clamp min=-0.5 max=0.5, clamp 0, clamp max=most, clamp min=-1 max=most }
    }

    pub Tunable(x: [N], k: i64[N]) -> (float: [N], integer: f32[N]) {
        option t = 2.0;
        let float = x -> scale (1.0 / t) -> shift t -> pow t;
        let integer = k -> scale t;
        (float, integer)
    }

    pub Integers(k: i32[N, 3], b: bool[N, 3])
        -> (scaled: i32[N, 3], halved: f32[N, 3], powers: i32[N, 3], clamped: i32[N, 3], root: f32[N, 3], counted: i64[N, 3], sum: i64[N], any: bool[N])
    {
        let scaled = k -> scale 2 -> shift 1 -> neg -> abs;
        let halved = k -> scale 0.5;
        let powers = k -> pow 3;
        let clamped = k -> clamp 0 2 -> square;
        let root = k -> sqrt;
        let counted = b -> scale 3;
        let sum = b -> sum 1;
        let any = b -> max 1;
        (scaled, halved, powers, clamped, root, counted, sum, any)
    }

    pub Reduced(x: [N, 3, 4]) -> (average: [N, 4], total: [N, 1, 1], most: [N, 3], least: [N, 3, 1], place: i64[N, 3], all: [4]) {
        let average = mean 1;
        let total = sum dim=(1, -1) keepdim=true;
        let most = max dim=-1;
        let least = min dim=2 keepdim=true;
        let place = argmax dim=-1;
        let all = stack dim=0 { mean, sum, max, min };
        (average, total, most, least, place, all)
    }

    pub Kept(x: [N, 3]) -> (mean: [1, 1], most: [1, 1]) {
        let mean = mean keepdim=true;
        let most = max keepdim=true;
        (mean, most)
    }

    pub Unit(x: [N, 3, 4]) -> (euclidean: [N, 3, 4], city: [N, 3, 4], matrix: [N, 3, 4]) {
        let euclidean = normalize;
        let city = normalize 1 dim=-1 eps=1e-6;
        let matrix = normalize 2 (1, 2);
        (euclidean, city, matrix)
    }

    pub Cast(x: f64[N], k: i64[N]) -> (half: f16[N], own: [N], bits: bool[N], stopped: [N]) {
        param w: [1] init=ones;
        let half = x -> cast f16;
        let own = k -> cast float;
        let bits = k -> cast bool;
        let stopped = (own, w -> detach) -> mul;
        (half, own, bits, stopped)
    }
}

#[test]
fn joins() {
    let (a, b, c) = (random(&[2, 3, 4]), random(&[2, 3, 4]), random(&[3, 1]));
    let (sum, product, same) = made::<Joins>().forward(&a, &b, &c);
    assert_close(&sum, &(&a + &b + &c));
    assert_close(&product, &(&a * &b * &c));
    assert_close(&same, &a);

    let (a, b, k) = (random(&[2, 3]), random(&[2, 5]), Tensor::arange(10, (Kind::Int64, Device::Cpu)).reshape([2, 5]));
    let (row, rows, middle, last) = made::<Concatenated>().forward(&a, &b, &k);
    let floats = k.to_kind(Kind::Float);
    assert_close(&row, &Tensor::cat(&[&a, &b], 1));
    assert_close(&rows, &Tensor::cat(&[&floats, &b], 0));
    assert_close(&middle, &Tensor::stack(&[&b, &floats], 1));
    assert_close(&last, &Tensor::stack(&[&b, &floats], 2));
}

#[test]
fn two_values() {
    let (a, b, k) = (random(&[2, 4]), random(&[4]), Tensor::arange(8, (Kind::Int64, Device::Cpu)).reshape([2, 4]));
    let (sub, div, ratio) = made::<Binary>().forward(&a, &b, &k);
    assert_close(&sub, &(&a - &b));
    assert_close(&div, &(&a / &b));
    assert_close(&ratio, &(&k / (&k + 1)));

    let (a, b, v) = (random(&[2, 2, 3, 4]), random(&[2, 1, 4, 5]), random(&[4]));
    let (matrices, column, row, dot) = made::<Products>().forward(&a, &b, &v);
    assert_close(&matrices, &Tensor::einsum("nhtk,nzks->nhts", &[&a, &b], None::<i64>));
    assert_close(&column, &(&a * &v).sum_dim_intlist(-1, false, None));
    assert_close(&row, &(&b * v.unsqueeze(1)).sum_dim_intlist(2, false, None));
    assert_close(&dot, &v.square().sum(None));
}

#[test]
fn functions() {
    let x = random(&[7]);
    let (smooth, numbers) = made::<Functions>().forward(&x);
    let p = x.abs() + 0.5;
    let expected = [x.exp(), p.log(), p.sqrt(), 1.0 / p.sqrt(), &x * &x, x.abs(), -&x, x.sin(), x.cos()];
    assert_close(&smooth, &Tensor::stack(&expected, 1));
    let expected = [&x * 2.5, &x - 1.0, (p.log() * 1.5).exp(), 1.0 / (&p * &p)];
    assert_close(&numbers, &Tensor::stack(&expected, 1));

    let mut net = made::<Clamped>();
    let clamped =
        |most: f64| Tensor::stack(&[x.clamp(-0.5, 0.5), x.clamp_min(0.0), x.clamp_max(most), x.clamp(-1.0, most)], 1);
    assert_close(&net.forward(&x), &clamped(0.5));
    net.most = 0.1;
    assert_close(&net.forward(&x), &clamped(0.1));

    let k = Tensor::arange(7, (Kind::Int64, Device::Cpu));
    let mut net = made::<Tunable>();
    net.t = 4.0;
    let (float, integer) = net.forward(&x, &k);
    assert_close(&float, &(&x / 4.0 + 4.0).pow_tensor_scalar(4));
    assert_close(&integer, &(k.to_kind(Kind::Float) * 4.0));
}

#[test]
fn integers_stay_integers_where_pytorch_keeps_them() {
    let k = Tensor::from_slice2(&[[1i32, 2, 3], [4, 5, 6]]);
    let b = Tensor::from_slice2(&[[true, false, true], [false, false, false]]);
    // The signature is checked against the element types that come out.
    let (scaled, halved, powers, clamped, root, counted, sum, any) = made::<Integers>().try_forward(&k, &b).unwrap();
    let kinds = [&scaled, &halved, &powers, &clamped, &root, &counted, &sum, &any].map(Tensor::kind);
    let expected = [Kind::Int, Kind::Float, Kind::Int, Kind::Int, Kind::Float, Kind::Int64, Kind::Int64, Kind::Bool];
    assert_eq!(kinds, expected);
    assert_eq!(scaled, Tensor::from_slice2(&[[3i32, 5, 7], [9, 11, 13]]));
    assert_eq!(powers, Tensor::from_slice2(&[[1i32, 8, 27], [64, 125, 216]]));
    assert_eq!(clamped, Tensor::from_slice2(&[[1i32, 4, 4], [4, 4, 4]]));
    assert_eq!(counted, Tensor::from_slice2(&[[3i64, 0, 3], [0, 0, 0]]));
    assert_eq!(sum, Tensor::from_slice(&[2i64, 0]));
    assert_eq!(any, Tensor::from_slice(&[true, false]));
    assert_close(&halved, &(k.to_kind(Kind::Float) / 2.0));
    assert_close(&root, &k.to_kind(Kind::Float).sqrt());
}

#[test]
fn reductions() {
    let x = random(&[2, 3, 4]);
    let (average, total, most, least, place, all) = made::<Reduced>().forward(&x);
    assert_close(&average, &((x.select(1, 0) + x.select(1, 1) + x.select(1, 2)) / 3.0));
    assert_close(&total, &x.flatten(1, 2).matmul(&Tensor::ones([12, 1], (Kind::Float, Device::Cpu))).unsqueeze(1));
    assert_close(&most, &x.sort(-1, true).0.select(-1, 0));
    assert_close(&least, &x.sort(-1, false).0.narrow(-1, 0, 1));
    assert_eq!(place, x.sort(-1, true).1.select(-1, 0));
    assert_close(&all, &Tensor::stack(&[x.sum(None) / 24.0, x.sum(None), x.max(), x.min()], 0));

    let x = random(&[2, 3]);
    let (mean, most) = made::<Kept>().forward(&x);
    assert_close(&mean, &(x.sum(None) / 6.0).reshape([1, 1]));
    assert_close(&most, &x.max().reshape([1, 1]));
}

#[test]
fn unit_length() {
    let x = random(&[2, 3, 4]);
    let (euclidean, city, matrix) = made::<Unit>().forward(&x);
    assert_close(&euclidean, &(&x / x.square().sum_dim_intlist(1, true, None).sqrt()));
    assert_close(&city, &(&x / x.abs().sum_dim_intlist(-1, true, None)));
    assert_close(&matrix, &(&x / x.square().sum_dim_intlist([1, 2].as_slice(), true, None).sqrt()));
    assert_close(&made::<Unit>().forward(&x.zeros_like()).0, &x.zeros_like());
}

#[test]
fn casts_and_stopped_gradients() {
    let net = made::<Cast>();
    let (x, k) = (random(&[3]).to_kind(Kind::Double), Tensor::from_slice(&[0i64, 1, 2]));
    let (half, own, bits, stopped) = net.forward(&x, &k);
    assert_eq!((half.kind(), own.kind(), bits.kind()), (Kind::Half, Kind::Float, Kind::Bool));
    assert_close(&half, &x.to_kind(Kind::Half));
    assert_eq!(bits, Tensor::from_slice(&[false, true, true]));
    assert_close(&stopped, &own);
    assert!(net.w.requires_grad() && !stopped.requires_grad());

    let mut vs = nn::VarStore::new(Device::Cpu);
    let net = made_in::<Cast>(&vs);
    vs.double();
    assert_eq!(net.forward(&x, &k).1.kind(), Kind::Double);
}
