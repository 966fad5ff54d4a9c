//! What the tests of layers share.

use nn_dsl::prelude::*;

/// Makes a network whose parameters are drawn from a fixed seed.
pub fn made<T: Network>() -> T {
    tch::manual_seed(1);
    T::new(&nn::VarStore::new(Device::Cpu).root())
}

/// Normally distributed numbers.
pub fn random(shape: &[i64]) -> Tensor {
    Tensor::randn(shape, (Kind::Float, Device::Cpu))
}

/// The tensors have one shape, and the same values but for rounding.
#[track_caller]
pub fn assert_close(actual: &Tensor, expected: &Tensor) {
    assert_eq!(actual.size(), expected.size());
    assert!(actual.allclose(expected, 1e-4, 1e-5, true), "{actual}\nis not\n{expected}");
}
