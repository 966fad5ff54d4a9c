//! Negative log-likelihood.

use tch::Tensor;

use super::check::Pair;
use super::{IGNORED, Loss, Reduction};
use crate::Error;

/// The negative logarithm of the probability of the right class, like `torch.nn.NLLLoss`.
///
/// The output is `[N, classes]` or `[N, classes, ..]` and holds log-probabilities, such as `log_softmax` returns. The
/// target is `[N]` or `[N, ..]` and holds classes as `i64`.
///
/// ```
/// use nn_runtime::loss::{Loss, Nll};
/// use tch::Tensor;
///
/// let log_probabilities = Tensor::from_slice2(&[[-0.5, -2.0], [-1.0, -3.0]]);
/// let loss = Nll::new().loss(&log_probabilities, &Tensor::from_slice(&[0i64, 1]))?;
/// assert_eq!(loss.double_value(&[]), 1.75);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Nll {
    weight: Option<Tensor>,
    ignored: Option<i64>,
    reduction: Reduction,
}

impl Nll {
    /// Weights all classes equally.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the weight of each class.
    pub fn weight(self, weight: &[f64]) -> Self {
        Self { weight: Some(Tensor::from_slice(weight)), ..self }
    }

    /// Ignores samples of this class. PyTorch ignores -100 by default.
    pub fn ignore_index(self, class: i64) -> Self {
        Self { ignored: Some(class), ..self }
    }

    /// Sets how the losses of the samples are reduced (weighted mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

impl Loss for Nll {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let pair = Pair { of: "Nll", output, target };
        let ignored = self.ignored.unwrap_or(IGNORED);
        let target = pair.classes(Some(ignored))?;
        let weights = pair.class_weights(self.weight.as_ref())?;
        Ok(output.f_nll_loss_nd(&target, weights, self.reduction.into(), ignored)?)
    }
}
