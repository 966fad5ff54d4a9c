//! Mean absolute error.

use tch::{Kind, Tensor};

use super::prediction::numbers;
use super::{Metric, other_state};
use crate::Error;

/// The mean absolute error, like scikit-learn's `mean_absolute_error`. Output and target have the same shape.
///
/// ```
/// use nn_runtime::metrics::{Mae, Metric};
/// use tch::Tensor;
///
/// let mut mae = Mae::new();
/// mae.update(&Tensor::from_slice(&[1.0, 2.0]), &Tensor::from_slice(&[1.5, 4.0]))?;
/// assert_eq!(mae.compute(), 1.25);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Mae {
    sum: f64,
    seen: usize,
}

impl Mae {
    /// Starts without samples.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Metric for Mae {
    fn name(&self) -> String {
        "mae".to_owned()
    }

    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        let (output, target) = numbers("Mae", output, target)?;
        self.sum += (output - &target).abs().sum(Kind::Double).double_value(&[]);
        self.seen += target.numel();
        Ok(())
    }

    fn compute(&self) -> f64 {
        self.sum / self.seen as f64
    }

    fn state(&self) -> Vec<f64> {
        vec![self.sum, self.seen as f64]
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        let &[sum, seen] = state else { return Err(other_state(self)) };
        (self.sum, self.seen) = (sum, seen as usize);
        Ok(())
    }

    fn reset(&mut self) {
        *self = Self::new();
    }

    fn more_is_better(&self) -> bool {
        false
    }
}
