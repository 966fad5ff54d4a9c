//! Mean absolute error.

use tch::Tensor;

use super::check::Pair;
use super::{Loss, Reduction};
use crate::Error;

/// Mean absolute error, like `torch.nn.L1Loss`. Output and target have the same shape.
///
/// ```
/// use nn_runtime::loss::{Loss, L1};
/// use tch::Tensor;
///
/// let (output, target) = (Tensor::from_slice(&[0.5, 3.0]), Tensor::from_slice(&[0.0, 0.0]));
/// assert_eq!(L1::new().loss(&output, &target)?.double_value(&[]), 1.75);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct L1 {
    reduction: Reduction,
}

impl L1 {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how the losses of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction }
    }
}

impl Loss for L1 {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let target = Pair { of: "L1", output, target }.elementwise()?;
        Ok(output.f_l1_loss(&target, self.reduction.into())?)
    }
}
