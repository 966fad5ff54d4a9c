//! Linear changes, such as warm-up.

use super::Schedule;
use super::check::{check_factor, check_steps};
use crate::Error;

/// Changes the learning rate linearly from one fraction of its initial value to another, then keeps it, like
/// `torch.optim.lr_scheduler.LinearLR`.
///
/// ```
/// use nn_runtime::schedule::{Cosine, Linear, Schedule};
///
/// // Warm up for 5 epochs, then go down for 95.
/// let schedule = Linear::new(5).then(5, Cosine::new(95));
/// assert_eq!(schedule.learning_rate(1.0, 0), 1.0 / 3.0);
/// assert_eq!(schedule.learning_rate(1.0, 5), 1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    steps: usize,
    from: f64,
    to: f64,
}

impl Linear {
    /// Warms up from a third of the learning rate to all of it in this many steps.
    pub fn new(steps: usize) -> Self {
        Self { steps, from: 1.0 / 3.0, to: 1.0 }
    }

    /// Sets the fraction at the start (1/3).
    pub fn from(self, from: f64) -> Self {
        Self { from, ..self }
    }

    /// Sets the fraction at the end (1).
    pub fn to(self, to: f64) -> Self {
        Self { to, ..self }
    }
}

impl Schedule for Linear {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        let done = step.min(self.steps) as f64 / self.steps as f64;
        initial * (self.from + (self.to - self.from) * done)
    }

    fn check(&self) -> Result<(), Error> {
        check_steps("Linear", "steps", self.steps)?;
        check_factor("Linear", "from", self.from)?;
        check_factor("Linear", "to", self.to)
    }
}
