//! What libtorch has and tch does not bind: typed calls of the functions in `native.cpp`.

use std::borrow::Borrow;
use std::ffi::{CStr, c_char};
use std::ptr;

use tch::{Device, Tensor};
use torch_sys::C_tensor;

use crate::{Error, State};

pub(crate) mod attention;
pub(crate) mod linear;
pub(crate) mod lstm;
pub(crate) mod onednn;
pub(crate) mod optimizers;
pub(crate) mod planes;
pub(crate) mod pool;
pub(crate) mod winograd;

/// The types of arguments and results: an input tensor, a list of them, where C++ puts a new tensor, and an error
/// message or null.
type In = *const C_tensor;
type Tensors = *const In;
type Out = *mut *mut C_tensor;
type Failure = *const c_char;

/// `c10::InferenceMode`, opaque to Rust.
#[repr(C)]
struct Mode([u8; 0]);

unsafe extern "C" {
    fn nn_keep_memory(step: i32) -> bool;
    fn nn_trim_memory();
    fn nn_enter_inference_mode() -> *mut Mode;
    fn nn_leave_inference_mode(mode: *mut Mode);
    fn nn_scaled(weight: In, scale: In, result: Out) -> Failure;
    fn nn_mapped_copy(tensor: In, result: Out) -> Failure;
    fn nn_leaky_relu(x: In, negative_slope: f64, result: Out) -> Failure;
    fn nn_elu(x: In, alpha: f64, result: Out) -> Failure;
    fn nn_celu(x: In, alpha: f64, result: Out) -> Failure;
    fn nn_softplus(x: In, beta: f64, threshold: f64, result: Out) -> Failure;
    fn nn_leaky_relu_(x: *mut C_tensor, negative_slope: f64) -> Failure;
    fn nn_clear_gradients(tensors: Tensors, count: usize) -> Failure;
    fn nn_clip_gradients(count: usize, gradients: Tensors, max_norm: f64, norm_type: f64, total: Out) -> Failure;
    fn nn_is_dense(tensor: In) -> bool;
    fn nn_count_up(tensors: Tensors, count: usize) -> Failure;
    fn nn_alike(a: In, b: In) -> bool;
    fn nn_random_state(cuda: i64, state: Out) -> Failure;
    fn nn_set_random_state(cuda: i64, state: In) -> Failure;
}

/// `weight * scale`, with the weight's type, in memory outside malloc's heap, which would be fragmented when it is freed.
pub(crate) fn scaled(weight: &Tensor, scale: &Tensor) -> Result<Tensor, Error> {
    // SAFETY: both live.
    made(|result| unsafe { nn_scaled(weight.as_ptr(), scale.as_ptr(), result) })
}

/// A contiguous copy, also in memory outside malloc's heap.
pub(crate) fn mapped_copy(tensor: &Tensor) -> Result<Tensor, Error> {
    made(|result| unsafe { nn_mapped_copy(tensor.as_ptr(), result) })
}

/// `torch.nn.functional.leaky_relu`.
pub(crate) fn leaky_relu(x: &Tensor, negative_slope: f64) -> Result<Tensor, Error> {
    // SAFETY: `x` is alive, here and in the calls below.
    made(|result| unsafe { nn_leaky_relu(x.as_ptr(), negative_slope, result) })
}

/// `torch.nn.functional.elu`.
pub(crate) fn elu(x: &Tensor, alpha: f64) -> Result<Tensor, Error> {
    made(|result| unsafe { nn_elu(x.as_ptr(), alpha, result) })
}

/// `torch.nn.functional.celu`.
pub(crate) fn celu(x: &Tensor, alpha: f64) -> Result<Tensor, Error> {
    made(|result| unsafe { nn_celu(x.as_ptr(), alpha, result) })
}

/// `torch.nn.functional.softplus`.
pub(crate) fn softplus(x: &Tensor, beta: f64, threshold: f64) -> Result<Tensor, Error> {
    made(|result| unsafe { nn_softplus(x.as_ptr(), beta, threshold, result) })
}

/// `torch.nn.functional.leaky_relu_`.
pub(crate) fn leaky_relu_(x: &mut Tensor, negative_slope: f64) -> Result<(), Error> {
    checked(unsafe { nn_leaky_relu_(x.as_mut_ptr(), negative_slope) })
}

/// Removes the gradients of `tensors`, so that the next step does not change parameters that the next loss does not use.
pub(crate) fn clear_gradients(tensors: &[&Tensor]) -> Result<(), Error> {
    let list = List::of(tensors, tensors.len());
    // SAFETY: every list holds `count` live tensors, here and in all calls below.
    checked(unsafe { nn_clear_gradients(list.pointer(), tensors.len()) })
}

