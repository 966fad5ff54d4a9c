//! The choice of the best epoch.

use super::{Epoch, History, TrainError};
use crate::Error;
use crate::schedule::Mode;

/// A value by which epochs are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    pub name: String,
    /// Which values are better, if that is known. By default, smaller ones.
    pub mode: Option<Mode>,
}

impl Monitor {
    /// The value in this epoch.
    pub fn value(&self, epoch: &Epoch) -> Result<f64, Error> {
        epoch.scores.get(&self.name).ok_or_else(|| {
            let measured: Vec<&str> = epoch.scores.iter().map(|(name, _)| name).collect();
            TrainError::NotMeasured { name: self.name.clone(), measured: measured.join(", ") }.into()
        })
    }

    /// The number of the best epoch, the first of equal ones; `None` if all are NaN.
    pub fn best(&self, history: &History) -> Option<usize> {
        let better = |value: f64, than: f64| if self.mode == Some(Mode::Max) { value > than } else { value < than };
        let values = history.values(&self.name).into_iter().filter(|(_, value)| !value.is_nan());
        values.reduce(|best, next| if better(next.1, best.1) { next } else { best }).map(|(epoch, _)| epoch)
    }

    /// How many epochs ago the best one was.
    pub fn epochs_since_best(&self, history: &History) -> usize {
        history.epochs().len() - self.best(history).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Scores;

    fn history(values: &[f64]) -> History {
        let mut history = History::default();
        for (index, value) in values.iter().enumerate() {
            let mut scores = Scores::default();
            scores.insert("val_loss", *value);
            history.push(Epoch { epoch: index + 1, steps: 0, learning_rate: 0.0, seconds: 0.0, scores });
        }
        history
    }

    #[test]
    fn the_first_of_equal_epochs_is_the_best_and_nan_never_is() {
        let mut monitor = Monitor { name: "val_loss".to_owned(), mode: None };
        assert_eq!(monitor.best(&history(&[f64::NAN, 2.0, 1.0, 1.0, 3.0])), Some(3));
        assert_eq!(monitor.epochs_since_best(&history(&[f64::NAN, 2.0, 1.0, 1.0, 3.0])), 2);
        assert_eq!(monitor.epochs_since_best(&history(&[f64::NAN, f64::NAN])), 2);
        monitor.mode = Some(Mode::Max);
        assert_eq!(monitor.best(&history(&[f64::NAN, 2.0, 1.0, 3.0, f64::INFINITY])), Some(5));
    }
}
