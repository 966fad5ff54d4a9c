//! Checkpoints: everything needed to resume a run.
//!
//! A checkpoint is a safetensors file. Weights have their own names, so that every reader of the format finds them; the
//! names of other tensors begin with what they belong to, such as `optimizer/`.

mod best;
mod file;
mod folder;

use std::path::Path;

use tch::Tensor;

use super::run::RunState;
use super::{TrainError, Trainer};
use crate::schedule::Scheduler;
use crate::state::specs;
use crate::weights::{Mismatch, Saved};
use crate::{Error, State, native};
pub(super) use best::Best;
pub use folder::Checkpoints;
pub(super) use folder::Found;

const OPTIMIZER: &str = "optimizer/";
const SCHEDULE: &str = "schedule/";
const RANDOM: &str = "random/";
const METRICS: &str = "metrics/";

impl<B> Trainer<'_, B> {
    /// All tensors that the next step depends on, and those of the metrics in the middle of an epoch.
    pub(super) fn state(&self, run: &RunState) -> Result<State, Error> {
        let mut state: State = self.vs.variables().into_iter().collect();
        extend(&mut state, OPTIMIZER, self.optimizer.state());
        extend(&mut state, SCHEDULE, self.scheduler.as_ref().map(Scheduler::state).unwrap_or_default());
        extend(&mut state, RANDOM, native::random_state(self.vs.device())?);
        if run.batch > 0 {
            let seen = self.metrics.iter().map(|metric| (metric.name(), Tensor::from_slice(&metric.state())));
            extend(&mut state, METRICS, seen.collect());
        }
        Ok(state)
    }

    /// Restores everything that [`state`](Self::state) saved.
    ///
    /// # Errors
    /// If it was saved by another network, optimizer, schedule or metric. The network is then unchanged.
    pub(super) fn load_state(&mut self, path: &Path, run: &RunState, mut state: State) -> Result<(), Error> {
        let [optimizer, schedule, random] = [OPTIMIZER, SCHEDULE, RANDOM].map(|prefix| take(&mut state, prefix));
        let metrics = take(&mut state, METRICS);
        let variables: State = self.vs.variables().into_iter().collect();
        Mismatch::check(Saved::Checkpoint(path.into()), &specs(&variables), &specs(&state))?;
        let name = self.optimizer.name();
        self.optimizer.load_state(&optimizer).map_err(|error| match error {
            Error::Mismatch(_) if !run.optimizer.is_empty() && run.optimizer != name => {
                TrainError::OtherOptimizer { path: path.into(), saved: run.optimizer.clone(), found: name }.into()
            }
            error => in_checkpoint(error, path),
        })?;
        match &mut self.scheduler {
            Some(scheduler) if !schedule.is_empty() => {
                let loaded = scheduler.load_state(&schedule, &mut *self.optimizer);
                loaded.map_err(|error| in_checkpoint(error, path))?;
            }
            None if schedule.is_empty() => {}
            _ => return Err(TrainError::OtherSchedule { path: path.into(), saved: !schedule.is_empty() }.into()),
        }
        for metric in self.metrics.iter_mut().filter(|_| run.batch > 0) {
            match metrics.get(&metric.name()) {
                Some(seen) => metric.load_state(&Vec::<f64>::try_from(seen)?)?,
                None => return Err(TrainError::OtherMetric { metric: metric.name() }.into()),
            }
        }
        best::copy(&state, self.vs)?;
        native::set_random_state(&random, self.vs.device())
    }
}

/// An error of a state, with the file that the state is in.
fn in_checkpoint(error: Error, path: &Path) -> Error {
    match error {
        Error::Mismatch(mismatch) => mismatch.in_checkpoint(path).into(),
        error => error,
    }
}

/// Adds the tensors of a part, with `prefix` before their names.
fn extend(state: &mut State, prefix: &str, part: State) {
    state.extend(part.into_iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor)));
}

/// Removes the tensors whose names begin with `prefix`, and returns them under their names without it.
fn take(state: &mut State, prefix: &str) -> State {
    let taken = state.extract_if(.., |name, _| name.starts_with(prefix));
    taken.map(|(name, tensor)| (name[prefix.len()..].to_owned(), tensor)).collect()
}
