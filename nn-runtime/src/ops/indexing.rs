//! Layers that look up places by index. Which indices come, only the run knows: on the CPU libtorch checks them, and here it is
//! said what is wrong. On CUDA its kernels assert it, which ends the process.

use crate::attempt::fail;
use tch::{TchError, Tensor};

/// Rows of `weight`.
#[track_caller]
pub fn embedding(weight: &Tensor, indices: &Tensor, padding: i64) -> Tensor {
    let result = Tensor::f_embedding(weight, indices, padding, false, false);
    result.unwrap_or_else(|error| out_of_range("embedding", indices, weight.size()[0], error))
}

/// Places of `input` along `dim`.
#[track_caller]
pub fn index_select(input: &Tensor, dim: i64, index: &Tensor) -> Tensor {
    let result = input.f_index_select(dim, index);
    result.unwrap_or_else(|error| out_of_range("index_select", index, input.size()[dim as usize], error))
}

/// Elements of `input` along `dim`.
#[track_caller]
pub fn gather(input: &Tensor, dim: i64, index: &Tensor) -> Tensor {
    let result = input.f_gather(dim, index, false);
    result.unwrap_or_else(|error| out_of_range("gather", index, input.size()[dim as usize], error))
}

/// A vector for each index that is 1 there.
#[track_caller]
pub fn one_hot(index: &Tensor, classes: i64) -> Tensor {
    index.f_one_hot(classes).unwrap_or_else(|error| out_of_range("one_hot", index, classes, error))
}

/// Says which index is out of range, if one is; else what libtorch says.
#[track_caller]
fn out_of_range(layer: &str, indices: &Tensor, places: i64, error: TchError) -> ! {
    let least_and_greatest = indices.f_aminmax(None, false).map(|(least, greatest)| [least, greatest]);
    let ends = least_and_greatest.map(|ends| ends.map(|index| index.int64_value(&[]))).unwrap_or_default();
    match ends.into_iter().find(|index| !(0..places).contains(index)) {
        Some(index) => fail(format!("`{layer}` gets the index {index}, but its indices are 0 to {}", places - 1)),
        None => fail(crate::Error::from(error).to_string()),
    }
}
