//! Down along a cosine.

use std::f64::consts::PI;

use super::Schedule;

/// From the initial learning rate down to `minimum` along half a cosine (Loshchilov & Hutter, 2017), as
/// `torch.optim.lr_scheduler.CosineAnnealingLR`; after `steps` it goes up again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cosine {
    steps: u64,
    minimum: f64,
}

impl Cosine {
    /// Reaches 0 after `steps`.
    ///
    /// # Panics
    /// If `steps` is 0.
    #[track_caller]
    pub fn new(steps: u64) -> Self {
        assert!(steps > 0, "a schedule takes at least 1 step, not 0");
        Self { steps, minimum: 0.0 }
    }

    /// The learning rate at the end (0).
    pub fn minimum(self, minimum: f64) -> Self {
        Self { minimum, ..self }
    }
}

impl Schedule for Cosine {
    fn learning_rate(&self, initial: f64, step: u64) -> f64 {
        let turn = PI * step as f64 / self.steps as f64;
        self.minimum + (initial - self.minimum) * (1.0 + turn.cos()) / 2.0
    }
}
