//! Means over the batches of an epoch.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use super::{Scores, Step, TrainError};
use crate::Error;
use crate::metrics::Metric;

/// Means of the loss and of further values, weighted by the samples of each batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Means {
    sums: IndexMap<String, f64>,
    samples: usize,
}

impl Means {
    /// Adds a batch of so many samples, and returns its loss.
    pub fn add(&mut self, step: &Step, samples: usize) -> Result<f64, Error> {
        let loss = number("loss", &step.loss)?;
        self.put("loss", loss, samples);
        for (name, value) in &step.values {
            let value = number(name, value)?;
            self.put(name, value, samples);
        }
        self.samples += samples;
        Ok(loss)
    }

    /// Whether there was no batch.
    pub fn is_empty(&self) -> bool {
        self.samples == 0
    }

    fn put(&mut self, name: &str, value: f64, samples: usize) {
        *self.sums.entry(name.to_owned()).or_default() += value * samples as f64;
    }

    /// The means, and then the metrics.
    pub fn scores(&self, metrics: &[Box<dyn Metric + '_>]) -> Scores {
        let mut scores = Scores::default();
        scores.extend(self.sums.iter().map(|(name, sum)| (name.clone(), sum / self.samples as f64)));
        scores.extend(metrics.iter().map(|metric| (metric.name(), metric.compute())));
        scores
    }
}

/// The value of a tensor of one number, wherever it is.
fn number(name: &str, tensor: &Tensor) -> Result<f64, Error> {
    match tensor.numel() {
        1 => Ok(tensor.to_kind(Kind::Double).f_double_value(&[])?),
        _ => Err(TrainError::NotANumber { name: name.to_owned(), shape: tensor.size() }.into()),
    }
}

/// Lets the metrics see a batch.
pub fn update(metrics: &mut [Box<dyn Metric + '_>], step: &Step) -> Result<(), Error> {
    let Some(first) = metrics.first() else { return Ok(()) };
    let Some((output, target)) = &step.compared else {
        return Err(TrainError::NothingToCompare { metric: first.name() }.into());
    };
    tch::no_grad(|| metrics.iter_mut().try_for_each(|metric| metric.update(output, target)))
}
