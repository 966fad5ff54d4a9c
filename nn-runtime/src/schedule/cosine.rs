//! Cosine annealing.

use std::f64::consts::PI;

use super::Schedule;
use super::check::{check_rate, check_steps};
use crate::Error;

/// Decreases the learning rate from its initial value to `eta_min` along half a cosine (Loshchilov & Hutter, 2017),
/// like `torch.optim.lr_scheduler.CosineAnnealingLR`. After `steps`, it rises again.
///
/// ```
/// use nn_runtime::schedule::{Cosine, Schedule};
///
/// assert_eq!([0, 10].map(|epoch| Cosine::new(10).eta_min(0.01).learning_rate(0.1, epoch)), [0.1, 0.01]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cosine {
    steps: usize,
    eta_min: f64,
}

impl Cosine {
    /// Reaches 0 after `steps`.
    pub fn new(steps: usize) -> Self {
        Self { steps, eta_min: 0.0 }
    }

    /// Sets the final learning rate (0).
    pub fn eta_min(self, eta_min: f64) -> Self {
        Self { eta_min, ..self }
    }
}

impl Schedule for Cosine {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        let turn = PI * step as f64 / self.steps as f64;
        self.eta_min + (initial - self.eta_min) * (1.0 + turn.cos()) / 2.0
    }

    fn check(&self) -> Result<(), Error> {
        check_steps("Cosine", "steps", self.steps)?;
        check_rate("Cosine", "eta_min", self.eta_min)
    }
}
