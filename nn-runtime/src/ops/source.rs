//! Values that are made on the device of another tensor, `like`.

use tch::{Kind, Scalar, Tensor};

/// `start, start + step, ..` up to `end`.
pub fn arange(start: i64, end: i64, step: i64, kind: Kind, like: &Tensor) -> Tensor {
    Tensor::arange_start_step(start, end, step, (kind, like.device()))
}

/// Zeros.
pub fn zeros<const N: usize>(size: [i64; N], kind: Kind, like: &Tensor) -> Tensor {
    Tensor::zeros(size, (kind, like.device()))
}

/// Ones.
pub fn ones<const N: usize>(size: [i64; N], kind: Kind, like: &Tensor) -> Tensor {
    Tensor::ones(size, (kind, like.device()))
}

/// The same number everywhere.
pub fn full<const N: usize>(size: [i64; N], value: impl Into<Scalar>, kind: Kind, like: &Tensor) -> Tensor {
    Tensor::full(size, value, (kind, like.device()))
}

/// Ones on the diagonal.
pub fn eye(rows: i64, columns: i64, kind: Kind, like: &Tensor) -> Tensor {
    Tensor::eye_m(rows, columns, (kind, like.device()))
}
