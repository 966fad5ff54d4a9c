//! Max pooling without jumps: `pool.cpp`.

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

use super::made;
use crate::Error;

unsafe extern "C" {
    fn nn_max_pool2d(
        x: *const C_tensor,
        kernel: *const i64,
        stride: *const i64,
        padding: *const i64,
        dilation: *const i64,
        ceil: bool,
        result: *mut *mut C_tensor,
    ) -> *const c_char;
}

/// `torch.nn.functional.max_pool2d`, of which `window` is the kernel, its stride, its padding and its dilation.
pub(crate) fn max_pool2d(x: &Tensor, window: [[i64; 2]; 4], ceil: bool) -> Result<Tensor, Error> {
    let [kernel, stride, padding, dilation] = window.each_ref().map(|sizes| sizes.as_ptr());
    // SAFETY: `x` lives, and each list is of two numbers.
    made(|result| unsafe { nn_max_pool2d(x.as_ptr(), kernel, stride, padding, dilation, ceil, result) })
}
