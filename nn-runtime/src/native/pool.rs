//! Max pooling without jumps: `pool.cpp`.

use tch::Tensor;

use super::{Failure, In, Out, made};
use crate::Error;

unsafe extern "C" {
    fn nn_max_pool2d(x: In, window: *const [[i64; 2]; 4], ceil: bool, result: Out) -> Failure;
}

/// `torch.nn.functional.max_pool2d`, of which `window` is the kernel, its stride, its padding and its dilation.
pub(crate) fn max_pool2d(x: &Tensor, window: [[i64; 2]; 4], ceil: bool) -> Result<Tensor, Error> {
    // SAFETY: what is pointed to lives.
    made(|result| unsafe { nn_max_pool2d(x.as_ptr(), &window, ceil, result) })
}
