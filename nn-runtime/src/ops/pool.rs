//! Pooling for which tch has no method that gives one tensor.

use tch::Tensor;

/// The largest values in as many parts as `size` says, over the last dimensions.
pub fn adaptive_max_pool<const RANK: usize>(x: &Tensor, size: [i64; RANK]) -> Tensor {
    let (largest, _indices) = match RANK {
        1 => x.adaptive_max_pool1d(size),
        2 => x.adaptive_max_pool2d(size),
        _ => x.adaptive_max_pool3d(size),
    };
    largest
}
