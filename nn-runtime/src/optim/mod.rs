//! Optimizers, which update the parameters after each batch.
//!
//! Names, defaults and steps are PyTorch's, with fused kernels for SGD, Adam, AdamW and Adagrad.
//!
//! ```
//! use nn_runtime::init::{Init, parameter};
//! use nn_runtime::optim::{AdamW, Optimizer};
//! use tch::{Device, Kind, nn};
//!
//! let vs = nn::VarStore::new(Device::Cpu);
//! let weight = parameter(&(vs.root() / "fc"), "weight", &[10, 84], Init::KaimingUniform);
//! let bias = parameter(&(vs.root() / "fc"), "bias", &[10], Init::Constant(0.0));
//!
//! let mut optimizer = AdamW::new(1e-3).weight_decay(0.05).exclude("*.bias").build(&vs)?;
//! let loss = (weight.sum(Kind::Float) + bias.sum(Kind::Float)).square();
//! optimizer.backward_step(&loss)?;
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod adagrad;
mod adam;
mod builder;
mod clip;
pub(crate) mod options;
mod rmsprop;
mod rule;
mod sgd;
mod stepper;

use tch::Tensor;

use crate::{Error, State, native};
pub use adagrad::Adagrad;
pub use adam::{Adam, AdamRule, AdamW};
pub use builder::Builder;
pub use clip::{clip_grad_norm, clip_grad_value};
pub use options::Options;
pub use rmsprop::RmsProp;
pub use rule::{Batch, Rule};
pub use sgd::Sgd;
pub use stepper::Stepper;

/// Updates the parameters of a `VarStore` from their gradients.
///
/// The optimizers of this module implement it. Write your own algorithm as a [`Rule`], which gets parameter groups and
/// saved state for free.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer",
    label = "expected an optimizer",
    note = "build the optimizer for a `VarStore` from its settings: `optim::AdamW::new(1e-3).build(&vs)?`"
)]
pub trait Optimizer {
    /// Returns the optimizer's name in error messages, such as `AdamW`.
    fn name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }

    /// Updates each parameter that has a gradient.
    ///
    /// # Errors
    /// If no parameter has one, or libtorch fails.
    fn step(&mut self) -> Result<(), Error>;

    /// Returns the parameters and their names, in alphabetical order.
    fn parameters(&self) -> Vec<(&str, &Tensor)>;

    /// Returns the learning rate of each group; the first group holds the parameters that no pattern matches.
    fn learning_rates(&self) -> Vec<f64>;

    /// Sets the learning rate of each group to `rate` of the one that it was built with.
    fn set_learning_rates(&mut self, rate: &dyn Fn(f64) -> f64);

    /// Sets the momentum, or Adam's first beta, of all groups.
    ///
    /// # Errors
    /// If the optimizer has no momentum.
    fn set_momentum(&mut self, momentum: f64) -> Result<(), Error>;

    /// Returns copies of everything that the next step depends on, except parameters and settings: tensors named after
    /// their parameters, such as `fc.weight.exp_avg`, and the learning rates.
    fn state(&self) -> State;

    /// Restores a state saved by an optimizer with the same settings for the same network.
    ///
    /// # Errors
    /// If another optimizer saved it. The error then lists all differences, and nothing changes.
    fn load_state(&mut self, state: &State) -> Result<(), Error>;

    /// Removes all gradients, as PyTorch does: a parameter that the next loss does not use is then not updated.
    ///
    /// # Errors
    /// If libtorch fails.
    fn zero_grad(&mut self) -> Result<(), Error> {
        native::clear_gradients(&tensors(self))
    }

    /// Scales all gradients by one factor so that their norm is at most `max_norm`, and returns the norm before that;
    /// see [`clip_grad_norm`].
    ///
    /// # Errors
    /// If libtorch fails.
    fn clip_grad_norm(&mut self, max_norm: f64) -> Result<Tensor, Error> {
        clip_grad_norm(&tensors(self), max_norm, 2.0)
    }

    /// Clamps every element of the gradients to `-max_value..=max_value`; see [`clip_grad_value`].
    ///
    /// # Errors
    /// If libtorch fails.
    fn clip_grad_value(&mut self, max_value: f64) -> Result<(), Error> {
        clip_grad_value(&tensors(self), max_value)
    }

    /// Does one complete step for `loss`: `zero_grad`, `backward`, `step`.
    ///
    /// # Errors
    /// If `loss` is not a single number that depends on a parameter, or libtorch fails.
    fn backward_step(&mut self, loss: &Tensor) -> Result<(), Error> {
        self.zero_grad()?;
        loss.f_backward()?;
        self.step()
    }
}

/// The parameters without their names.
fn tensors(optimizer: &(impl Optimizer + ?Sized)) -> Vec<&Tensor> {
    optimizer.parameters().into_iter().map(|(_, parameter)| parameter).collect()
}

#[cfg(test)]
mod tests;
