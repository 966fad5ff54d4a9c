//! Scaled dot-product attention with oneDNN's products of small matrices: `attention.cpp`.

use tch::Tensor;

use super::{Failure, In, Out, made, pointer};
use crate::Error;

unsafe extern "C" {
    fn nn_attention_pays(query: In, key: In, value: In, mask: In) -> bool;
    fn nn_attention(query: In, key: In, value: In, mask: In, causal: bool, scale: f64, output: Out) -> Failure;
}

/// Whether [`attention`] takes these and is faster than libtorch.
pub(crate) fn pays([query, key, value]: [&Tensor; 3], mask: Option<&Tensor>) -> bool {
    // SAFETY: all pointers are to live values, here and below.
    unsafe { nn_attention_pays(query.as_ptr(), key.as_ptr(), value.as_ptr(), pointer(mask)) }
}

/// `softmax(q k^T * scale + mask) v` of `[N, heads, T, features]`, with gradients. The tensors must be such that it [`pays`].
pub(crate) fn attention(
    [query, key, value]: [&Tensor; 3],
    mask: Option<&Tensor>,
    causal: bool,
    scale: f64,
) -> Result<Tensor, Error> {
    let [query, key, value] = [query, key, value].map(Tensor::as_ptr);
    made(|output| unsafe { nn_attention(query, key, value, pointer(mask), causal, scale, output) })
}
