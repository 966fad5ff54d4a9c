//! Metrics with custom names.

use tch::Tensor;

use super::Metric;
use crate::Error;

/// A metric under another name: [`Metric::named`].
///
/// ```
/// use nn_runtime::metrics::{Average, F1, Metric};
///
/// let each_class_alike = F1::new(10);
/// let each_sample_alike = F1::new(10).average(Average::Micro).named("f1_micro");
/// assert_eq!([each_class_alike.name(), each_sample_alike.name()], ["f1", "f1_micro"]);
/// ```
#[derive(Debug, Clone)]
pub struct Named<M> {
    pub(super) name: String,
    pub(super) metric: M,
}

impl<M: Metric> Metric for Named<M> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        self.metric.update(output, target)
    }

    fn compute(&self) -> f64 {
        self.metric.compute()
    }

    fn reset(&mut self) {
        self.metric.reset();
    }

    fn state(&self) -> Vec<f64> {
        self.metric.state()
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        self.metric.load_state(state)
    }

    fn more_is_better(&self) -> bool {
        self.metric.more_is_better()
    }
}
