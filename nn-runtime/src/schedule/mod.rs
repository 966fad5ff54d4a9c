//! Schedules: how the learning rate changes in the course of training.
//!
//! A schedule says which learning rate a step has, or an epoch, whichever you count; a [`Scheduler`] counts.
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

/// What is better of something measured; `mode` in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Less, as of a loss.
    Min,
    /// More, as of accuracy.
    Max,
}

/// The course of a learning rate.
pub trait Schedule {
    /// The learning rate after `step` steps or epochs of a group whose optimizer was built with `initial`.
    fn learning_rate(&self, initial: f64, step: usize) -> f64;

    /// The momentum after `step` steps, where the schedule changes it too.
    fn momentum(&self, _step: usize) -> Option<f64> {
        None
    }

    /// Hears what was measured, such as the validation loss, at the end of a step.
    fn observe(&mut self, _step: usize, _measured: f64) {}

    /// What is better of what it hears, if it goes by that.
    fn mode(&self) -> Option<Mode> {
        None
    }

    /// What it remembers of what it heard.
    fn state(&self) -> State {
        State::new()
    }

    /// Goes on from what it remembered: `state` has the names and shapes of [`Schedule::state`].
    fn load_state(&mut self, _state: &State) {}

    /// Whether its numbers make sense.
    ///
    /// # Errors
    /// If they do not.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// This schedule for `steps`, and then another, which starts anew from the initial learning rate; as
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
