//! Convolution of few channels, with max pooling behind it.

use tch::Tensor;

use super::{Failure, In, Out, made, onednn::Kernel, pointer};
use crate::Error;

unsafe extern "C" {
    fn nn_planes_pay(input: In, kernel: *const Kernel, window: *const i64) -> bool;
    fn nn_planes(input: In, weight: In, bias: In, kernel: *const Kernel, window: *const i64, output: Out) -> Failure;
}

/// Whether [`conv2d`] takes this input, which must then move in steps of 1, and is faster than oneDNN. `window`: what is pooled.
pub(crate) fn pay(input: &Tensor, kernel: &Kernel, window: [i64; 2]) -> bool {
    let unit = kernel.window.stride == [1, 1] && kernel.window.dilation == [1, 1] && kernel.window.groups == 1;
    // SAFETY: what is pointed to lives, here and below.
    unit && unsafe { nn_planes_pay(input.as_ptr(), kernel, window.as_ptr()) }
}

/// Convolution, then max pooling in windows side by side, of an input for which it pays. Weight and bias are contiguous.
pub(crate) fn conv2d(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    kernel: &Kernel,
    window: [i64; 2],
) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_planes(input.as_ptr(), weight.as_ptr(), bias, kernel, window.as_ptr(), output) })
}
