//! The one-cycle schedule.

use std::f64::consts::PI;

use super::Schedule;
use super::check::{check, check_factor, check_steps};
use crate::Error;

/// Raises the learning rate from a small value to the one that the optimizer was built with, then lowers it to nearly
/// nothing, while the momentum falls and rises (Smith & Topin, 2018), like `torch.optim.lr_scheduler.OneCycleLR`. A
/// cycle is counted in batches; after it the learning rate stays the same.
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
    /// Uses PyTorch's defaults, for a cycle of this many steps.
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

    /// Sets the fraction of the steps in which the learning rate rises (0.3).
    pub fn pct_start(self, pct_start: f64) -> Self {
        Self { pct_start, ..self }
    }

    /// Changes linearly, not along cosines.
    pub fn linear(self) -> Self {
        Self { linear: true, ..self }
    }

    /// Sets the range of the momentum (0.85, 0.95).
    pub fn momentum(self, base: f64, max: f64) -> Self {
        Self { momentum: Some((base, max)), ..self }
    }

    /// Does not change the momentum.
    pub fn keep_momentum(self) -> Self {
        Self { momentum: None, ..self }
    }

    /// Sets the divisor for the initial learning rate (25).
    pub fn div_factor(self, div_factor: f64) -> Self {
        Self { div_factor, ..self }
    }

    /// Sets by what the initial learning rate is divided at the end (1e4).
    pub fn final_div_factor(self, final_div_factor: f64) -> Self {
        Self { final_div_factor, ..self }
    }

    /// Falls back to the initial learning rate as fast as it rose, and only then on to the final one.
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
        // A phase without steps is skipped.
        let bounds: Vec<f64> = [0.0].into_iter().chain(self.ends()).collect();
        let expected = "so large that each phase has more than one step";
        check("OneCycle", "pct_start", self.pct_start, expected, |_| bounds.is_sorted_by(|a, b| a < b))
    }
}
