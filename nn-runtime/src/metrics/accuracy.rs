//! The fraction of right answers.

use tch::{Kind, Tensor};

use super::prediction::Reading;
use super::{Metric, other_state};
use crate::Error;
use crate::loss::IGNORED;

/// The fraction of samples, or pixels, whose class is found, as scikit-learn's `accuracy_score`.
///
/// The output is `[N, classes, ..]`, logits or probabilities, and the target `[N, ..]` holds classes as `i64`.
///
/// ```
/// use nn_runtime::metrics::{Accuracy, Metric};
/// use tch::Tensor;
///
/// let mut accuracy = Accuracy::binary(0.0);
/// accuracy.update(&Tensor::from_slice(&[1.5, -0.5, -2.0, 3.0]), &Tensor::from_slice(&[1i64, 1, 0, 1]))?;
/// assert_eq!(accuracy.compute(), 0.75);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Accuracy {
    reading: Reading,
    ignore_index: i64,
    right: i64,
    seen: i64,
}

impl Accuracy {
    /// Of the class with the largest score.
    pub fn new() -> Self {
        Self { reading: Reading::Largest, ignore_index: IGNORED, right: 0, seen: 0 }
    }

    /// Of two classes where the output has one score for each sample, and the target its shape: class 1 is above the
    /// `threshold`, which is 0 for logits and 0.5 for probabilities.
    pub fn binary(threshold: f64) -> Self {
        Self { reading: Reading::Above(threshold), ..Self::new() }
    }

    /// Samples of this class do not count, as padding should not (-100, as in [`CrossEntropy`](crate::loss::CrossEntropy)).
    pub fn ignore_index(self, class: i64) -> Self {
        Self { ignore_index: class, ..self }
    }
}

impl Default for Accuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl Metric for Accuracy {
    fn name(&self) -> String {
        "accuracy".to_owned()
    }

    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        let (predicted, target) = self.reading.classes("Accuracy", output, target)?;
        let counted = target.f_ne(self.ignore_index)?;
        self.right += predicted.f_eq_tensor(&target)?.logical_and(&counted).sum(Kind::Int64).int64_value(&[]);
        self.seen += counted.sum(Kind::Int64).int64_value(&[]);
        Ok(())
    }

    fn compute(&self) -> f64 {
        self.right as f64 / self.seen as f64
    }

    fn state(&self) -> Vec<f64> {
        vec![self.right as f64, self.seen as f64]
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        let &[right, seen] = state else { return Err(other_state(self)) };
        (self.right, self.seen) = (right as i64, seen as i64);
        Ok(())
    }

    fn reset(&mut self) {
        (self.right, self.seen) = (0, 0);
    }
}
