//! Saved state of optimizers and schedules, from which training can resume.

use std::collections::BTreeMap;

use tch::{Kind, Tensor};

use crate::weights::{Specs, describe};

/// Named tensors; a number is a scalar tensor. You can write it to a safetensors file as it is.
pub type State = BTreeMap<String, Tensor>;

/// The types and shapes in a state.
pub(crate) fn specs(state: &State) -> Specs {
    state.iter().map(|(name, tensor)| (name.clone(), describe(tensor))).collect()
}

/// An `f64` of no dimension.
pub(crate) fn number(value: f64) -> Tensor {
    Tensor::from(value)
}

/// The value of a number.
pub(crate) fn value(number: &Tensor) -> f64 {
    number.to_kind(Kind::Double).double_value(&[])
}
