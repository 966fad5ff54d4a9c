//! Huber's loss.

use tch::Tensor;

use super::check::{Pair, check_positive};
use super::{Loss, Reduction};
use crate::Error;

/// Half the squared error up to `delta`, and linear beyond it, like `torch.nn.HuberLoss` (Huber, 1964). Output and
/// target have the same shape.
///
/// ```
/// use nn_runtime::loss::{Loss, Huber};
/// use tch::Tensor;
///
/// let (output, target) = (Tensor::from_slice(&[0.5, 3.0]), Tensor::from_slice(&[0.0, 0.0]));
/// assert_eq!(Huber::new().delta(2.0).loss(&output, &target)?.double_value(&[]), 2.0625);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Huber {
    reduction: Reduction,
    delta: f64,
}

impl Huber {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self { reduction: Reduction::Mean, delta: 1.0 }
    }

    /// Sets the error at which the loss becomes linear (1).
    pub fn delta(self, delta: f64) -> Self {
        Self { delta, ..self }
    }

    /// Sets how the losses of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

impl Default for Huber {
    fn default() -> Self {
        Self::new()
    }
}

impl Loss for Huber {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        check_positive("Huber", "delta", self.delta)?;
        let target = Pair { of: "Huber", output, target }.elementwise()?;
        Ok(output.f_huber_loss(&target, self.reduction.into(), self.delta)?)
    }
}
