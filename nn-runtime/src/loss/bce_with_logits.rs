//! Binary cross-entropy of logits.

use tch::Tensor;

use super::check::Pair;
use super::{Loss, Reduction};
use crate::{Error, Misfit};

/// Binary cross-entropy of logits, like `torch.nn.BCEWithLogitsLoss`. Output and target have the same shape; the target is the
/// probability of class 1, from 0 to 1.
///
/// ```
/// use nn_runtime::loss::{BceWithLogits, Loss};
/// use tch::Tensor;
///
/// let loss = BceWithLogits::new().loss(&Tensor::from_slice(&[0.0, 0.0]), &Tensor::from_slice(&[1i64, 0]))?;
/// assert!((loss.double_value(&[]) - 2f64.ln()).abs() < 1e-12);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct BceWithLogits {
    pos_weight: Option<Tensor>,
    reduction: Reduction,
}

const NAME: &str = "BceWithLogits";

impl BceWithLogits {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the weight of class 1: one number, or one for each element of the last dimension.
    pub fn pos_weight(self, weights: &[f64]) -> Self {
        Self { pos_weight: Some(Tensor::from_slice(weights)), ..self }
    }

    /// Sets how the losses of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// The weights in the output's type and on its device.
    fn weights(&self, output: &Tensor) -> Result<Option<Tensor>, Error> {
        let Some(weights) = &self.pos_weight else { return Ok(None) };
        let last = output.size().last().copied().unwrap_or(1);
        if weights.size() != [1] && weights.size() != [last] {
            let problem =
                format!("`pos_weight` must be one number or {last}, one for each element of the last dimension");
            let help = "give as many numbers as the last dimension has elements";
            return Err(Misfit::new(NAME, problem, &[("output", output), ("pos_weight", weights)], help).into());
        }
        Ok(Some(weights.to_device(output.device()).to_kind(output.kind())))
    }
}

impl Loss for BceWithLogits {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let pair = Pair { of: NAME, output, target };
        let target = pair.elementwise()?;
        pair.probable_target()?;
        let weights = self.weights(output)?;
        Ok(output.f_binary_cross_entropy_with_logits(&target, None, weights, self.reduction.into())?)
    }
}
