//! Splits tensors into pieces.

use tch::Tensor;

/// Splits into `N` pieces of (nearly) equal size.
pub fn chunk<const N: usize>(input: &Tensor, dim: i64) -> [Tensor; N] {
    pieces(input.chunk(N as i64, dim))
}

/// Splits into pieces of the given sizes.
pub fn split<const N: usize>(input: &Tensor, sizes: [i64; N], dim: i64) -> [Tensor; N] {
    pieces(input.split_with_sizes(sizes, dim))
}

fn pieces<const N: usize>(pieces: Vec<Tensor>) -> [Tensor; N] {
    pieces.try_into().expect("the number of pieces was checked when the network was compiled")
}
