//! The operators of oneDNN that libtorch has for torch.compile, and that take packed weights and fused activations.

use std::ffi::{CStr, c_char};
use std::ptr;

use tch::Tensor;
use torch_sys::C_tensor;

use super::made;
use crate::Error;
use crate::packed::Window;

unsafe extern "C" {
    fn nn_pack_conv2d(weight: *const C_tensor, window: *const Window, packed: *mut *mut C_tensor) -> *const c_char;
    fn nn_conv2d(
        input: *const C_tensor,
        packed: *const C_tensor,
        bias: *const C_tensor,
        window: *const Window,
        activation: *const c_char,
        output: *mut *mut C_tensor,
    ) -> *const c_char;
    fn nn_conv2d_add_relu(
        input: *const C_tensor,
        other: *const C_tensor,
        packed: *const C_tensor,
        bias: *const C_tensor,
        window: *const Window,
        output: *mut *mut C_tensor,
    ) -> *const c_char;
    fn nn_pack_linear(weight: *const C_tensor, rows: i64, packed: *mut *mut C_tensor) -> *const c_char;
    fn nn_linear(
        input: *const C_tensor,
        packed: *const C_tensor,
        bias: *const C_tensor,
        activation: *const c_char,
        output: *mut *mut C_tensor,
    ) -> *const c_char;
}

/// What oneDNN applies to a result before it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Activation {
    None,
    Relu,
}

impl Activation {
    fn name(self) -> &'static CStr {
        match self {
            Activation::None => c"none",
            Activation::Relu => c"relu",
        }
    }
}

/// `mkldnn::_reorder_convolution_weight`.
pub(crate) fn pack_conv2d(weight: &Tensor, window: &Window) -> Result<Tensor, Error> {
    // SAFETY: what is pointed to lives, here and in all calls below.
    made(|packed| unsafe { nn_pack_conv2d(weight.as_ptr(), window, packed) })
}

/// `mkldnn::_convolution_pointwise`.
pub(crate) fn conv2d(
    input: &Tensor,
    packed: &Tensor,
    bias: Option<&Tensor>,
    window: &Window,
    activation: Activation,
) -> Result<Tensor, Error> {
    let (bias, activation) = (pointer(bias), activation.name().as_ptr());
    made(|output| unsafe { nn_conv2d(input.as_ptr(), packed.as_ptr(), bias, window, activation, output) })
}

/// `mkldnn::_convolution_pointwise.binary`, which adds `other` and applies relu.
pub(crate) fn conv2d_add_relu(
    input: &Tensor,
    other: &Tensor,
    packed: &Tensor,
    bias: Option<&Tensor>,
    window: &Window,
) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_conv2d_add_relu(input.as_ptr(), other.as_ptr(), packed.as_ptr(), bias, window, output) })
}

/// `mkldnn::_reorder_linear_weight`.
pub(crate) fn pack_linear(weight: &Tensor, rows: i64) -> Result<Tensor, Error> {
    made(|packed| unsafe { nn_pack_linear(weight.as_ptr(), rows, packed) })
}

/// `mkldnn::_linear_pointwise`.
pub(crate) fn linear(
    input: &Tensor,
    packed: &Tensor,
    bias: Option<&Tensor>,
    activation: Activation,
) -> Result<Tensor, Error> {
    let (bias, activation) = (pointer(bias), activation.name().as_ptr());
    made(|output| unsafe { nn_linear(input.as_ptr(), packed.as_ptr(), bias, activation, output) })
}

fn pointer(tensor: Option<&Tensor>) -> *const C_tensor {
    tensor.map_or(ptr::null(), |tensor| tensor.as_ptr())
}
