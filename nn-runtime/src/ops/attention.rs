//! Attention.

use tch::{Kind, Tensor};

/// `[N, T, heads * e]` to `[N, heads, T, e]`.
pub fn split_heads(features: &Tensor, heads: i64) -> Tensor {
    features.unflatten(-1, [heads, -1]).transpose(1, 2)
}

/// `[N, heads, T, e]` to `[N, T, heads * e]`.
pub fn merge_heads(heads: &Tensor) -> Tensor {
    heads.transpose(1, 2).flatten(2, 3)
}

/// Queries, keys and values through their thirds of one weight, split into heads.
pub fn project_heads(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    heads: i64,
) -> [Tensor; 3] {
    let projected = if std::ptr::eq(query, key) && std::ptr::eq(key, value) {
        thirds(&query.linear(weight, bias), -1) // One product is faster than three.
    } else {
        let (weights, biases) = (thirds(weight, 0), bias.map(|bias| thirds(bias, 0)));
        let project =
            |index: usize, input: &Tensor| input.linear(&weights[index], biases.as_ref().map(|biases| &biases[index]));
        [project(0, query), project(1, key), project(2, value)]
    };
    projected.map(|features| split_heads(&features, heads))
}

/// Those of queries, keys and values.
pub(crate) fn thirds(tensor: &Tensor, dim: i64) -> [Tensor; 3] {
    tensor.chunk(3, dim).try_into().expect("a third each for queries, keys and values")
}

/// As libtorch's, with dropout in training only.
#[allow(clippy::too_many_arguments)]
pub fn scaled_dot_product_attention(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    mask: Option<&Tensor>,
    dropout: f64,
    train: bool,
    causal: bool,
    scale: Option<f64>,
    grouped: bool,
) -> Tensor {
    let dropout = if train { dropout } else { 0.0 };
    Tensor::scaled_dot_product_attention(query, key, value, mask, dropout, causal, scale, grouped)
}

/// The mask, and nothing beyond each query's own position. It is aligned at the first key, as libtorch's `is_causal`.
pub fn causal_mask(mask: &Tensor, query: &Tensor, key: &Tensor) -> Tensor {
    let length = |heads: &Tensor| heads.size()[2];
    let seen = Tensor::ones([length(query), length(key)], (Kind::Bool, mask.device())).tril(0);
    match mask.kind() {
        Kind::Bool => mask.logical_and(&seen),
        _ => mask.masked_fill(&seen.logical_not(), f64::NEG_INFINITY),
    }
}
