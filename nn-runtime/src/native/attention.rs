//! Scaled dot-product attention on oneDNN's products of small matrices.

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

use super::made;
use crate::Error;

unsafe extern "C" {
    fn nn_attention_pays(query: *const C_tensor, key: *const C_tensor, value: *const C_tensor) -> bool;
    fn nn_attention(
        query: *const C_tensor,
        key: *const C_tensor,
        value: *const C_tensor,
        scale: f64,
        output: *mut *mut C_tensor,
    ) -> *const c_char;
}

/// Whether [`attention`] takes these and is faster than libtorch.
pub(crate) fn pays(query: &Tensor, key: &Tensor, value: &Tensor) -> bool {
    // SAFETY: what is pointed to lives, here and below.
    unsafe { nn_attention_pays(query.as_ptr(), key.as_ptr(), value.as_ptr()) }
}

/// `softmax(q k^T * scale) v` of `[N, heads, T, features]`, for which it pays.
pub(crate) fn attention(query: &Tensor, key: &Tensor, value: &Tensor, scale: f64) -> Result<Tensor, Error> {
    made(|output| unsafe { nn_attention(query.as_ptr(), key.as_ptr(), value.as_ptr(), scale, output) })
}
