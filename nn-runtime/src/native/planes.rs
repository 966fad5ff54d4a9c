//! Convolution of few channels, followed by max pooling: `planes.cpp`.

use tch::Tensor;

use super::{Failure, In, Out, made, onednn::Kernel, pointer};
use crate::Error;

unsafe extern "C" {
    fn nn_planes_pay(input: In, kernel: *const Kernel, window: *const i64) -> bool;
    fn nn_planes(input: In, weight: In, bias: In, kernel: *const Kernel, window: *const i64, output: Out) -> Failure;
}

/// Whether [`conv2d`] takes this input and is faster than oneDNN. `window` is the pooling window.
pub(crate) fn pay(input: &Tensor, kernel: &Kernel, window: [i64; 2]) -> bool {
    let unit = kernel.window.stride == [1, 1] && kernel.window.dilation == [1, 1] && kernel.window.groups == 1;
    // SAFETY: all pointers are to live values, here and below.
    unit && unsafe { nn_planes_pay(input.as_ptr(), kernel, window.as_ptr()) }
}

/// Convolution, then max pooling in adjacent windows, for which it must [`pay`]. Weight and bias must be contiguous.
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
