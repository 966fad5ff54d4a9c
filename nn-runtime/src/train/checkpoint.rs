//! Everything needed to go on with a run, in one file.

mod best;
mod file;
mod folder;

use std::path::Path;

use tch::nn::VarStore;

use super::run::RunState;
use crate::optim::Optimizer;
use crate::schedule::{Schedule, Scheduler};
use crate::state::specs;
use crate::weights::{Mismatch, Saved};
use crate::{Error, State, native};
pub(super) use best::Best;
pub use folder::Checkpoints;

/// What a run is made of between two steps.
///
/// The file is one of safetensors: the weights have their own names, so that every reader of the format finds them, and the
/// names of the other tensors begin with what they belong to, `optimizer/`.
#[derive(Debug)]
pub struct Checkpoint {
    tensors: State,
    run: RunState,
}

const OPTIMIZER: &str = "optimizer/";
const SCHEDULE: &str = "schedule/";
const RANDOM: &str = "random/";

impl Checkpoint {
    pub fn of<'a>(
        vs: &VarStore,
        optimizer: &(dyn Optimizer + 'a),
        scheduler: Option<&Scheduler<Box<dyn Schedule + 'a>>>,
        run: &RunState,
    ) -> Result<Self, Error> {
        let schedule = scheduler.map(Scheduler::state).unwrap_or_default();
        let parts =
            [(OPTIMIZER, optimizer.state()), (SCHEDULE, schedule), (RANDOM, native::random_state(vs.device())?)];
        let mut tensors: State = vs.variables().into_iter().collect();
        for (prefix, part) in parts {
            tensors.extend(part.into_iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor)));
        }
        Ok(Self { tensors, run: run.clone() })
    }

    /// Puts everything back where it came from.
    ///
    /// # Errors
    /// If it was saved of another network, optimizer or schedule. Nothing of the network is changed then.
    pub fn restore<'a>(
        mut self,
        path: &Path,
        vs: &VarStore,
        optimizer: &mut (dyn Optimizer + 'a),
        scheduler: Option<&mut Scheduler<Box<dyn Schedule + 'a>>>,
    ) -> Result<RunState, Error> {
        let [from_optimizer, from_schedule, random] = [OPTIMIZER, SCHEDULE, RANDOM].map(|prefix| self.take(prefix));
        let variables: State = vs.variables().into_iter().collect();
        Mismatch::check(Saved::Weights(path.into()), &specs(&variables), &specs(&self.tensors))?;
        optimizer.load_state(&from_optimizer)?;
        if let Some(scheduler) = scheduler {
            scheduler.load_state(&from_schedule, optimizer)?;
        }
        best::copy(&self.tensors, vs)?;
        native::set_random_state(&random, vs.device())?;
        Ok(self.run)
    }

    /// Takes out the tensors whose names begin with this, and their names without it.
    fn take(&mut self, prefix: &str) -> State {
        let taken = self.tensors.extract_if(.., |name, _| name.starts_with(prefix));
        taken.map(|(name, tensor)| (name[prefix.len()..].to_owned(), tensor)).collect()
    }

    pub fn write(&self, path: &Path) -> Result<(), Error> {
        file::write(path, &self.run, &self.tensors)
    }

    /// # Errors
    /// If the file is not exactly what [`write`](Self::write) wrote.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let (run, tensors) = file::read(path)?;
        Ok(Self { tensors, run })
    }
}
