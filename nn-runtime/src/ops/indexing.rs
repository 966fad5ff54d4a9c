//! Layers that look up values by index. An index may be out of range, which only shows at run time. On the CPU libtorch
//! checks it, and the error is made clear here. On CUDA an assertion in the kernel fails, which ends the process.

use crate::attempt::fail;
use tch::{TchError, Tensor};

/// Takes rows of `weight`.
#[track_caller]
pub fn embedding(weight: &Tensor, indices: &Tensor, padding: i64) -> Tensor {
    let result = Tensor::f_embedding(weight, indices, padding, false, false);
    result.unwrap_or_else(|error| out_of_range("embedding", indices, weight.size()[0], error))
}

/// Takes slices of `input` along `dim`.
#[track_caller]
pub fn index_select(input: &Tensor, dim: i64, index: &Tensor) -> Tensor {
    let result = input.f_index_select(dim, index);
    result.unwrap_or_else(|error| out_of_range("index_select", index, input.size()[dim as usize], error))
}

/// Takes elements of `input` along `dim`.
#[track_caller]
pub fn gather(input: &Tensor, dim: i64, index: &Tensor) -> Tensor {
    let result = input.f_gather(dim, index, false);
    result.unwrap_or_else(|error| out_of_range("gather", index, input.size()[dim as usize], error))
}

/// Makes a vector for each index, with a 1 at the index and zeros elsewhere.
#[track_caller]
pub fn one_hot(index: &Tensor, classes: i64) -> Tensor {
    index.f_one_hot(classes).unwrap_or_else(|error| out_of_range("one_hot", index, classes, error))
}

/// Fails, naming an index that is out of range if there is one, or with libtorch's message.
#[track_caller]
fn out_of_range(layer: &str, indices: &Tensor, places: i64, error: TchError) -> ! {
    let least_and_greatest = indices.f_aminmax(None, false).map(|(least, greatest)| [least, greatest]);
    let ends = least_and_greatest.map(|ends| ends.map(|index| index.int64_value(&[]))).unwrap_or_default();
    match ends.into_iter().find(|index| !(0..places).contains(index)) {
        Some(index) => fail(format!("`{layer}` gets the index {index}, but its indices are 0 to {}", places - 1)),
        None => fail(crate::Error::from(error).to_string()),
    }
}
