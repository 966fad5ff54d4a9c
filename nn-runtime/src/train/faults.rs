//! Checks of a step, so that a run that trains nothing does not continue.

use tch::{Tensor, nn};

use super::TrainError;
use super::run::RunState;
use crate::data::Batch;
use crate::optim::Optimizer;
use crate::parameters;

/// Checks that a parameter of the optimizer has a gradient: an optimizer built before the network has none.
pub(super) fn check_gradients(vs: &nn::VarStore, optimizer: &dyn Optimizer) -> Result<(), TrainError> {
    let has_gradient = |tensor: &Tensor| tensor.grad().defined();
    let parameters = optimizer.parameters();
    if parameters.iter().any(|(_, parameter)| has_gradient(parameter)) {
        return Ok(());
    }
    let optimizer = parameters.into_iter().map(|(name, _)| name.to_owned()).collect();
    let reached = parameters::all(vs).into_iter().filter(|(_, parameter)| has_gradient(parameter));
    Err(TrainError::OtherGradients { optimizer, reached: reached.map(|(name, _)| name).collect() })
}

/// Why a loss is not finite. The data is checked only now, which costs a good run nothing.
pub(super) fn not_finite(loss: f64, batch: &impl Batch, run: &RunState) -> TrainError {
    let is_finite = |tensor: &&Tensor| !tensor.is_floating_point() || tensor.isfinite().all().int64_value(&[]) == 1;
    let wrong = batch.tensors().iter().position(|tensor| !is_finite(tensor));
    let (epoch, batch, batches) = (run.epoch + 1, run.batch + 1, run.batches);
    match wrong {
        Some(tensor) => TrainError::NotFiniteData { loss, epoch, batch, batches, tensor },
        None => TrainError::NotFinite { loss, epoch, batch, batches },
    }
}
