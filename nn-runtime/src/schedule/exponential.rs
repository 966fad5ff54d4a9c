//! Exponential decay.

use super::Schedule;
use super::check::check_factor;
use crate::Error;

/// Multiplies the learning rate by `gamma` at every step, like `torch.optim.lr_scheduler.ExponentialLR`.
///
/// ```
/// use nn_runtime::schedule::{Exponential, Schedule};
///
/// assert_eq!(Exponential::new(0.5).learning_rate(1.0, 3), 0.125);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    gamma: f64,
}

impl Exponential {
    /// Multiplies by `gamma`.
    pub fn new(gamma: f64) -> Self {
        Self { gamma }
    }
}

impl Schedule for Exponential {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * self.gamma.powf(step as f64)
    }

    fn check(&self) -> Result<(), Error> {
        check_factor("Exponential", "gamma", self.gamma)
    }
}
