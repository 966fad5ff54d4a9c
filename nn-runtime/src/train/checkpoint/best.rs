//! The weights of the best epoch.

use tch::nn::VarStore;

use super::{Checkpoints, file};
use crate::state::specs;
use crate::train::run::RunState;
use crate::weights::{Mismatch, Saved};
use crate::{Error, State};

/// Holds them in memory where there is no folder for them.
#[derive(Debug, Default)]
pub struct Best(Option<State>);

impl Best {
    /// Keeps the weights that `vs` has now: in the folder, as a file of weights alone, or in memory if they are wanted.
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

    /// Gives them back to `vs`, if there are any.
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

/// Copies tensors to those of the same names.
pub fn copy(from: &State, vs: &VarStore) -> Result<(), Error> {
    tch::no_grad(|| {
        vs.variables().into_iter().try_for_each(|(name, mut tensor)| Ok(tensor.f_copy_(&from[&name]).map(drop)?))
    })
}
