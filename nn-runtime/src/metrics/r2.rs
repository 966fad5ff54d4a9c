//! Explained variance.

use tch::{Device, Kind, Tensor};

use super::prediction::numbers;
use super::{Metric, other_state};
use crate::{Error, Misfit};

/// The coefficient of determination, like scikit-learn's `r2_score`: 1 is perfect, 0 no better than the mean of the targets.
///
/// Output and target have the same shape, `[N]` or `[N, ..]`. The dimensions after the first are separate outputs,
/// whose scores are averaged.
///
/// ```
/// use nn_runtime::metrics::{Metric, R2};
/// use tch::Tensor;
///
/// let mut r2 = R2::new();
/// r2.update(&Tensor::from_slice(&[2.5, 0.0, 2.0, 8.0]), &Tensor::from_slice(&[3.0, -0.5, 2.0, 7.0]))?;
/// assert!((r2.compute() - 0.948608).abs() < 1e-6);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct R2 {
    seen: f64,
    outputs: Vec<Moments>,
}

/// The sums for one output.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    /// The sum of the squared errors.
    residual: f64,
    /// The mean of the targets.
    mean: f64,
    /// The sum of their squared deviations from the mean.
    total: f64,
}

impl R2 {
    /// Starts without samples.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Moments {
    /// Adds the sums of `count` samples to those of `seen` (Chan et al., 1979), which is more precise than sums of squares.
    fn add(&mut self, seen: f64, other: Self, count: f64) {
        let apart = other.mean - self.mean;
        self.residual += other.residual;
        self.total += other.total + apart * apart * seen * count / (seen + count);
        self.mean += apart * count / (seen + count);
    }

    /// If all targets are equal, there is no variance to explain: as in scikit-learn, the score is 1 without error, or else 0.
    fn score(&self) -> f64 {
        match self {
            Self { total: 0.0, residual: 0.0, .. } => 1.0,
            Self { total: 0.0, .. } => 0.0,
            Self { total, residual, .. } => 1.0 - residual / total,
        }
    }
}

impl Metric for R2 {
    fn name(&self) -> String {
        "r2".to_owned()
    }

    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        let (output, target) = numbers("R2", output, target)?;
        let samples = target.size().first().copied().unwrap_or(1);
        if target.numel() == 0 {
            return Ok(());
        }
        let [output, target] = [output, target].map(|tensor| tensor.to_device(Device::Cpu).reshape([samples, -1]));
        let outputs = target.size()[1] as usize;
        if self.seen > 0.0 && outputs != self.outputs.len() {
            let problem = format!("there were {} outputs before, and now {outputs}", self.outputs.len());
            let tensors = [("output", &output), ("target", &target)];
            return Err(Misfit::new("R2", problem, &tensors, "call `reset` before you measure another network").into());
        }
        self.outputs.resize(outputs, Moments::default());
        let mean = target.mean_dim(0, true, None::<Kind>);
        let sum_of_squares =
            |tensor: Tensor| Vec::<f64>::try_from(tensor.square().sum_dim_intlist(0, false, None::<Kind>));
        let (residuals, totals) = (sum_of_squares(output - &target)?, sum_of_squares(target - &mean)?);
        let means = Vec::<f64>::try_from(mean.squeeze_dim(0))?;
        for (index, moments) in self.outputs.iter_mut().enumerate() {
            let other = Moments { residual: residuals[index], mean: means[index], total: totals[index] };
            moments.add(self.seen, other, samples as f64);
        }
        self.seen += samples as f64;
        Ok(())
    }

    /// NaN for less than two samples.
    fn compute(&self) -> f64 {
        if self.seen < 2.0 {
            f64::NAN
        } else {
            self.outputs.iter().map(Moments::score).sum::<f64>() / self.outputs.len() as f64
        }
    }

    fn state(&self) -> Vec<f64> {
        let moments = self.outputs.iter().flat_map(|output| [output.residual, output.mean, output.total]);
        [self.seen].into_iter().chain(moments).collect()
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        let Some((seen, moments)) = state.split_first().filter(|(_, rest)| rest.len() % 3 == 0) else {
            return Err(other_state(self));
        };
        self.seen = *seen;
        let output = |moments: &[f64]| Moments { residual: moments[0], mean: moments[1], total: moments[2] };
        self.outputs = moments.chunks(3).map(output).collect();
        Ok(())
    }

    fn reset(&mut self) {
        *self = Self::new();
    }
}