/// `torch.nn.utils.clip_grad_norm_`. Returns the norm before clipping.
pub(crate) fn clip_gradients(gradients: &[Tensor], max_norm: f64, norm_type: f64) -> Result<Tensor, Error> {
    let list = List::of(gradients, gradients.len());
    made(|total| unsafe { nn_clip_gradients(gradients.len(), list.pointer(), max_norm, norm_type, total) })
}

/// Whether the elements are in memory without gaps and overlaps, in any order.
pub(crate) fn is_dense(tensor: &Tensor) -> bool {
    // SAFETY: the tensor is alive.
    unsafe { nn_is_dense(tensor.as_ptr()) }
}

/// Adds 1 to each tensor, which has one element.
pub(crate) fn count_up(tensors: &[Tensor]) -> Result<(), Error> {
    let list = List::of(tensors, tensors.len());
    checked(unsafe { nn_count_up(list.pointer(), tensors.len()) })
}

/// Whether two tensors of one shape agree in device, type and strides.
pub(crate) fn alike(a: &Tensor, b: &Tensor) -> bool {
    // SAFETY: both live.
    unsafe { nn_alike(a.as_ptr(), b.as_ptr()) }
}

/// Makes malloc keep freed memory, and ask the system for `step` bytes more than it needs. Returns whether it does,
/// which only glibc's can.
pub(crate) fn keep_memory(step: i32) -> bool {
    // SAFETY: glibc's malloc can be configured at any time, and locks itself.
    unsafe { nn_keep_memory(step) }
}

/// Gives free memory back to the system, if malloc can.
pub(crate) fn trim_memory() {
    // SAFETY: as above.
    unsafe { nn_trim_memory() }
}

/// `torch.inference_mode` on this thread, until it is dropped. The pointer makes it neither `Send` nor `Sync`, because
/// the mode belongs to the thread.
pub(crate) struct InferenceMode(*mut Mode);

impl InferenceMode {
    pub(crate) fn enter() -> Self {
        // SAFETY: there are no arguments, and only this thread's state changes.
        Self(unsafe { nn_enter_inference_mode() })
    }
}

impl Drop for InferenceMode {
    fn drop(&mut self) {
        // SAFETY: it was entered on this thread, and is left only once.
        unsafe { nn_leave_inference_mode(self.0) }
    }
}

/// The states of the random number generators: the CPU's as `cpu`, and this device's, such as `cuda:0`.
pub(crate) fn random_state(device: Device) -> Result<State, Error> {
    let mut states = State::new();
    for (name, cuda) in [("cpu".to_owned(), -1)].into_iter().chain(cuda_generator(device)) {
        // SAFETY: there is no input tensor.
        states.insert(name, made(|state| unsafe { nn_random_state(cuda, state) })?);
    }
    Ok(states)
}

/// Restores the generators to a state of [`random_state`]. Those of devices that are not in it stay as they are.
pub(crate) fn set_random_state(states: &State, device: Device) -> Result<(), Error> {
    for (name, cuda) in [("cpu".to_owned(), -1)].into_iter().chain(cuda_generator(device)) {
        if let Some(state) = states.get(&name) {
            // SAFETY: the tensor is alive.
            checked(unsafe { nn_set_random_state(cuda, state.as_ptr()) })?;
        }
    }
    Ok(())
}

fn cuda_generator(device: Device) -> Option<(String, i64)> {
    match device {
        Device::Cuda(index) => Some((format!("cuda:{index}"), index as i64)),
        _ => None,
    }
}

/// Pointers to tensors. An empty list stands for a null pointer.
struct List(Vec<In>);

impl List {
    /// C++ reads `count` tensors, so the list must have as many.
    fn of<T: Borrow<Tensor>>(tensors: &[T], count: usize) -> Self {
        assert_eq!(tensors.len(), count, "a list of another length");
        Self(tensors.iter().map(|tensor| tensor.borrow().as_ptr()).collect())
    }

    fn optional(tensors: Option<&[Tensor]>, count: usize) -> Self {
        tensors.map_or(Self(Vec::new()), |tensors| Self::of(tensors, count))
    }

    fn pointer(&self) -> Tensors {
        if self.0.is_empty() { ptr::null() } else { self.0.as_ptr() }
    }
}

/// The tensor that a C++ function makes.
fn made(call: impl FnOnce(Out) -> Failure) -> Result<Tensor, Error> {
    let mut result = ptr::null_mut();
    checked(call(&mut result))?;
    // SAFETY: the call succeeded, so it is a new tensor, which is owned here.
    Ok(unsafe { Tensor::from_ptr(result) })
}

fn pointer(tensor: Option<&Tensor>) -> In {
    tensor.map_or(ptr::null(), |tensor| tensor.as_ptr())
}

/// Converts what a C++ function returned, null or an error message.
fn checked(failure: Failure) -> Result<(), Error> {
    if failure.is_null() {
        return Ok(());
    }
    // SAFETY: it is a C string, which is valid until this thread's next call.
    let text = unsafe { CStr::from_ptr(failure) }.to_string_lossy();
    Err(Error::torch(&text))
}
