//! Metrics: numbers that tell how good a network is.
//!
//! Metrics are streaming: call `update` with each batch, then `compute` for the value over all of them.
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
    /// Its name in tables and curves: `accuracy`.
    fn name(&self) -> String;

    /// Adds a batch.
    ///
    /// # Errors
    /// If the tensors do not fit together; the batch is then not added.
    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error>;

    /// Returns the value over everything since the metric was created or reset; NaN if there is none, for example
    /// before the first batch.
    fn compute(&self) -> f64;

    /// Resets the metric.
    fn reset(&mut self);

    /// Returns everything seen so far as numbers, so that a run can resume in the middle of an epoch. A metric with
    /// this default measures only from there on.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Restores the [`state`](Self::state) of another metric of the same kind.
    ///
    /// # Errors
    /// If the state is not of the same kind.
    fn load_state(&mut self, _state: &[f64]) -> Result<(), Error> {
        Ok(())
    }

    /// Whether larger values are better, as for accuracy, unlike for an error.
    fn more_is_better(&self) -> bool {
        true
    }

    /// Gives the metric another name, so that two of a kind can be told apart.
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
