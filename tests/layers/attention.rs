//! Attention against its formula.

use crate::common::{assert_close, made, made_in, random};
use nn_dsl::prelude::*;

network! {
    pub Attention(x: [N, T, 12]) -> [N, T, 12] { attention 3 }

    pub Causal(x: [N, T, 12]) -> [N, T, 12] { attention heads=3 causal=true bias=false init=xavier_normal }

    pub Cross(q: [N, T, 12], memory: [N, S, 12], mask: bool[N, S]) -> [N, T, 12] {
        let seen = mask -> reshape [N, 1, 1, S];
        (q, memory, memory) -> attention 3 mask=seen
    }

    pub Dropped(x: [N, T, 12]) -> [N, T, 12] { option p = 1.0; attention 3 dropout=p bias_init=zeros }

    pub Split(q: [N, T, 12], k: [N, S, 12], v: [N, S, 12]) -> (plain: [N, T, 12], scaled: [N, T, 12], dropped: [N, T, 12]) {
        let plain = (q, k, v) -> sdpa heads=3;
        let scaled = (q, k, v) -> sdpa heads=3 scale=0.25 causal=true;
        let dropped = (q, k, v) -> sdpa heads=3 dropout=1.0 scale=0.5;
        (plain, scaled, dropped)
    }

    pub Grouped(q: [N, T, 16], k: [N, S, 8], v: [N, S, 6]) -> (split: [N, T, 12], whole: [N, 4, T, 3]) {
        let split = (q, k, v) -> sdpa heads=4;
        let q = q -> reshape [N, T, 4, 4] -> transpose 1 2;
        let k = k -> reshape [N, S, 2, 4] -> transpose 1 2;
        let v = v -> reshape [N, S, 2, 3] -> transpose 1 2;
        let whole = (q, k, v) -> sdpa;
        (split, whole)
    }

    pub Masked(q: [N, 2, T, 4], k: [N, 2, S, 4], v: [N, 2, S, 4], seen: bool[T, S], bias: [2, 1, S], keys: bool[S])
        -> (seen: [N, 2, T, 4], causal: [N, 2, T, 4], bias: [N, 2, T, 4], both: [N, 2, T, 4], keys: [N, 2, T, 4])
    {
        let a = (q, k, v) -> sdpa mask=seen;
        let b = (q, k, v) -> sdpa mask=seen causal=true;
        let c = (q, k, v) -> sdpa mask=bias;
        let d = (q, k, v) -> sdpa mask=bias causal=true;
        let e = (q, k, v) -> sdpa mask=keys;
        (a, b, c, d, e)
    }
}

/// `softmax(q k^T * scale + bias) v` on `[N, heads, T, e]`.
fn formula(q: &Tensor, k: &Tensor, v: &Tensor, scale: f64, bias: &Tensor) -> Tensor {
    (q.matmul(&k.transpose(2, 3)) * scale + bias).softmax(-1, None).matmul(v)
}

/// A bias of 0 where the mask is true.
fn bias_of(seen: &Tensor) -> Tensor {
    seen.zeros_like().to_kind(Kind::Float).masked_fill(&seen.logical_not(), f64::NEG_INFINITY)
}

fn triangle(t: i64, s: i64) -> Tensor {
    Tensor::ones([t, s], (Kind::Bool, Device::Cpu)).tril(0)
}

fn split(x: &Tensor, heads: i64) -> Tensor {
    x.reshape([x.size()[0], x.size()[1], heads, -1]).permute([0, 2, 1, 3])
}

fn merge(x: &Tensor) -> Tensor {
    x.permute([0, 2, 1, 3]).flatten(2, 3)
}

fn zero() -> Tensor {
    Tensor::from(0f32)
}

#[test]
fn multi_head_attention_is_four_projections() {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = made_in::<Attention>(&vs);
    let _ = tch::no_grad(|| net.attention1.in_proj_bias.shallow_clone().normal_(0.0, 1.0));
    let x = random(&[2, 5, 12]);
    let (weights, biases) = (net.attention1.in_proj_weight.chunk(3, 0), net.attention1.in_proj_bias.chunk(3, 0));
    let [q, k, v] = [0, 1, 2].map(|part| split(&x.linear(&weights[part], Some(&biases[part])), 3));
    let out = &net.attention1.out_proj;
    assert_close(&net.forward(&x), &merge(&formula(&q, &k, &v, 0.5, &zero())).linear(&out.weight, Some(&out.bias)));

    let mut names: Vec<String> = vs.variables().into_keys().collect();
    names.sort();
    let expected =
        ["in_proj_bias", "in_proj_weight", "out_proj.bias", "out_proj.weight"].map(|name| format!("attention1.{name}"));
    assert_eq!(names, expected);
}

