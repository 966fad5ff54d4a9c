//! Up, and then far down.

use std::f64::consts::PI;

use super::Schedule;
use super::check::{check, check_factor, check_steps};
use crate::Error;

/// From a small learning rate up to that which the optimizer was built with, and down to nearly nothing, while the
/// momentum goes down and up (Smith & Topin, 2018), like `torch.optim.lr_scheduler.OneCycleLR`. A cycle is counted in
/// batches; after it the learning rate stays.
///
/// ```
/// use nn_runtime::schedule::{OneCycle, Schedule};
///
/// let schedule = OneCycle::new(100).pct_start(0.25);
/// assert!((schedule.learning_rate(0.1, 0) - 0.1 / 25.0).abs() < 1e-12);
/// assert_eq!(schedule.learning_rate(0.1, 24), 0.1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycle {
    steps: usize,
    pct_start: f64,
    linear: bool,
    momentum: Option<(f64, f64)>,
    div_factor: f64,
    final_div_factor: f64,
    three_phase: bool,
}

impl OneCycle {
    /// Of so many steps, with PyTorch's defaults.
    pub fn new(steps: usize) -> Self {
        let momentum = Some((0.85, 0.95));
        Self {
            steps,
            pct_start: 0.3,
            linear: false,
            momentum,
            div_factor: 25.0,
            final_div_factor: 1e4,
            three_phase: false,
        }
    }

    /// The fraction of the steps in which the learning rate goes up (0.3).
    pub fn pct_start(self, pct_start: f64) -> Self {
        Self { pct_start, ..self }
    }

    /// Along lines and not along cosines.
    pub fn linear(self) -> Self {
        Self { linear: true, ..self }
    }

    /// Between which two values the momentum goes (0.85, 0.95).
    pub fn momentum(self, base: f64, max: f64) -> Self {
        Self { momentum: Some((base, max)), ..self }
    }

    /// Leaves the momentum as it is.
    pub fn keep_momentum(self) -> Self {
        Self { momentum: None, ..self }
    }

    /// What the learning rate is divided by at the start (25).
    pub fn div_factor(self, div_factor: f64) -> Self {
        Self { div_factor, ..self }
    }

    /// What the learning rate of the start is divided by at the end (1e4).
    pub fn final_div_factor(self, final_div_factor: f64) -> Self {
        Self { final_div_factor, ..self }
    }

    /// Goes down to the learning rate of the start as fast as it went up, and only then to that of the end.
    pub fn three_phase(self) -> Self {
        Self { three_phase: true, ..self }
    }

    /// The steps at which phases end.
    fn ends(&self) -> Vec<f64> {
        let (up, last) = (self.pct_start * self.steps as f64, self.steps as f64 - 1.0);
        if self.three_phase { vec![up - 1.0, 2.0 * up - 2.0, last] } else { vec![up - 1.0, last] }
    }

    /// Where `step` is on a way with these values at the start and at the ends of three phases; the third is left out
    /// where there are two.
    fn along(&self, [start, up, down, end]: [f64; 4], step: usize) -> f64 {
        let values = if self.three_phase { vec![start, up, down, end] } else { vec![start, up, end] };
        let (ends, step) = (self.ends(), (step as f64).min(self.steps as f64 - 1.0));
        let phase = ends.iter().position(|&end| step <= end).unwrap_or(ends.len() - 1);
        let start = if phase == 0 { 0.0 } else { ends[phase - 1] };
        let done = (step - start) / (ends[phase] - start);
        let (from, to) = (values[phase], values[phase + 1]);
        if self.linear { (to - from) * done + from } else { to + (from - to) / 2.0 * ((PI * done).cos() + 1.0) }
    }
}

impl Schedule for OneCycle {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        let start = initial / self.div_factor;
        let end = start / self.final_div_factor;
        self.along([start, initial, start, end], step)
    }

    fn momentum(&self, step: usize) -> Option<f64> {
        let (base, max) = self.momentum?;
        Some(self.along([max, base, max, max], step))
    }

    fn check(&self) -> Result<(), Error> {
        check_steps("OneCycle", "steps", self.steps)?;
        check_factor("OneCycle", "div_factor", self.div_factor)?;
        check_factor("OneCycle", "final_div_factor", self.final_div_factor)?;
        // A phase without a step has no way to be on.
        let bounds: Vec<f64> = [0.0].into_iter().chain(self.ends()).collect();
        let expected = "such that each phase has more than a step";
        check("OneCycle", "pct_start", self.pct_start, expected, |_| bounds.is_sorted_by(|a, b| a < b))
    }
}
