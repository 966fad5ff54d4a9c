//! Linear layers with oneDNN's products of small matrices: `linear.cpp`.

use tch::Tensor;

use super::{Failure, In, Out, made, pointer};
use crate::Error;

unsafe extern "C" {
    fn nn_trained_linear(input: In, weight: In, bias: In, output: Out) -> Failure;
    fn nn_plain_linear(input: In, weight: In, bias: In, output: Out) -> Failure;
}

/// `torch.nn.functional.linear`, with its gradients.
pub(crate) fn trained(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    // SAFETY: all pointers are to live values, here and below.
    made(|output| unsafe { nn_trained_linear(input.as_ptr(), weight.as_ptr(), bias, output) })
}

/// `torch.nn.functional.linear`, without gradients.
pub(crate) fn plain(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor, Error> {
    let bias = pointer(bias);
    made(|output| unsafe { nn_plain_linear(input.as_ptr(), weight.as_ptr(), bias, output) })
}
