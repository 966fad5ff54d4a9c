//! What looks on while a network is trained, and may end it.

use std::ops::ControlFlow;

use super::{Epoch, History, Scores};
use crate::Error;

/// What is called in the course of a run. Every method may be left out.
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
/// An error of a callback ends the run and is returned by it.
pub trait Callback {
    /// Before the first batch.
    fn begin(&mut self, _plan: &Plan) -> Result<(), Error> {
        Ok(())
    }

    /// After each batch.
    fn batch(&mut self, _batch: &BatchEnd) -> Result<(), Error> {
        Ok(())
    }

    /// After each epoch, its validation and its checkpoint. `Break` ends the run.
    fn epoch(&mut self, _epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        Ok(ControlFlow::Continue(()))
    }

    /// When something happened that the user should know, and the run goes on: it begins with a checkpoint, or a damaged one
    /// was passed over.
    fn notice(&mut self, _text: &str) {}

    /// After the last epoch.
    fn end(&mut self, _history: &History) -> Result<(), Error> {
        Ok(())
    }
}

/// What a run is going to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many epochs it has in all.
    pub epochs: usize,
    /// How many batches an epoch has.
    pub batches: usize,
    /// How many epochs were done before, where a run is gone on with.
    pub epochs_done: usize,
}

/// A batch that was trained on.
pub struct BatchEnd<'a> {
    /// The epoch's number, from 1.
    pub epoch: usize,
    /// The batch's number in it, from 1.
    pub batch: usize,
    /// How many batches the epoch has.
    pub batches: usize,
    /// The optimizer's steps since the run began.
    pub steps: usize,
    /// The loss of this batch.
    pub loss: f64,
    /// The learning rate of the next step.
    pub learning_rate: f64,
    pub(super) scores: &'a dyn Fn() -> Scores,
}

impl BatchEnd<'_> {
    /// The mean loss and the metrics of the epoch so far. They are computed now: call it when you show them.
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

/// A board shows the loss of every batch, and the scores of every epoch: `loss/train` beside `loss/validation`.
impl Callback for super::TensorBoard {
    fn batch(&mut self, batch: &BatchEnd) -> Result<(), Error> {
        self.scalar("batch/loss", batch.steps, batch.loss)?;
        self.scalar("batch/learning_rate", batch.steps, batch.learning_rate)
    }

    fn epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        for (name, value) in epoch.scores.iter() {
            let tag = match name.strip_prefix("val_") {
                Some(name) => format!("{name}/validation"),
                None => format!("{name}/train"),
            };
            self.scalar(&tag, epoch.epoch, value)?;
        }
        self.flush()?;
        Ok(ControlFlow::Continue(()))
    }
}
