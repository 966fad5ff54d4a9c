//! Cosine annealing with restarts.

use super::check::{check_rate, check_steps};
use super::{Cosine, Schedule};
use crate::Error;

/// Decreases the learning rate along half a cosine, restarts at its initial value, and decreases it again (Loshchilov &
/// Hutter, 2017), like `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`.
///
/// ```
/// use nn_runtime::schedule::{CosineWarmRestarts, Schedule};
///
/// let schedule = CosineWarmRestarts::new(10).t_mult(2);
/// assert_eq!([10, 30, 70].map(|step| schedule.learning_rate(0.1, step)), [0.1; 3]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineWarmRestarts {
    steps: usize,
    t_mult: usize,
    eta_min: f64,
}

impl CosineWarmRestarts {
    /// Restarts every `steps`.
    pub fn new(steps: usize) -> Self {
        Self { steps, t_mult: 1, eta_min: 0.0 }
    }

    /// Sets how much longer each cycle is than the one before (1); PyTorch's `T_mult`.
    pub fn t_mult(self, t_mult: usize) -> Self {
        Self { t_mult, ..self }
    }

    /// Sets the learning rate at the end of each cycle (0).
    pub fn eta_min(self, eta_min: f64) -> Self {
        Self { eta_min, ..self }
    }
}

impl Schedule for CosineWarmRestarts {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        let (mut step, mut length) = (step, self.steps);
        if self.t_mult == 1 {
            step %= length;
        }
        while step >= length {
            step -= length;
            length = length.saturating_mul(self.t_mult);
        }
        Cosine::new(length).eta_min(self.eta_min).learning_rate(initial, step)
    }

    fn check(&self) -> Result<(), Error> {
        check_steps("CosineWarmRestarts", "steps", self.steps)?;
        check_steps("CosineWarmRestarts", "t_mult", self.t_mult)?;
        check_rate("CosineWarmRestarts", "eta_min", self.eta_min)
    }
}
