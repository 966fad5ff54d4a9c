//! Top-k accuracy.

use tch::Tensor;

use super::prediction::Reading;
use super::share::Share;
use super::{Metric, other_state};
use crate::{Error, Misfit};

/// The fraction of samples, or pixels, whose class is among the `k` with the largest scores, like scikit-learn's
/// `top_k_accuracy_score`.
///
/// The output is `[N, classes, ..]`, the target `[N, ..]` and holds classes as `i64`.
///
/// ```
/// use nn_runtime::metrics::{Metric, TopK};
/// use tch::Tensor;
///
/// let mut top = TopK::new(2);
/// top.update(&Tensor::from_slice2(&[[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]), &Tensor::from_slice(&[1i64, 2]))?;
/// assert_eq!(top.compute(), 0.5);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TopK {
    k: i64,
    share: Share,
}

impl TopK {
    /// Counts the `k` classes with the largest scores.
    pub fn new(k: i64) -> Self {
        Self { k, share: Share::new() }
    }

    /// Ignores samples of this class, such as padding (-100, as in [`CrossEntropy`](crate::loss::CrossEntropy)).
    pub fn ignore_index(self, class: i64) -> Self {
        Self { share: self.share.ignore_index(class), ..self }
    }
}

impl Metric for TopK {
    fn name(&self) -> String {
        format!("top{}", self.k)
    }

    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        const NAME: &str = "TopK";
        let (_, target) = Reading::Largest.classes(NAME, output, target)?;
        if !(1..=output.size()[1]).contains(&self.k) {
            let problem = format!("`k` is {}, and must be from 1 to the number of classes", self.k);
            return Err(Misfit::new(NAME, problem, &[("output", output)], "choose another `k`").into());
        }
        let (_, best) = output.f_topk(self.k, 1, true, false)?;
        self.share.add(&best.f_eq_tensor(&target.unsqueeze(1))?.any_dim(1, false), &target)
    }

    fn compute(&self) -> f64 {
        self.share.compute()
    }

    fn state(&self) -> Vec<f64> {
        self.share.state()
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        if self.share.load_state(state) { Ok(()) } else { Err(other_state(self)) }
    }

    fn reset(&mut self) {
        self.share.reset();
    }
}
