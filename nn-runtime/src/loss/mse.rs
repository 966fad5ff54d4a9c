//! Mean squared error.

use tch::Tensor;

use super::check::Pair;
use super::{Loss, Reduction};
use crate::Error;

/// Mean squared error, like `torch.nn.MSELoss`. Output and target have the same shape.
///
/// ```
/// use nn_runtime::loss::{Loss, Mse};
/// use tch::Tensor;
///
/// let (output, target) = (Tensor::from_slice(&[0.5, 3.0]), Tensor::from_slice(&[0.0, 0.0]));
/// assert_eq!(Mse::new().loss(&output, &target)?.double_value(&[]), 4.625);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Mse {
    reduction: Reduction,
}

impl Mse {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how the losses of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction }
    }
}

impl Loss for Mse {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let target = Pair { of: "Mse", output, target }.elementwise()?;
        Ok(output.f_mse_loss(&target, self.reduction.into())?)
    }
}
