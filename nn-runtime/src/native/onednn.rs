//! oneDNN's operators, which libtorch has for torch.compile. They take packed weights, and fuse activations.

use std::ffi::{CStr, c_char};
use std::ptr;

use tch::{Device, Kind, Tensor};

use super::{Failure, In, Out, made, pointer};
use crate::Error;
use crate::packed::Window;

unsafe extern "C" {
    fn nn_has_onednn() -> bool;
    fn nn_pack_conv2d(weight: In, input: In, kernel: *const Kernel, packed: Out) -> Failure;
    fn nn_conv2d(
        input: In,
        packed: In,
        bias: In,
        kernel: *const Kernel,
        post_op: *const PostOp,
        output: Out,
    ) -> Failure;
    fn nn_small_conv2d(input: In, weight: In, bias: In, kernel: *const Kernel, output: Out) -> Failure;
    fn nn_multiply_adds(input: In, kernel: *const Kernel) -> i64;
    fn nn_pack_linear(weight: In, rows: i64, packed: Out) -> Failure;
    fn nn_rows(input: In, features: i64) -> i64;
    fn nn_linear(input: In, packed: In, features: i64, bias: In, post_op: *const PostOp, output: Out) -> Failure;
}

/// An activation: oneDNN's name for it, and its arguments.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct PostOp {
    name: *const c_char,
    algorithm: *const c_char,
    numbers: [f64; 2],
    count: usize,
}

impl PostOp {
    pub fn new(name: &'static CStr, given: &[f64]) -> Self {
        let mut numbers = [0.0; 2];
        numbers[..given.len()].copy_from_slice(given);
        Self { name: name.as_ptr(), algorithm: ptr::null(), numbers, count: given.len() }
    }

    pub fn algorithm(self, name: &'static CStr) -> Self {
        Self { algorithm: name.as_ptr(), ..self }
    }
}

/// The shape of a convolution's weight, `[out, in / groups, height, width]`, and how the kernel moves over the input.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Kernel {
    pub shape: [i64; 4],
    pub window: Window,
}

/// Whether oneDNN takes this tensor: `f32` on the CPU, if libtorch was built with oneDNN.
pub(crate) fn takes(tensor: &Tensor) -> bool {
    // SAFETY: there are no arguments.
    tensor.kind() == Kind::Float && tensor.device() == Device::Cpu && unsafe { nn_has_onednn() }
}

/// `mkldnn::_reorder_convolution_weight` of a contiguous weight, for inputs of this size.
pub(crate) fn pack_conv2d(weight: &Tensor, input: &Tensor, kernel: &Kernel) -> Result<Tensor, Error> {
    // SAFETY: all pointers are to live values, here and in all calls below.
    made(|packed| unsafe { nn_pack_conv2d(weight.as_ptr(), input.as_ptr(), kernel, packed) })
}

/// The multiply-adds of the convolution of this input, or `i64::MAX` if the input does not fit.
pub(crate) fn multiply_adds(input: &Tensor, kernel: &Kernel) -> i64 {
    unsafe { nn_multiply_adds(input.as_ptr(), kernel) }
}

/// `mkldnn::_convolution_pointwise`. The result is channels-last.
pub(crate) fn conv2d(
    input: &Tensor,
    packed: &Tensor,
    bias: Option<&Tensor>,
    kernel: &Kernel,
    post_op: &PostOp,
) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_conv2d(input.as_ptr(), packed.as_ptr(), bias, kernel, post_op, output) })
}

/// `at::thnn_conv2d`, without dilation and groups. It does not use oneDNN, which takes longer to start.
pub(crate) fn small_conv2d(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    kernel: &Kernel,
) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_small_conv2d(input.as_ptr(), weight.as_ptr(), bias, kernel, output) })
}

/// `mkldnn::_reorder_linear_weight`.
pub(crate) fn pack_linear(weight: &Tensor, rows: i64) -> Result<Tensor, Error> {
    made(|packed| unsafe { nn_pack_linear(weight.as_ptr(), rows, packed) })
}

/// How many rows an input with this number of features has, or -1 if oneDNN does not take it.
pub(crate) fn rows(input: &Tensor, features: i64) -> i64 {
    unsafe { nn_rows(input.as_ptr(), features) }
}

/// `mkldnn::_linear_pointwise` with this number of input features.
pub(crate) fn linear(
    input: &Tensor,
    packed: &Tensor,
    features: i64,
    bias: Option<&Tensor>,
    post_op: &PostOp,
) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_linear(input.as_ptr(), packed.as_ptr(), features, bias, post_op, output) })
}
