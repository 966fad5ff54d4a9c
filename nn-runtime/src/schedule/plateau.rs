//! Reduction on a plateau.

use super::check::{check, check_rate};
use super::{Mode, Schedule};
use crate::state::{number, value};
use crate::{Error, State};

/// Multiplies the learning rate by `factor` when what is measured, such as the validation loss, has not improved for
/// more than `patience` epochs, like `torch.optim.lr_scheduler.ReduceLROnPlateau`.
///
/// ```
/// use nn_runtime::schedule::{ReduceOnPlateau, Schedule};
///
/// let mut schedule = ReduceOnPlateau::new().patience(1).factor(0.5);
/// for (epoch, loss) in [0.9, 0.8, 0.8, 0.8].into_iter().enumerate() {
///     schedule.observe(epoch, loss);
/// }
/// assert_eq!(schedule.learning_rate(0.1, 4), 0.05);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReduceOnPlateau {
    factor: f64,
    patience: usize,
    threshold: f64,
    absolute: bool,
    more_is_better: bool,
    cooldown: usize,
    min_lr: f64,
    eps: f64,
    seen: Seen,
}

/// What it remembers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    best: Option<f64>,
    bad: usize,
    cooling: usize,
    reductions: usize,
}

impl ReduceOnPlateau {
    /// Uses PyTorch's defaults, for a loss.
    pub fn new() -> Self {
        let seen = Seen { best: None, bad: 0, cooling: 0, reductions: 0 };
        Self {
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            absolute: false,
            more_is_better: false,
            cooldown: 0,
            min_lr: 0.0,
            eps: 1e-8,
            seen,
        }
    }

    /// Sets the factor, from 0 to less than 1 (0.1).
    pub fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Sets how many epochs without improvement are tolerated (10).
    pub fn patience(self, patience: usize) -> Self {
        Self { patience, ..self }
    }

    /// Sets the fraction of the best value by which a better one must improve (1e-4).
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, absolute: false, ..self }
    }

    /// Sets by how much a better value must improve on the best.
    pub fn absolute_threshold(self, threshold: f64) -> Self {
        Self { threshold, absolute: true, ..self }
    }

    /// Treats larger values as better, as for accuracy.
    pub fn more_is_better(self) -> Self {
        Self { more_is_better: true, ..self }
    }

    /// Sets for how many epochs after a reduction there is no other (0).
    pub fn cooldown(self, cooldown: usize) -> Self {
        Self { cooldown, ..self }
    }

    /// Sets the lowest learning rate (0).
    pub fn min_lr(self, min_lr: f64) -> Self {
        Self { min_lr, ..self }
    }

    /// Sets the smallest reduction; smaller ones are not made (1e-8).
    pub fn eps(self, eps: f64) -> Self {
        Self { eps, ..self }
    }

    fn is_better(&self, measured: f64) -> bool {
        let Some(best) = self.seen.best else { return !measured.is_nan() };
        // Infinity times a factor is still infinity; less a part of it, it would be no number.
        match (self.absolute, self.more_is_better) {
            (true, true) => measured > best + self.threshold,
            (true, false) => measured < best - self.threshold,
            (false, true) => measured > best * (1.0 + self.threshold),
            (false, false) => measured < best * (1.0 - self.threshold),
        }
    }
}

impl Default for ReduceOnPlateau {
    fn default() -> Self {
        Self::new()
    }
}

impl Schedule for ReduceOnPlateau {
    fn learning_rate(&self, initial: f64, _step: usize) -> f64 {
        (0..self.seen.reductions).fold(initial, |rate, _| {
            let reduced = (rate * self.factor).max(self.min_lr);
            if rate - reduced > self.eps { reduced } else { rate }
        })
    }

    fn observe(&mut self, _step: usize, measured: f64) {
        if self.is_better(measured) {
            self.seen.best = Some(measured);
            self.seen.bad = 0;
        } else {
            self.seen.bad += 1;
        }
        if self.seen.cooling > 0 {
            self.seen.cooling -= 1;
            self.seen.bad = 0;
        }
        if self.seen.bad > self.patience {
            self.seen.reductions += 1;
            self.seen.cooling = self.cooldown;
            self.seen.bad = 0;
        }
    }

    fn mode(&self) -> Option<Mode> {
        Some(if self.more_is_better { Mode::Max } else { Mode::Min })
    }

    fn state(&self) -> State {
        let Seen { best, bad, cooling, reductions } = self.seen;
        let numbers = [
            ("best", best.unwrap_or(f64::NAN)),
            ("bad", bad as f64),
            ("cooling", cooling as f64),
            ("reductions", reductions as f64),
        ];
        numbers.map(|(name, value)| (name.to_owned(), number(value))).into()
    }

    fn load_state(&mut self, state: &State) {
        let number = |name| value(&state[name]);
        self.seen = Seen {
            best: Some(number("best")).filter(|best| !best.is_nan()),
            bad: number("bad") as usize,
            cooling: number("cooling") as usize,
            reductions: number("reductions") as usize,
        };
    }

    fn check(&self) -> Result<(), Error> {
        const OF: &str = "ReduceOnPlateau";
        check(OF, "factor", self.factor, "at least 0 and less than 1", |factor| (0.0..1.0).contains(&factor))?;
        check_rate(OF, "threshold", self.threshold)?;
        check_rate(OF, "min_lr", self.min_lr)?;
        check_rate(OF, "eps", self.eps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finite_values_are_better_than_infinite_ones() {
        let mut schedule = ReduceOnPlateau::new().patience(1);
        for (epoch, loss) in [f64::INFINITY, 3.0, 2.0, 1.0].into_iter().enumerate() {
            schedule.observe(epoch, loss);
        }
        assert_eq!(schedule.learning_rate(0.1, 4), 0.1);
    }
}
