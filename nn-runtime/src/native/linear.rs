//! Linear layers on oneDNN's products of small matrices: `linear.cpp`.

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

use super::{made, pointer};
use crate::Error;

unsafe extern "C" {
    fn nn_trained_linear(
        input: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        output: *mut *mut C_tensor,
    ) -> *const c_char;
    fn nn_plain_linear(
        input: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        output: *mut *mut C_tensor,
    ) -> *const c_char;
}

/// `torch.nn.functional.linear`, with its gradients.
pub(crate) fn trained(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    // SAFETY: what is pointed to lives, here and below.
    made(|output| unsafe { nn_trained_linear(input.as_ptr(), weight.as_ptr(), bias, output) })
}

/// `torch.nn.functional.linear`, without gradients.
pub(crate) fn plain(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_plain_linear(input.as_ptr(), weight.as_ptr(), bias, output) })
}
