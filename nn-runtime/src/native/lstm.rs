//! LSTM, with the hidden units divided among threads: `lstm.cpp`.

use std::ptr;

use tch::Tensor;

use super::{Failure, In, List, Out, Tensors, checked};
use crate::Error;

unsafe extern "C" {
    fn nn_lstm_pays(input: In, states: Tensors, weights: Tensors, count: usize, stack: *const Stack) -> bool;
    fn nn_lstm(
        input: In,
        states: Tensors,
        weights: Tensors,
        count: usize,
        stack: *const Stack,
        results: Out,
    ) -> Failure;
}

/// How layers are stacked.
#[repr(C)]
pub(crate) struct Stack {
    pub layers: i64,
    pub dropout: f64,
    pub bias: bool,
    pub train: bool,
    pub bidirectional: bool,
}

/// Whether [`lstm`] takes these and is faster than libtorch.
pub(crate) fn pays(input: &Tensor, states: &[&Tensor; 2], weights: &[&Tensor], stack: &Stack) -> bool {
    let (states, list) = (List::of(states, 2), List::of(weights, weights.len()));
    // SAFETY: all tensors are alive, here and below.
    unsafe { nn_lstm_pays(input.as_ptr(), states.pointer(), list.pointer(), weights.len(), stack) }
}

/// `torch.lstm` over `[N, T, features]` from `h0` and `c0`, `[layers * directions, N, hidden]`, for which it [`pays`].
/// Returns all outputs, and each layer's last output and last cell.
pub(crate) fn lstm(
    input: &Tensor,
    states: &[&Tensor; 2],
    weights: &[&Tensor],
    stack: &Stack,
) -> Result<[Tensor; 3], Error> {
    let (states, list) = (List::of(states, 2), List::of(weights, weights.len()));
    let mut results = [ptr::null_mut(); 3];
    // SAFETY: there is room for three.
    checked(unsafe {
        nn_lstm(input.as_ptr(), states.pointer(), list.pointer(), weights.len(), stack, results.as_mut_ptr())
    })?;
    // SAFETY: the call succeeded, so these are new tensors, which are owned here.
    Ok(results.map(|result| unsafe { Tensor::from_ptr(result) }))
}
