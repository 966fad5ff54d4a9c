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

/// Whether it computes such a convolution, and is the faster way for some input.
pub(crate) fn takes(kernel: &Kernel) -> bool {
    let Kernel { shape: [_, into, rows, columns], window } = kernel;
    let steps = [window.stride, window.dilation];
    // SAFETY: it takes nothing.
    let enough = *into >= unsafe { nn_winograd_channels() };
    let padded = window.padding.iter().all(|zeros| *zeros >= 0);
    enough && padded && [*rows, *columns] == [3, 3] && steps == [[1, 1]; 2] && window.groups == 1
}

/// Whether it is the faster way for this input.
pub(crate) fn pays(input: &Tensor, kernel: &Kernel) -> bool {
    // SAFETY: what is pointed to lives, here and in all calls below.
    unsafe { nn_winograd_pays(input.as_ptr(), kernel) }
}

/// A weight in the order in which [`conv2d`] reads it, `f32` on the CPU.
pub(crate) fn pack(weight: &Tensor) -> Result<Tensor, Error> {
    made(|panels| unsafe { nn_winograd_pack(weight.as_ptr(), panels) })
}

/// The weight that [`pack`] was given.
pub(crate) fn unpack(panels: &Tensor, kernel: &Kernel) -> Result<Tensor, Error> {
    made(|weight| unsafe { nn_winograd_unpack(panels.as_ptr(), kernel.shape[0], weight) })
}

/// The convolution of `input`, plus `other`, `f32` on the CPU and of the result's shape, then perhaps the activation. The result
/// lies channels-last.
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

/// `at::conv2d`, with its gradients. Where the weight lies channels-last and it is the faster way, it is Winograd's.
pub(crate) fn trained(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    kernel: &Kernel,
) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_winograd_conv2d(input.as_ptr(), weight.as_ptr(), bias, kernel, output) })
}
