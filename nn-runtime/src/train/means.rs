//! Means over the batches of an epoch.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use super::{Scores, Step, TrainError};
use crate::Error;
use crate::metrics::Metric;

/// Means of the loss and of further values, weighted by the samples of each batch that has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Means {
    sums: IndexMap<String, Sum>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sum {
    sum: f64,
    samples: usize,
}

/// The name of the loss among the measured values.
pub const LOSS: &str = "loss";

impl Means {
    /// Adds a batch with this number of samples, and returns its loss.
    pub fn add(&mut self, step: &Step, samples: usize) -> Result<f64, Error> {
        let loss = number(LOSS, &step.loss)?;
        self.put(LOSS, loss, samples);
        for (name, value) in &step.values {
            let value = number(name, value)?;
            self.put(name, value, samples);
        }
        Ok(loss)
    }

    fn put(&mut self, name: &str, value: f64, samples: usize) {
        let mean = self.sums.entry(name.to_owned()).or_default();
        mean.sum += value * samples as f64;
        mean.samples += samples;
    }

    /// The means, followed by the metrics.
    pub fn scores(&self, metrics: &[Box<dyn Metric + '_>]) -> Scores {
        let mut scores = Scores::default();
        scores.extend(self.sums.iter().map(|(name, mean)| (name.clone(), mean.sum / mean.samples as f64)));
        scores.extend(metrics.iter().map(|metric| (metric.name(), metric.compute())));
        scores
    }
}

/// The value of a tensor that must be a single number, on any device.
fn number(name: &str, tensor: &Tensor) -> Result<f64, Error> {
    match tensor.numel() {
        1 => Ok(tensor.to_kind(Kind::Double).f_double_value(&[])?),
        _ => Err(TrainError::NotANumber { name: name.to_owned(), shape: tensor.size() }.into()),
    }
}

/// Updates the metrics with a batch.
pub fn update(metrics: &mut [Box<dyn Metric + '_>], step: &Step) -> Result<(), Error> {
    check_names(metrics, step)?;
    let Some(first) = metrics.first() else { return Ok(()) };
    let Some((output, target)) = &step.compared else {
        return Err(TrainError::NothingToCompare { metric: first.name() }.into());
    };
    tch::no_grad(|| metrics.iter_mut().try_for_each(|metric| metric.update(output, target)))
}

/// Checks that all names differ.
fn check_names(metrics: &[Box<dyn Metric + '_>], step: &Step) -> Result<(), Error> {
    let mut names = BTreeSet::from([LOSS.to_owned()]);
    let values = step.values.iter().map(|(name, _)| name.clone());
    match values.chain(metrics.iter().map(|metric| metric.name())).find(|name| !names.insert(name.clone())) {
        Some(name) => Err(TrainError::SameName { name }.into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Accuracy, F1};

    fn step(loss: f64) -> Step {
        Step::new(Tensor::from(loss))
    }

    #[test]
    fn a_value_of_some_batches_is_averaged_over_those() {
        let mut means = Means::default();
        means.add(&step(1.0).value("penalty", &Tensor::from(6.0)), 1).unwrap();
        means.add(&step(2.0), 3).unwrap();
        let scores = means.scores(&[]);
        assert_eq!((scores.get("loss"), scores.get("penalty")), (Some(1.75), Some(6.0)));
    }

    #[test]
    fn two_values_cannot_have_the_same_name() {
        let number = Tensor::from(0.5);
        let mut metrics: Vec<Box<dyn Metric>> = vec![Box::new(Accuracy::new()), Box::new(F1::new(2))];
        let compared = || step(0.5).compare(Tensor::zeros([1, 2], tch::kind::FLOAT_CPU), Tensor::from_slice(&[0i64]));
        update(&mut metrics, &compared().value("penalty", &number)).unwrap();
        for name in ["loss", "accuracy"] {
            let error = update(&mut metrics, &compared().value(name, &number)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("two measured values are called `{name}`")), "{error}");
        }
        metrics.push(Box::new(F1::new(2)));
        let error = update(&mut metrics, &compared()).unwrap_err().to_string();
        assert!(error.starts_with("two measured values are called `f1`"), "{error}");
        metrics.pop();
        metrics.push(Box::new(F1::new(2).named("other")));
        update(&mut metrics, &compared()).unwrap();
    }
}
