//! Convolution with a 3x3 kernel by Winograd's minimal filtering: `winograd.cpp`.

use tch::Tensor;

use super::{Failure, In, Out, made, onednn::Kernel, pointer};
use crate::Error;

unsafe extern "C" {
    fn nn_winograd_pack(weight: In, panels: Out) -> Failure;
    fn nn_winograd_unpack(panels: In, out: i64, weight: Out) -> Failure;
    fn nn_winograd_channels() -> i64;
    fn nn_winograd_pays(input: In, kernel: *const Kernel) -> bool;
    fn nn_winograd(
        input: In,
        panels: In,
        bias: In,
        other: In,
        kernel: *const Kernel,
        relu: bool,
        output: Out,
    ) -> Failure;
    fn nn_winograd_conv2d(input: In, weight: In, bias: In, kernel: *const Kernel, output: Out) -> Failure;
}

/// Whether Winograd's convolution can compute this one, and is faster for some inputs.
pub(crate) fn takes(kernel: &Kernel) -> bool {
    let Kernel { shape: [_, into, rows, columns], window } = kernel;
    let steps = [window.stride, window.dilation];
    // SAFETY: there are no arguments.
    let enough = *into >= unsafe { nn_winograd_channels() };
    let padded = window.padding.iter().all(|zeros| *zeros >= 0);
    enough && padded && [*rows, *columns] == [3, 3] && steps == [[1, 1]; 2] && window.groups == 1
}

/// Whether it is faster for this input.
pub(crate) fn pays(input: &Tensor, kernel: &Kernel) -> bool {
    // SAFETY: all pointers are to live values, here and in all calls below.
    unsafe { nn_winograd_pays(input.as_ptr(), kernel) }
}

/// Packs a weight, `f32` on the CPU, for [`conv2d`].
pub(crate) fn pack(weight: &Tensor) -> Result<Tensor, Error> {
    made(|panels| unsafe { nn_winograd_pack(weight.as_ptr(), panels) })
}

/// The weight that was given to [`pack`].
pub(crate) fn unpack(panels: &Tensor, kernel: &Kernel) -> Result<Tensor, Error> {
    made(|weight| unsafe { nn_winograd_unpack(panels.as_ptr(), kernel.shape[0], weight) })
}

/// Convolves `input`, adds `other`, `f32` on the CPU with the result's shape, and then applies the activation if
/// `relu`. The result is channels-last.
pub(crate) fn conv2d(
    input: &Tensor,
    panels: &Tensor,
    bias: Option<&Tensor>,
    other: Option<&Tensor>,
    kernel: &Kernel,
    relu: bool,
) -> Result<Tensor, Error> {
    let (bias, other) = (pointer(bias), pointer(other));
    made(|output| unsafe { nn_winograd(input.as_ptr(), panels.as_ptr(), bias, other, kernel, relu, output) })
}

/// `at::conv2d`, with its gradients. If the weight is channels-last and Winograd's convolution is faster, that is used.
pub(crate) fn trained(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    kernel: &Kernel,
) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_winograd_conv2d(input.as_ptr(), weight.as_ptr(), bias, kernel, output) })
}
