//! Optimizers: what moves the parameters after each batch.
//!
//! Each is PyTorch's, step for step, with its names, defaults and fused kernels.
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

/// What moves the parameters of a `VarStore` against their gradients.
///
/// The optimizers of this module come with it; an algorithm of your own is best written as a [`Rule`], which gets groups
/// and saved state for nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no optimizer",
    label = "an optimizer is wanted here",
    note = "settings become an optimizer over the parameters of a `VarStore`: `optim::AdamW::new(1e-3).build(&vs)?`"
)]
pub trait Optimizer {
    /// Moves each parameter that has a gradient.
    ///
    /// # Errors
    /// If libtorch fails.
    fn step(&mut self) -> Result<(), Error>;

    /// The parameters and their names, in alphabetical order.
    fn parameters(&self) -> Vec<(&str, &Tensor)>;

    /// The learning rate of each group; the first is that of the parameters that no pattern matches.
    fn learning_rates(&self) -> Vec<f64>;

    /// Sets the learning rate of each group to what `rate` makes of the one that it was built with.
    fn set_learning_rates(&mut self, rate: &dyn Fn(f64) -> f64);

    /// Sets the momentum, or Adam's first beta, of all groups.
    ///
    /// # Errors
    /// If the optimizer has no momentum.
    fn set_momentum(&mut self, momentum: f64) -> Result<(), Error>;

    /// All that the next step depends on, but for the parameters and the settings: tensors named after their parameters,
    /// `fc.weight.exp_avg`, and the learning rates. They are copies.
    fn state(&self) -> State;

    /// Goes on from a state saved by an optimizer with the same settings over the same network.
    ///
    /// # Errors
    /// If it was saved by another, in which case the error lists all differences and nothing is changed.
    fn load_state(&mut self, state: &State) -> Result<(), Error>;

    /// Sets all gradients to none, as PyTorch does: a parameter that the next loss does not use is not moved.
    ///
    /// # Errors
    /// If libtorch fails.
    fn zero_grad(&mut self) -> Result<(), Error> {
        native::clear_gradients(&tensors(self))
    }

    /// Scales all gradients down by one factor so that their norm is at most `max_norm`, and returns what it was; see
    /// [`clip_grad_norm`].
    ///
    /// # Errors
    /// If libtorch fails.
    fn clip_grad_norm(&mut self, max_norm: f64) -> Result<Tensor, Error> {
        clip_grad_norm(&tensors(self), max_norm, 2.0)
    }

    /// Brings every element of the gradients between `-max_value` and `max_value`; see [`clip_grad_value`].
    ///
    /// # Errors
    /// If libtorch fails.
    fn clip_grad_value(&mut self, max_value: f64) -> Result<(), Error> {
        clip_grad_value(&tensors(self), max_value)
    }

    /// One step down the gradient of `loss` alone: `zero_grad`, `backward`, `step`.
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
