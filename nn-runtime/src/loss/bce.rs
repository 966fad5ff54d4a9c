//! Binary cross-entropy of probabilities.

use tch::Tensor;

use super::check::Pair;
use super::{Loss, Reduction};
use crate::Error;

/// Binary cross-entropy of probabilities, like `torch.nn.BCELoss`. Output and target have the same shape, both from 0 to 1.
///
/// [`BceWithLogits`](super::BceWithLogits) is numerically more exact, and needs no `sigmoid` at the end of the network.
///
/// ```
/// use nn_runtime::loss::{Bce, Loss};
/// use tch::Tensor;
///
/// let loss = Bce::new().loss(&Tensor::from_slice(&[0.5, 0.5]), &Tensor::from_slice(&[1i64, 0]))?;
/// assert!((loss.double_value(&[]) - 2f64.ln()).abs() < 1e-12);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bce {
    reduction: Reduction,
}

impl Bce {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how the losses of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction }
    }
}

impl Loss for Bce {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let pair = Pair { of: "Bce", output, target };
        let target = pair.elementwise()?;
        pair.probable_output()?;
        pair.probable_target()?;
        Ok(output.f_binary_cross_entropy(&target, None::<Tensor>, self.reduction.into())?)
    }
}
