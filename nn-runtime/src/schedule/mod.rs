//! Schedules, which change the learning rate during training.
//!
//! A schedule gives the learning rate for a step or an epoch, whichever you count; a [`Scheduler`] does the counting.
//!
//! ```
//! use nn_runtime::init::{Init, parameter};
//! use nn_runtime::optim::{Optimizer, Sgd};
//! use nn_runtime::schedule::{Cosine, Scheduler};
//! use tch::{Device, nn};
//!
//! # let vs = nn::VarStore::new(Device::Cpu);
//! # let weight = parameter(&vs.root(), "weight", &[1], Init::Constant(1.0));
//! let mut optimizer = Sgd::new(0.1).build(&vs)?;
//! let mut scheduler = Scheduler::new(Cosine::new(10), &mut optimizer)?;
//! for epoch in 0..10 {
//!     // ... the batches of an epoch
//!     scheduler.step(&mut optimizer)?;
//! }
//! assert_eq!(optimizer.learning_rates(), [0.0]);
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod check;
mod cosine;
mod exponential;
mod lambda;
mod linear;
mod multi_step;
mod one_cycle;
mod plateau;
mod scheduler;
mod step;
mod then;
mod warm_restarts;

use crate::{Error, State};
pub use cosine::Cosine;
pub use exponential::Exponential;
pub use lambda::Lambda;
pub use linear::Linear;
pub use multi_step::MultiStep;
pub use one_cycle::OneCycle;
pub use plateau::ReduceOnPlateau;
pub use scheduler::Scheduler;
pub use step::Step;
pub use then::Then;
pub use warm_restarts::CosineWarmRestarts;

/// Whether smaller or larger measured values are better; `mode` in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Smaller is better, as for a loss.
    Min,
    /// Larger is better, as for accuracy.
    Max,
}

/// The learning rate over time.
pub trait Schedule {
    /// Returns the learning rate after `step` steps or epochs, for a group whose optimizer was built with `initial`.
    fn learning_rate(&self, initial: f64, step: usize) -> f64;

    /// Returns the momentum after `step` steps, if the schedule changes it.
    fn momentum(&self, _step: usize) -> Option<f64> {
        None
    }

    /// Receives what was measured, such as the validation loss, at the end of a step.
    fn observe(&mut self, _step: usize, _measured: f64) {}

    /// Returns which measured values are better, if the schedule depends on them.
    fn mode(&self) -> Option<Mode> {
        None
    }

    /// Returns what it remembers of the measured values.
    fn state(&self) -> State {
        State::new()
    }

    /// Restores what it remembered: `state` has the names and shapes of [`Schedule::state`].
    fn load_state(&mut self, _state: &State) {}

    /// Checks the schedule's numbers.
    ///
    /// # Errors
    /// If a number is invalid.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Follows this schedule for `steps`, then another one, which starts again from the initial learning rate, like
    /// `torch.optim.lr_scheduler.SequentialLR`.
    fn then<S: Schedule>(self, steps: usize, second: S) -> Then<Self, S>
    where
        Self: Sized,
    {
        Then { first: self, steps, second }
    }
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        (**self).learning_rate(initial, step)
    }

    fn momentum(&self, step: usize) -> Option<f64> {
        (**self).momentum(step)
    }

    fn observe(&mut self, step: usize, measured: f64) {
        (**self).observe(step, measured);
    }

    fn mode(&self) -> Option<Mode> {
        (**self).mode()
    }

    fn state(&self) -> State {
        (**self).state()
    }

    fn load_state(&mut self, state: &State) {
        (**self).load_state(state);
    }

    fn check(&self) -> Result<(), Error> {
        (**self).check()
    }
}
