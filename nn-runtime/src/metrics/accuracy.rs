//! Accuracy.

use tch::Tensor;

use super::prediction::Reading;
use super::share::Share;
use super::{Metric, other_state};
use crate::Error;

/// The fraction of samples, or pixels, that are classified correctly, like scikit-learn's `accuracy_score`.
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
    share: Share,
}

impl Accuracy {
    /// Predicts the class with the largest score.
    pub fn new() -> Self {
        Self { reading: Reading::Largest, share: Share::new() }
    }

    /// For two classes, if the output has one score for each sample and the target has its shape: class 1 is above the
    /// `threshold`, which is 0 for logits and 0.5 for probabilities.
    pub fn binary(threshold: f64) -> Self {
        Self { reading: Reading::Above(threshold), ..Self::new() }
    }

    /// Ignores samples of this class, such as padding (-100, as in [`CrossEntropy`](crate::loss::CrossEntropy)).
    pub fn ignore_index(self, class: i64) -> Self {
        Self { share: self.share.ignore_index(class), ..self }
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
        self.share.add(&predicted.f_eq_tensor(&target)?, &target)
    }

    fn compute(&self) -> f64 {
        self.share.compute()
    }

    fn state(&self) -> Vec<f64> {
        self.share.state()
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        if self.share.load_state(state) { Ok(()) } else { Err(other_state(self)) }
    }

    fn reset(&mut self) {
        self.share.reset();
    }
}
