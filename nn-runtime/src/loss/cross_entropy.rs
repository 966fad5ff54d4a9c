//! Cross-entropy of classes.

use tch::Tensor;

use super::check::{Pair, is_float};
use super::{IGNORED, Loss, Reduction};
use crate::Error;
use crate::optim::options::check;

/// Cross-entropy between logits and classes, like `torch.nn.CrossEntropyLoss`.
///
/// The output is `[N, classes]` or `[N, classes, ..]` and holds logits, not probabilities. The target either is `[N]`
/// or `[N, ..]` and holds classes as `i64`, or has the output's shape and type and holds the probability of each class.
///
/// ```
/// use nn_runtime::loss::{CrossEntropy, Loss};
/// use tch::Tensor;
///
/// let logits = Tensor::from_slice2(&[[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]);
/// let loss = CrossEntropy::new().loss(&logits, &Tensor::from_slice(&[0i64, 1]))?;
/// assert!((loss.double_value(&[]) - 0.669079).abs() < 1e-6);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct CrossEntropy {
    weight: Option<Tensor>,
    label_smoothing: f64,
    ignored: Option<i64>,
    reduction: Reduction,
}

impl CrossEntropy {
    /// Weights all classes equally.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the weight of each class.
    pub fn weight(self, weight: &[f64]) -> Self {
        Self { weight: Some(Tensor::from_slice(weight)), ..self }
    }

    /// Sets the share of the probability, from 0 to 1, that is spread over all classes (0).
    pub fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }

    /// Ignores samples of this class, such as padding. PyTorch ignores -100 by default.
    pub fn ignore_index(self, class: i64) -> Self {
        Self { ignored: Some(class), ..self }
    }

    /// Sets how the losses of the samples are reduced (weighted mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

const NAME: &str = "CrossEntropy";

impl Loss for CrossEntropy {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let pair = Pair { of: NAME, output, target };
        check(NAME, "label_smoothing", self.label_smoothing, "from 0 to 1", |part| (0.0..=1.0).contains(&part))?;
        let ignored = self.ignored.unwrap_or(IGNORED);
        let target = if is_float(target) && target.size() == output.size() {
            pair.elementwise()?
        } else {
            pair.classes(Some(ignored))?
        };
        let weights = pair.class_weights(self.weight.as_ref())?;
        Ok(output.f_cross_entropy_loss(&target, weights, self.reduction.into(), ignored, self.label_smoothing)?)
    }
}
