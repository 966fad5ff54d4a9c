//! The weights of the best epoch.

use tch::nn::VarStore;

use super::{Checkpoints, file};
use crate::state::specs;
use crate::train::run::RunState;
use crate::weights::{Mismatch, Saved};
use crate::{Error, State};

/// The weights of the best epoch, in memory unless there is a checkpoint folder.
#[derive(Debug, Default)]
pub struct Best(Option<State>);

impl Best {
    /// Keeps the current weights of `vs`: in the folder, as a weights file, or in memory if they are wanted.
    pub fn keep(
        &mut self,
        vs: &VarStore,
        run: &RunState,
        checkpoints: Option<&Checkpoints>,
        wanted: bool,
    ) -> Result<(), Error> {
        let variables = vs.variables().into_iter();
        match checkpoints {
            Some(checkpoints) => file::write(&checkpoints.best(), run, &variables.collect())?,
            None if wanted => {
                self.0 = Some(variables.map(|(name, tensor)| (name, tensor.detach().copy())).collect());
            }
            None => {}
        }
        Ok(())
    }

    /// Copies them back to `vs`, if there are any.
    pub fn restore(&self, vs: &VarStore, checkpoints: Option<&Checkpoints>) -> Result<(), Error> {
        match (checkpoints.map(Checkpoints::best), &self.0) {
            (Some(path), _) if path.exists() => {
                let (_, state) = file::read(&path)?;
                let variables: State = vs.variables().into_iter().collect();
                Mismatch::check(Saved::Checkpoint(path.into()), &specs(&variables), &specs(&state))?;
                copy(&state, vs)
            }
            (None, Some(best)) => copy(best, vs),
            _ => Ok(()),
        }
    }
}

/// Copies tensors to those with the same names.
pub fn copy(from: &State, vs: &VarStore) -> Result<(), Error> {
    tch::no_grad(|| {
        vs.variables().into_iter().try_for_each(|(name, mut tensor)| Ok(tensor.f_copy_(&from[&name]).map(drop)?))
    })
}
