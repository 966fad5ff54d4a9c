//! Callbacks, which observe a training run and may stop it.

use std::ops::ControlFlow;

use super::{Epoch, History, Scores};
use crate::Error;

/// Receives the events of a run. Every method is optional.
///
/// ```
/// use std::ops::ControlFlow;
/// use nn_runtime::Error;
/// use nn_runtime::train::{Callback, Epoch};
///
/// /// Ends the run as soon as the network is good enough.
/// struct Until(f64);
///
/// impl Callback for Until {
///     fn epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
///         let reached = epoch.scores.get("val_accuracy").is_some_and(|accuracy| accuracy >= self.0);
///         Ok(if reached { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
///     }
/// }
/// ```
///
/// # Errors
/// An error from a callback stops the run, which returns it.
pub trait Callback {
    /// Called before the first batch.
    fn begin(&mut self, _plan: &Plan) -> Result<(), Error> {
        Ok(())
    }

    /// Called after each batch.
    fn batch(&mut self, _batch: &BatchEnd) -> Result<(), Error> {
        Ok(())
    }

    /// Called after each epoch, its validation and its checkpoint. `Break` stops the run.
    fn epoch(&mut self, _epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        Ok(ControlFlow::Continue(()))
    }

    /// Called when the user should know something, but the run continues: it resumes from a checkpoint, or skipped a
    /// damaged one.
    fn notice(&mut self, _text: &str) {}

    /// Called after the last epoch.
    fn end(&mut self, _history: &History) -> Result<(), Error> {
        Ok(())
    }
}

/// The plan of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The total number of epochs.
    pub epochs: usize,
    /// The number of batches in an epoch.
    pub batches: usize,
    /// The number of epochs done before, if the run was resumed.
    pub epochs_done: usize,
}

/// A training batch that is done.
pub struct BatchEnd<'a> {
    /// The epoch's number, from 1.
    pub epoch: usize,
    /// The batch's number in the epoch, from 1.
    pub batch: usize,
    /// The number of batches in the epoch.
    pub batches: usize,
    /// The number of optimizer steps since the run began.
    pub steps: usize,
    /// The loss of this batch.
    pub loss: f64,
    /// The learning rate of the next step.
    pub learning_rate: f64,
    pub(super) scores: &'a dyn Fn() -> Scores,
}

impl BatchEnd<'_> {
    /// Computes the mean loss and the metrics of the epoch so far, so call it only when you show them.
    pub fn scores(&self) -> Scores {
        (self.scores)()
    }
}

/// A function that is called after each epoch.
pub(super) struct OnEpoch<F>(pub F);

impl<F: FnMut(&Epoch)> Callback for OnEpoch<F> {
    fn epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        (self.0)(epoch);
        Ok(ControlFlow::Continue(()))
    }
}
