//! The confusion matrix.

use tch::{Device, Kind, Tensor};

use super::prediction::Reading;
use crate::loss::IGNORED;
use crate::{Error, Misfit};

/// Counts how often each class was predicted for each true class, like scikit-learn's `confusion_matrix`.
///
/// The output is `[N, classes, ..]`, the target `[N, ..]` and holds classes as `i64`.
///
/// ```
/// use nn_runtime::metrics::ConfusionMatrix;
/// use tch::Tensor;
///
/// let mut matrix = ConfusionMatrix::new(2);
/// matrix.update(&Tensor::from_slice2(&[[2.0, 1.0], [2.0, 1.0]]), &Tensor::from_slice(&[0i64, 1]))?;
/// assert_eq!(matrix.counts(), &[[1, 0], [1, 0]]);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ConfusionMatrix {
    reading: Reading,
    ignore_index: i64,
    counts: Vec<Vec<i64>>,
}

impl ConfusionMatrix {
    /// For this many classes; the prediction is the class with the largest score.
    pub fn new(classes: usize) -> Self {
        Self { reading: Reading::Largest, ignore_index: IGNORED, counts: vec![vec![0; classes]; classes] }
    }

    /// For two classes, if the output has one score for each sample and the target has its shape: class 1 is above the
    /// `threshold`, which is 0 for logits and 0.5 for probabilities.
    pub fn binary(threshold: f64) -> Self {
        Self { reading: Reading::Above(threshold), ..Self::new(2) }
    }

    /// Ignores samples of this class, such as padding (-100, as in [`CrossEntropy`](crate::loss::CrossEntropy)).
    pub fn ignore_index(self, class: i64) -> Self {
        Self { ignore_index: class, ..self }
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// If the tensors do not fit together, or a class is not in the matrix; the batch is then not added.
    pub fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        self.update_for("ConfusionMatrix", output, target)
    }

    /// As [`update`](Self::update), with errors that name the metric `of`.
    pub(super) fn update_for(&mut self, of: &'static str, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        let (predicted, actual) = self.reading.classes(of, output, target)?;
        let [predicted, actual] =
            [predicted, actual].map(|classes| Vec::<i64>::try_from(classes.flatten(0, -1).to_device(Device::Cpu)));
        let pairs: Vec<(i64, i64)> =
            actual?.into_iter().zip(predicted?).filter(|(actual, _)| *actual != self.ignore_index).collect();
        let classes = self.counts.len() as i64;
        let known = |class: &i64| (0..classes).contains(class);
        if let Some((actual, predicted)) = pairs.iter().find(|(actual, predicted)| !known(actual) || !known(predicted))
        {
            let class = if known(actual) { predicted } else { actual };
            let problem = format!("class {class} is not among the {classes}, which are 0 to {}", classes - 1);
            let help = "create it with the network's number of classes";
            return Err(Misfit::new(of, problem, &[("output", output), ("target", target)], help).into());
        }
        for (actual, predicted) in pairs {
            self.counts[actual as usize][predicted as usize] += 1;
        }
        Ok(())
    }

    /// Returns how often each true class (row) was predicted as each class (column).
    pub fn counts(&self) -> &[Vec<i64>] {
        &self.counts
    }

    /// Returns the same as a tensor, `i64[classes, classes]`.
    pub fn to_tensor(&self) -> Tensor {
        let classes = self.counts.len() as i64;
        Tensor::from_slice(&self.counts.concat()).reshape([classes, classes]).to_kind(Kind::Int64)
    }

    /// Resets the metric.
    pub fn reset(&mut self) {
        self.counts.iter_mut().for_each(|row| row.fill(0));
    }

    /// The counts, row by row.
    pub(super) fn state(&self) -> Vec<f64> {
        self.counts.concat().into_iter().map(|count| count as f64).collect()
    }

    /// Takes the counts of another matrix. Returns whether that has the same classes.
    pub(super) fn load_state(&mut self, state: &[f64]) -> bool {
        let classes = self.counts.len();
        let fits = state.len() == classes * classes;
        if fits {
            self.counts = state.chunks(classes).map(|row| row.iter().map(|&count| count as i64).collect()).collect();
        }
        fits
    }

    /// The counts for each class.
    pub(super) fn tallies(&self) -> Vec<Tally> {
        let tally = |class: usize| Tally {
            found: self.counts[class][class],
            predicted: self.counts.iter().map(|row| row[class]).sum(),
            actual: self.counts[class].iter().sum(),
        };
        (0..self.counts.len()).map(tally).collect()
    }

    /// Whether it has two classes and one score for each sample.
    pub(super) fn is_binary(&self) -> bool {
        matches!(self.reading, Reading::Above(_))
    }
}

/// For a class: how many of its samples were found, how many samples were predicted as it, and how many are of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    pub found: i64,
    pub predicted: i64,
    pub actual: i64,
}
