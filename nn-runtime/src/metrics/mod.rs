//! Metrics: what tells a reader how good a network is.
//!
//! They are streaming: `update` with each batch, `compute` at the end, over all that was seen.
//!
//! ```
//! use nn_runtime::metrics::{Accuracy, Metric};
//! use tch::Tensor;
//!
//! let mut accuracy = Accuracy::new();
//! accuracy.update(&Tensor::from_slice2(&[[2.0, 1.0], [0.0, 1.0]]), &Tensor::from_slice(&[0i64, 1]))?;
//! accuracy.update(&Tensor::from_slice2(&[[3.0, 1.0], [3.0, 1.0]]), &Tensor::from_slice(&[0i64, 1]))?;
//! assert_eq!(accuracy.compute(), 0.75);
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod accuracy;
mod auroc;
mod class_score;
mod confusion_matrix;
mod mae;
mod named;
mod prediction;
mod r2;
mod share;
mod top_k;

use tch::Tensor;

use crate::Error;
use crate::train::TrainError;
pub use accuracy::Accuracy;
pub use auroc::Auroc;
pub use class_score::{Average, ClassScore, F1, OfF1, OfPrecision, OfRecall, Precision, Recall, Score};
pub use confusion_matrix::ConfusionMatrix;
pub use mae::Mae;
pub use named::Named;
pub use r2::R2;
pub use top_k::TopK;

/// A number computed over all batches.
pub trait Metric {
    /// What it is called in tables and curves: `accuracy`.
    fn name(&self) -> String;

    /// Takes a batch into account.
    ///
    /// # Errors
    /// If the tensors do not go together; nothing is taken into account then.
    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error>;

    /// Its value over all that was seen since it was made or reset; NaN where that does not say, as before the first
    /// batch.
    fn compute(&self) -> f64;

    /// Forgets all that was seen.
    fn reset(&mut self);

    /// All that was seen, as numbers on which the value depends, so that a run can go on in the middle of an epoch. One that
    /// keeps the default is measured from there on.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Goes on from the [`state`](Self::state) of another of its kind.
    ///
    /// # Errors
    /// If it is not of its kind.
    fn load_state(&mut self, _state: &[f64]) -> Result<(), Error> {
        Ok(())
    }

    /// Whether more is better, as of accuracy, and not less, as of an error.
    fn more_is_better(&self) -> bool {
        true
    }

    /// The same under another name, where two would have one.
    fn named(self, name: impl Into<String>) -> Named<Self>
    where
        Self: Sized,
    {
        Named { name: name.into(), metric: self }
    }
}

/// The error of a state that another metric saved.
fn other_state(metric: &impl Metric) -> Error {
    TrainError::OtherMetric { metric: metric.name() }.into()
}

#[cfg(test)]
mod tests;
