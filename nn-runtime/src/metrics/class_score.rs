//! Precision, recall and F1.

use std::marker::PhantomData;

use tch::Tensor;

use super::confusion_matrix::{ConfusionMatrix, Tally};
use super::{Metric, other_state};
use crate::Error;

/// How the scores of the classes become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Average {
    /// Their mean: each class counts equally.
    #[default]
    Macro,
    /// One score over all samples: each sample counts equally.
    Micro,
    /// Their mean, weighted by how often the classes occur.
    Weighted,
}

/// Of the samples predicted as a class, the fraction that belong to it, like scikit-learn's `precision_score`.
///
/// ```
/// use nn_runtime::metrics::{Metric, Precision};
/// use tch::Tensor;
///
/// let mut precision = Precision::binary(0.5);
/// precision.update(&Tensor::from_slice(&[0.9, 0.8, 0.1]), &Tensor::from_slice(&[1i64, 0, 1]))?;
/// assert_eq!(precision.compute(), 0.5);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub type Precision = ClassScore<OfPrecision>;

/// Of the samples of a class, the fraction that are found, like scikit-learn's `recall_score`.
///
/// ```
/// use nn_runtime::metrics::{Average, Metric, Recall};
/// use tch::Tensor;
///
/// let mut recall = Recall::new(2).average(Average::Macro);
/// recall.update(&Tensor::from_slice2(&[[2.0, 1.0], [2.0, 1.0]]), &Tensor::from_slice(&[0i64, 1]))?;
/// assert_eq!((recall.per_class(), recall.compute()), (vec![1.0, 0.0], 0.5));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub type Recall = ClassScore<OfRecall>;

/// The harmonic mean of precision and recall, like scikit-learn's `f1_score`.
///
/// ```
/// use nn_runtime::metrics::{Average, F1, Metric};
/// use tch::Tensor;
///
/// let mut f1 = F1::new(2).average(Average::Weighted);
/// f1.update(&Tensor::from_slice2(&[[2.0, 1.0], [1.0, 2.0]]), &Tensor::from_slice(&[0i64, 1]))?;
/// assert_eq!(f1.compute(), 1.0);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub type F1 = ClassScore<OfF1>;

/// [`Precision`], [`Recall`] or [`F1`]. Where a class's score would divide by 0, it is 0.
#[derive(Debug, Clone)]
pub struct ClassScore<S> {
    matrix: ConfusionMatrix,
    average: Average,
    score: PhantomData<S>,
}

/// What a class is scored by.
pub trait Score {
    /// The metric's name.
    const NAME: &'static str;

    /// Computes the score from the number of samples of the class that were found, that were predicted, and that there
    /// are.
    fn of(found: f64, predicted: f64, actual: f64) -> f64;
}

/// [`Precision`]'s score.
#[derive(Debug, Clone, Copy)]
pub struct OfPrecision;

/// [`Recall`]'s score.
#[derive(Debug, Clone, Copy)]
pub struct OfRecall;

/// [`F1`]'s score.
#[derive(Debug, Clone, Copy)]
pub struct OfF1;

impl Score for OfPrecision {
    const NAME: &'static str = "precision";

    fn of(found: f64, predicted: f64, _actual: f64) -> f64 {
        found / predicted
    }
}

impl Score for OfRecall {
    const NAME: &'static str = "recall";

    fn of(found: f64, _predicted: f64, actual: f64) -> f64 {
        found / actual
    }
}

impl Score for OfF1 {
    const NAME: &'static str = "f1";

    fn of(found: f64, predicted: f64, actual: f64) -> f64 {
        2.0 * found / (predicted + actual)
    }
}

impl<S: Score> ClassScore<S> {
    /// For this many classes: the output is `[N, classes, ..]`, and the target `[N, ..]` holds classes as `i64`.
    pub fn new(classes: usize) -> Self {
        Self { matrix: ConfusionMatrix::new(classes), average: Average::Macro, score: PhantomData }
    }

    /// Scores class 1, if the output has one score for each sample and the target has its shape: class 1 is above the
    /// `threshold`, which is 0 for logits and 0.5 for probabilities.
    pub fn binary(threshold: f64) -> Self {
        Self { matrix: ConfusionMatrix::binary(threshold), ..Self::new(2) }
    }

    /// Sets how the scores of the classes become one number (macro average). It has no effect on `binary`.
    pub fn average(self, average: Average) -> Self {
        Self { average, ..self }
    }

    /// Ignores samples of this class, such as padding (-100, as in [`CrossEntropy`](crate::loss::CrossEntropy)).
    pub fn ignore_index(self, class: i64) -> Self {
        Self { matrix: self.matrix.ignore_index(class), ..self }
    }

    /// The score of each class.
    pub fn per_class(&self) -> Vec<f64> {
        self.matrix.tallies().into_iter().map(score::<S>).collect()
    }
}

/// The score of a class, 0 instead of a division by 0.
fn score<S: Score>(Tally { found, predicted, actual }: Tally) -> f64 {
    let score = S::of(found as f64, predicted as f64, actual as f64);
    if score.is_finite() { score } else { 0.0 }
}

impl<S: Score> Metric for ClassScore<S> {
    fn name(&self) -> String {
        S::NAME.to_owned()
    }

    fn update(&mut self, output: &Tensor, target: &Tensor) -> Result<(), Error> {
        self.matrix.update_for(S::NAME, output, target)
    }

    fn compute(&self) -> f64 {
        let (tallies, scores) = (self.matrix.tallies(), self.per_class());
        let seen: i64 = tallies.iter().map(|tally| tally.actual).sum();
        let (seen, found) = (seen as f64, tallies.iter().map(|tally| tally.found).sum::<i64>() as f64);
        match self.average {
            _ if seen == 0.0 => f64::NAN,
            _ if self.matrix.is_binary() => scores[1],
            Average::Macro => scores.iter().sum::<f64>() / scores.len() as f64,
            Average::Micro => S::of(found, seen, seen),
            Average::Weighted => {
                let weighted = scores.iter().zip(&tallies).map(|(score, tally)| score * tally.actual as f64);
                weighted.sum::<f64>() / seen
            }
        }
    }

    fn state(&self) -> Vec<f64> {
        self.matrix.state()
    }

    fn load_state(&mut self, state: &[f64]) -> Result<(), Error> {
        if self.matrix.load_state(state) { Ok(()) } else { Err(other_state(self)) }
    }

    fn reset(&mut self) {
        self.matrix.reset();
    }
}