#[test]
fn parameters_start_as_pytorchs() {
    let net = made::<Attention>().attention1;
    let largest = |tensor: &Tensor| tensor.abs().max().double_value(&[]);
    let xavier = (6f64 / (36.0 + 12.0)).sqrt();
    assert!((0.9 * xavier..=xavier).contains(&largest(&net.in_proj_weight)));
    let bound = 1.0 / 12f64.sqrt();
    assert!((0.9 * bound..=bound).contains(&largest(&net.out_proj.weight)));
    assert_eq!((largest(&net.in_proj_bias), largest(&net.out_proj.bias)), (0.0, 0.0));
}

#[test]
fn causal_sees_no_later_key() {
    let net = made::<Causal>();
    let x = random(&[2, 5, 12]);
    let parts = x.matmul(&net.attention1.in_proj_weight.tr()).chunk(3, -1);
    let [q, k, v] = [0, 1, 2].map(|part| split(&parts[part], 3));
    let attended = formula(&q, &k, &v, 0.5, &bias_of(&triangle(5, 5)));
    assert_close(&net.forward(&x), &merge(&attended).matmul(&net.attention1.out_proj.weight.tr()));
}

#[test]
fn queries_attend_to_a_masked_memory() {
    let net = made::<Cross>();
    let (q, memory) = (random(&[2, 3, 12]), random(&[2, 5, 12]));
    let mask = Tensor::from_slice2(&[[true, true, true, false, false], [true, false, true, true, true]]);
    let (weights, biases) = (net.attention1.in_proj_weight.chunk(3, 0), net.attention1.in_proj_bias.chunk(3, 0));
    let project = |part: usize, x: &Tensor| split(&x.linear(&weights[part], Some(&biases[part])), 3);
    let bias = bias_of(&mask).reshape([2, 1, 1, 5]);
    let attended = formula(&project(0, &q), &project(1, &memory), &project(2, &memory), 0.5, &bias);
    let out = &net.attention1.out_proj;
    assert_close(&net.forward(&q, &memory, &mask), &merge(&attended).linear(&out.weight, Some(&out.bias)));
}

#[test]
fn dropout_is_for_training() {
    let net = made::<Dropped>();
    let x = random(&[2, 5, 12]);
    assert_close(&net.forward_t(&x, true), &x.zeros_like());
    assert!(net.forward(&x).abs().max().double_value(&[]) > 0.0);
}

#[test]
fn features_are_split_into_heads() {
    let net = made::<Split>();
    let (q, k, v) = (random(&[2, 3, 12]), random(&[2, 5, 12]), random(&[2, 5, 12]));
    let (plain, scaled, dropped) = net.forward_t(&q, &k, &v, false);
    let [a, b, c] = [&q, &k, &v].map(|x| split(x, 3));
    assert_close(&plain, &merge(&formula(&a, &b, &c, 0.5, &zero())));
    assert_close(&scaled, &merge(&formula(&a, &b, &c, 0.25, &bias_of(&triangle(3, 5)))));
    assert_close(&dropped, &plain);
    assert_close(&net.forward_t(&q, &k, &v, true).2, &plain.zeros_like());
}

#[test]
fn fewer_heads_of_keys_serve_several_of_the_queries() {
    let net = made::<Grouped>();
    let (q, k, v) = (random(&[2, 3, 16]), random(&[2, 5, 8]), random(&[2, 5, 6]));
    let twice = |x: &Tensor| split(x, 2).repeat_interleave_self_int(2, 1, None);
    let expected = formula(&split(&q, 4), &twice(&k), &twice(&v), 0.5, &zero());
    let (merged, whole) = net.forward(&q, &k, &v);
    assert_close(&merged, &merge(&expected));
    assert_close(&whole, &expected);
}

#[test]
fn masks_of_booleans_and_floats() {
    let net = made::<Masked>();
    let (q, k, v) = (random(&[2, 2, 3, 4]), random(&[2, 2, 5, 4]), random(&[2, 2, 5, 4]));
    let seen = Tensor::from_slice2(&[
        [true, true, false, false, true],
        [true, false, true, true, true],
        [true, true, true, false, true],
    ]);
    let (bias, keys) = (random(&[2, 1, 5]), Tensor::from_slice(&[true, false, true, true, false]));
    let (a, b, c, d, e) = net.forward(&q, &k, &v, &seen, &bias, &keys);
    let attended = |bias: &Tensor| formula(&q, &k, &v, 0.5, bias);
    assert_close(&a, &attended(&bias_of(&seen)));
    assert_close(&b, &attended(&bias_of(&seen.logical_and(&triangle(3, 5)))));
    assert_close(&c, &attended(&bias));
    assert_close(&d, &attended(&(&bias + bias_of(&triangle(3, 5)))));
    assert_close(&e, &attended(&bias_of(&keys)));
}
