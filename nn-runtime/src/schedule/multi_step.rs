//! Decay by a factor at chosen steps.

use super::Schedule;
use super::check::check_factor;
use crate::Error;

/// Multiplies the learning rate by `gamma` at each milestone, like `torch.optim.lr_scheduler.MultiStepLR`.
///
/// ```
/// use nn_runtime::schedule::{MultiStep, Schedule};
///
/// assert_eq!(MultiStep::new([30, 60]).gamma(0.5).learning_rate(1.0, 60), 0.25);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MultiStep {
    milestones: Vec<usize>,
    gamma: f64,
}

impl MultiStep {
    /// Decays after each of these numbers of steps, in any order.
    pub fn new(milestones: impl Into<Vec<usize>>) -> Self {
        Self { milestones: milestones.into(), gamma: 0.1 }
    }

    /// Sets the factor (0.1).
    pub fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }
}

impl Schedule for MultiStep {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        let reached = self.milestones.iter().filter(|&&milestone| milestone <= step).count();
        initial * self.gamma.powf(reached as f64)
    }

    fn check(&self) -> Result<(), Error> {
        check_factor("MultiStep", "gamma", self.gamma)
    }
}
