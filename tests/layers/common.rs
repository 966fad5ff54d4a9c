//! Common parts of the layers' tests.

use nn_dsl::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

thread_local! {
    /// Tests run in parallel and share libtorch's random generator, so a test that draws is alone until its thread ends.
    static ALONE: MutexGuard<'static, ()> = {
        static GENERATOR: Mutex<()> = Mutex::new(());
        let alone = GENERATOR.lock().unwrap_or_else(PoisonError::into_inner);
        manual_seed(1);
        alone
    };
}

/// Makes a network whose parameters are drawn from a fixed seed.
pub fn made<T: Network>() -> T {
    made_in(&nn::VarStore::new(Device::Cpu))
}

/// Like [`made`], with the parameters in `vs`.
pub fn made_in<T: Network>(vs: &nn::VarStore) -> T {
    ALONE.with(|_| manual_seed(1));
    T::new(&vs.root())
}

/// Normally distributed numbers.
pub fn random(shape: &[i64]) -> Tensor {
    ALONE.with(|_| Tensor::randn(shape, (Kind::Float, Device::Cpu)))
}

/// Asserts that the tensors have the same shape, and the same values except for rounding.
#[track_caller]
pub fn assert_close(actual: &Tensor, expected: &Tensor) {
    assert_eq!(actual.size(), expected.size());
    assert!(actual.allclose(expected, 1e-4, 1e-5, true), "{actual}\nis not\n{expected}");
}
