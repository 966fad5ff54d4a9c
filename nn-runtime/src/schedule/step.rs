//! Decay by a factor every few steps.

use super::Schedule;
use super::check::{check_factor, check_steps};
use crate::Error;

/// Multiplies the learning rate by `gamma` every `size` steps, like `torch.optim.lr_scheduler.StepLR`.
///
/// ```
/// use nn_runtime::schedule::{Schedule, Step};
///
/// assert_eq!(Step::new(30).gamma(0.5).learning_rate(1.0, 65), 0.25);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    size: usize,
    gamma: f64,
}

impl Step {
    /// Decays every `size` steps.
    pub fn new(size: usize) -> Self {
        Self { size, gamma: 0.1 }
    }

    /// Sets the factor (0.1).
    pub fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }
}

impl Schedule for Step {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * self.gamma.powf((step / self.size) as f64)
    }

    fn check(&self) -> Result<(), Error> {
        check_steps("Step", "size", self.size)?;
        check_factor("Step", "gamma", self.gamma)
    }
}
