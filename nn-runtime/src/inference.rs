//! Running networks without anything that only training needs.

use crate::native::InferenceMode;

/// Runs `body` in inference mode, like `torch.inference_mode`: as in [`tch::no_grad`], no gradients are recorded, and
/// autograd does no other bookkeeping either, so each operation costs less.
///
/// You can read tensors created inside anywhere, but they cannot have gradients, and you cannot change them in place
/// outside. Create networks outside.
///
/// ```
/// use nn_runtime::inference_mode;
/// use tch::{Device, Kind, Tensor};
///
/// let weight = Tensor::ones([2], (Kind::Float, Device::Cpu)).set_requires_grad(true);
/// let doubled = inference_mode(|| &weight * 2.0);
/// assert!(!doubled.requires_grad());
/// assert!((&weight * 2.0).requires_grad());
/// ```
pub fn inference_mode<T>(body: impl FnOnce() -> T) -> T {
    let _mode = InferenceMode::enter();
    body()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;
    use tch::{Device, Kind, Tensor};

    fn records() -> bool {
        (Tensor::ones([1], (Kind::Float, Device::Cpu)).set_requires_grad(true) * 2.0).requires_grad()
    }

    #[test]
    fn it_ends_with_its_body_also_by_a_panic() {
        let weight = Tensor::ones([1], (Kind::Float, Device::Cpu)).set_requires_grad(true);
        assert!(
            !inference_mode(|| inference_mode(|| &weight * 2.0).requires_grad() || (&weight * 2.0).requires_grad())
        );
        assert!(records());
        assert!(catch_unwind(|| inference_mode(|| std::panic::resume_unwind(Box::new(())))).is_err());
        assert!(records());
    }

    #[test]
    fn what_is_made_in_it_cannot_be_trained_on() {
        let weight = Tensor::ones([1], (Kind::Float, Device::Cpu)).set_requires_grad(true);
        let made = inference_mode(|| Tensor::ones([1], (Kind::Float, Device::Cpu)));
        let error = weight.f_mul(&made).unwrap_err().to_string();
        assert!(error.contains("Inference tensors cannot be saved for backward"), "{error}");
    }
}
