//! Area under the ROC curve.

use tch::{Device, Kind, Tensor};

use super::{Metric, other_state};
use crate::{Error, Misfit};

/// The area under the receiver operating characteristic: the probability that a sample of class 1 has a larger score
/// than one of class 0, like scikit-learn's `roc_auc_score`. It keeps all scores until `reset`.
///
/// ```
/// use nn_runtime::metrics::{Auroc, Metric};
/// use tch::Tensor;
///
/// let mut auroc = Auroc::new();
/// auroc.update(&Tensor::from_slice(&[0.1, 0.4, 0.35, 0.8]), &Tensor::from_slice(&[0i64, 0, 1, 1]))?;
/// assert_eq!(auroc.compute(), 0.75);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Auroc {
    /// Whether there are several classes; otherwise there is one score for each sample.
    several: bool,
    /// For each class, the score of each sample and whether the sample is of that class.
    scores: Vec<Vec<(f64, bool)>>,
}

const NAME: &str = "Auroc";

impl Auroc {
    /// For two classes: the output has one score for each sample, and the target has its shape, with values 0 or 1.
    pub fn new() -> Self {
        Self { several: false, scores: vec![Vec::new()] }
    }

    /// For several classes, each against all others, like scikit-learn's `multi_class="ovr"`: the output is
    /// `[N, classes]`, and the target `[N]` holds classes as `i64`.
    pub fn one_vs_rest(classes: usize) -> Self {
        Self { several: true, scores: vec![Vec::new(); classes] }
    }

    /// Returns the area for each class; NaN if all samples are of that class, or none.
    pub fn per_class(&self) -> Vec<f64> {
        self.scores.iter().map(|scores| area(scores)).collect()
    }

    /// Checks the target's shape, and its least and greatest class.
    fn check(&self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        let classes = if self.several { self.scores.len() as i64 } else { 2 };
        let fits = match (self.several, output.size().as_slice()) {
            (false, size) => target.size() == size,
            (true, &[batch, scores]) => target.size() == [batch] && scores == classes,
            (true, _) => false,
        };
        let unknown = |target: &Tensor| target.lt(0).logical_or(&target.ge(classes)).any().int64_value(&[]) == 1;
        let problem = if !fits && self.several {
            format!("they must be [N, {classes}] and [N]")
        } else if !fits {
            "they must have the same shape".to_owned()
        } else if unknown(target) {
            format!("the target must hold classes from 0 to {}", classes - 1)
        } else {
            return Ok(());
        };
        let help = "`new` is for two classes and one score, `one_vs_rest` for a score for each class";
        Err(Misfit::new(NAME, problem, &[("output", output), ("target", target)], help).into())
    }
}

impl Default for Auroc {
    fn default() -> Self {
        Self::new()
    }
}

/// Computed from the sum of the ranks of class 1, with mean ranks for equal scores (Mann & Whitney, 1947).
fn area(scores: &[(f64, bool)]) -> f64 {
    let mut sorted = scores.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut before = 0;
    let mut ranks = 0.0;
    for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
        let of_class = equal.iter().filter(|(_, is)| *is).count();
        ranks += of_class as f64 * (before as f64 + (equal.len() + 1) as f64 / 2.0);
        before += equal.len();
    }
    let ones = scores.iter().filter(|(_, is)| *is).count() as f64;
    let zeros = scores.len() as f64 - ones;
    (ranks - ones * (ones + 1.0) / 2.0) / (ones * zeros)
}

impl Metric for Auroc {
    fn name(&self) -> String {
        "auroc".to_owned()
    }

    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        self.check(output, target)?;
        let classes = Vec::<i64>::try_from(target.to_kind(Kind::Int64).flatten(0, -1).to_device(Device::Cpu))?;
        let output = output.to_device(Device::Cpu).to_kind(Kind::Double);
        for (class, scores) in self.scores.iter_mut().enumerate() {
            let (of_class, own) =
                if self.several { (output.select(1, class as i64), class) } else { (output.flatten(0, -1), 1) };
            let values = Vec::<f64>::try_from(of_class)?;
            scores.extend(values.into_iter().zip(&classes).map(|(value, &class)| (value, class == own as i64)));
        }
        Ok(())
    }

    /// The mean over the classes.
    fn compute(&self) -> f64 {
        self.per_class().iter().sum::<f64>() / self.scores.len() as f64
    }

    /// For each class the number of samples, followed by their scores, each with 1 if the sample is of the class.
    fn state(&self) -> Vec<f64> {
        let of_class = |scores: &Vec<(f64, bool)>| {
            let pairs = scores.iter().flat_map(|&(score, is)| [score, f64::from(is)]);
            [scores.len() as f64].into_iter().chain(pairs).collect::<Vec<f64>>()
        };
        self.scores.iter().flat_map(of_class).collect()
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        let (mut rest, mut loaded) = (state, Vec::new());
        while let Some((&count, others)) = rest.split_first() {
            let Some((pairs, behind)) = others.split_at_checked(2 * count as usize) else { break };
            loaded.push(pairs.chunks(2).map(|pair| (pair[0], pair[1] == 1.0)).collect());
            rest = behind;
        }
        if !rest.is_empty() || loaded.len() != self.scores.len() {
            return Err(other_state(self));
        }
        self.scores = loaded;
        Ok(())
    }

    fn reset(&mut self) {
        self.scores.iter_mut().for_each(Vec::clear);
    }
}
