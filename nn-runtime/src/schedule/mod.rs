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

mod cosine;
mod scheduler;

use crate::{Error, State};
pub use cosine::Cosine;
pub use scheduler::Scheduler;

/// The course of a learning rate.
pub trait Schedule {
    /// The learning rate after `step` steps or epochs of a group whose optimizer was built with `initial`.
    fn learning_rate(&self, initial: f64, step: u64) -> f64;

    /// The momentum after `step` steps, where the schedule changes it too.
    fn momentum(&self, _step: u64) -> Option<f64> {
        None
    }

    /// Hears what was measured, such as the validation loss, before each step.
    fn observe(&mut self, _measured: f64) {}

    /// What it remembers of what it heard.
    fn state(&self) -> State {
        State::new()
    }

    /// Goes on from what it remembered.
    ///
    /// # Errors
    /// If another schedule saved it.
    fn load_state(&mut self, _state: &State) -> Result<(), Error> {
        Ok(())
    }
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn learning_rate(&self, initial: f64, step: u64) -> f64 {
        (**self).learning_rate(initial, step)
    }

    fn momentum(&self, step: u64) -> Option<f64> {
        (**self).momentum(step)
    }

    fn observe(&mut self, measured: f64) {
        (**self).observe(measured);
    }

    fn state(&self) -> State {
        (**self).state()
    }

    fn load_state(&mut self, state: &State) -> Result<(), Error> {
        (**self).load_state(state)
    }
}
