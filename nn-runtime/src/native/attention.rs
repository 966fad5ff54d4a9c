//! Scaled dot-product attention on oneDNN's products of small matrices.

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

use super::{made, pointer};
use crate::Error;

unsafe extern "C" {
    fn nn_attention_pays(
        query: *const C_tensor,
        key: *const C_tensor,
        value: *const C_tensor,
        mask: *const C_tensor,
    ) -> bool;
    fn nn_attention(
        query: *const C_tensor,
        key: *const C_tensor,
        value: *const C_tensor,
        mask: *const C_tensor,
        causal: bool,
        scale: f64,
        output: *mut *mut C_tensor,
    ) -> *const c_char;
}

/// Whether [`attention`] takes these and is faster than libtorch.
pub(crate) fn pays([query, key, value]: [&Tensor; 3], mask: Option<&Tensor>) -> bool {
    // SAFETY: what is pointed to lives, here and below.
    unsafe { nn_attention_pays(query.as_ptr(), key.as_ptr(), value.as_ptr(), pointer(mask)) }
}

/// `softmax(q k^T * scale + mask) v` of `[N, heads, T, features]`, for which it pays, and its gradients.
pub(crate) fn attention(
    [query, key, value]: [&Tensor; 3],
    mask: Option<&Tensor>,
    causal: bool,
    scale: f64,
) -> Result<Tensor, Error> {
    let [query, key, value] = [query, key, value].map(Tensor::as_ptr);
    made(|output| unsafe { nn_attention(query, key, value, pointer(mask), causal, scale, output) })
}
