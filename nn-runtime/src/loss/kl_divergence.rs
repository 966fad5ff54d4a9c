//! Kullback-Leibler divergence.

use tch::{Kind, Tensor};

use super::check::Pair;
use super::{Loss, Reduction};
use crate::Error;

/// How far the output's distribution is from the target's, like `torch.nn.KLDivLoss`. Both have the same shape;
/// the output holds log-probabilities, the target probabilities.
///
/// ```
/// use nn_runtime::loss::{KlDivergence, Loss};
/// use tch::Tensor;
///
/// let target = Tensor::from_slice2(&[[0.25, 0.75], [0.5, 0.5]]);
/// let loss = KlDivergence::new().batch_mean().loss(&target.log(), &target)?;
/// assert_eq!(loss.double_value(&[]), 0.0);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct KlDivergence {
    log_target: bool,
    batch_mean: bool,
    reduction: Reduction,
}

impl KlDivergence {
    /// Uses PyTorch's defaults: the mean over all elements, which is not the divergence; see
    /// [`batch_mean`](Self::batch_mean).
    pub fn new() -> Self {
        Self::default()
    }

    /// Expects log-probabilities in the target too.
    pub fn log_target(self) -> Self {
        Self { log_target: true, ..self }
    }

    /// Computes the divergence as defined: the sum, divided by the batch size.
    pub fn batch_mean(self) -> Self {
        Self { batch_mean: true, ..self }
    }

    /// Sets how the terms of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, batch_mean: false, ..self }
    }
}

impl Loss for KlDivergence {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let target = Pair { of: "KlDivergence", output, target }.elementwise()?;
        if self.batch_mean {
            let terms = output.f_kl_div(&target, tch::Reduction::None, self.log_target)?;
            let batch = output.size().first().copied().unwrap_or(1);
            return Ok(terms.f_sum(None::<Kind>)?.f_div_scalar(batch)?);
        }
        Ok(output.f_kl_div(&target, self.reduction.into(), self.log_target)?)
    }
}
