//! Max pooling: `pool.cpp`.

use tch::Tensor;

use super::{Failure, In, Out, made};
use crate::Error;

unsafe extern "C" {
    fn nn_max_pool2d(x: In, window: *const [[i64; 2]; 4], ceil: bool, result: Out) -> Failure;
}

/// `torch.nn.functional.max_pool2d`. `window` has the kernel size, stride, padding and dilation.
pub(crate) fn max_pool2d(x: &Tensor, window: [[i64; 2]; 4], ceil: bool) -> Result<Tensor, Error> {
    // SAFETY: all pointers are to live values.
    made(|result| unsafe { nn_max_pool2d(x.as_ptr(), &window, ceil, result) })
}
