//! Absolute error, rounded off near 0.

use tch::Tensor;

use super::check::Pair;
use super::{Loss, Reduction};
use crate::Error;
use crate::optim::options::check_not_negative;

/// The squared error divided by `2 * beta` if the error is less than `beta`, otherwise the absolute error minus
/// `beta / 2`, like `torch.nn.SmoothL1Loss` (Girshick, 2015). Output and target have the same shape.
///
/// ```
/// use nn_runtime::loss::{Loss, SmoothL1};
/// use tch::Tensor;
///
/// let (output, target) = (Tensor::from_slice(&[0.5, 3.0]), Tensor::from_slice(&[0.0, 0.0]));
/// assert_eq!(SmoothL1::new().loss(&output, &target)?.double_value(&[]), 1.3125);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmoothL1 {
    reduction: Reduction,
    beta: f64,
}

impl SmoothL1 {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self { reduction: Reduction::Mean, beta: 1.0 }
    }

    /// Sets the error at which the loss becomes linear (1).
    pub fn beta(self, beta: f64) -> Self {
        Self { beta, ..self }
    }

    /// Sets how the losses of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

impl Default for SmoothL1 {
    fn default() -> Self {
        Self::new()
    }
}

impl Loss for SmoothL1 {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        check_not_negative("SmoothL1", "beta", self.beta)?;
        let target = Pair { of: "SmoothL1", output, target }.elementwise()?;
        Ok(output.f_smooth_l1_loss(&target, self.reduction.into(), self.beta)?)
    }
}
