//! What the tests of operations and packed layers share.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tch::{Device, Kind, Tensor};

use crate::Error;
use crate::packed::Activation;

pub const FLOAT: (Kind, Device) = (Kind::Float, Device::Cpu);

/// Whether the processor has AVX-512, without which some kernels leave the work to libtorch.
pub fn is_wide() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// An activation, and the plain operation.
pub type Pair = (Activation, fn(&Tensor) -> Tensor);

/// Every activation.
pub const ACTIVATIONS: [Pair; 12] = [
    (Activation::None, Tensor::shallow_clone),
    (Activation::Relu, Tensor::relu),
    (Activation::Relu6, Tensor::relu6),
    (Activation::Hardtanh(-0.5, 0.7), |x| x.clamp(-0.5, 0.7)),
    (Activation::LeakyRelu(0.3), |x| x.clamp_min(0.0) + x.clamp_max(0.0) * 0.3),
    (Activation::Sigmoid, Tensor::sigmoid),
    (Activation::Tanh, Tensor::tanh),
    (Activation::Silu, Tensor::silu),
    (Activation::Hardswish, Tensor::hardswish),
    (Activation::Hardsigmoid, Tensor::hardsigmoid),
    (Activation::Gelu, |x| x.gelu("none")),
    (Activation::GeluTanh, |x| x.gelu("tanh")),
];

pub fn randn(size: &[i64]) -> Tensor {
    Tensor::randn(size, FLOAT)
}

/// As [`randn`], with a gradient.
pub fn leaf(size: &[i64]) -> Tensor {
    randn(size).set_requires_grad(true)
}

/// The same values, with the channels of a pixel beside each other.
pub fn channels_last(x: &Tensor) -> Tensor {
    x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
}

/// The gradients of what `result` was computed of, weighted by `outer`, and then the result.
pub fn with_gradients(result: Tensor, of: &[&Tensor], outer: &Tensor) -> Vec<Tensor> {
    let mut all = Tensor::run_backward(&[(&result * outer).sum(None)], of, false, false);
    all.push(result.detach());
    all
}

/// Equal to 1e-5.
pub fn assert_same(found: &Tensor, expected: &Tensor) {
    assert_close(found, expected, 1e-5);
}

/// Equal to so much of the largest element; or of 1, which what is drawn has the size of, and an activation may cut off.
pub fn assert_close(found: &Tensor, expected: &Tensor, tolerance: f64) {
    assert_eq!((found.size(), found.kind()), (expected.size(), expected.kind()));
    if expected.numel() > 0 {
        let [apart, scale] = [found - expected, expected.shallow_clone()].map(|x| x.abs().max().double_value(&[]));
        assert!(apart <= tolerance * scale.max(1.0), "{apart} apart, of {scale}");
    }
}

/// As [`assert_close`], each.
pub fn assert_all_close(found: &[Tensor], expected: &[Tensor], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).for_each(|(found, expected)| assert_close(found, expected, tolerance));
}

pub fn error<T>(result: Result<T, Error>) -> String {
    result.err().expect("an error").to_string()
}

/// The first line of what `run` panics with.
pub fn panic_of(run: impl FnOnce() -> Tensor) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("a panic");
    panic.downcast_ref::<String>().expect("a message").lines().next().unwrap_or_default().to_owned()
}
