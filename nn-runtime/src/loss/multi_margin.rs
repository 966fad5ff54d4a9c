//! Hinge of several classes.

use tch::{Kind, Tensor};

use super::check::{Pair, check_positive};
use super::{Loss, Reduction};
use crate::Error;

/// The hinge loss of a multi-class support vector machine: how far the score of each wrong class comes within `margin`
/// of the right one's, averaged over the classes, like `torch.nn.MultiMarginLoss`.
///
/// The output is `[N, classes]`, the target `[N]` and holds classes as `i64`.
///
/// ```
/// use nn_runtime::loss::{Loss, MultiMargin};
/// use tch::Tensor;
///
/// let loss = MultiMargin::new().loss(&Tensor::from_slice2(&[[2.0, 1.5]]), &Tensor::from_slice(&[0i64]))?;
/// assert_eq!(loss.double_value(&[]), 0.25);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug)]
pub struct MultiMargin {
    margin: f64,
    squared: bool,
    weight: Option<Tensor>,
    reduction: Reduction,
}

const NAME: &str = "MultiMargin";

impl MultiMargin {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self { margin: 1.0, squared: false, weight: None, reduction: Reduction::Mean }
    }

    /// Sets by how much the right class should win (1).
    pub fn margin(self, margin: f64) -> Self {
        Self { margin, ..self }
    }

    /// Squares each violation of the margin, like PyTorch's `p=2`.
    pub fn squared(self) -> Self {
        Self { squared: true, ..self }
    }

    /// Sets the weight of each class.
    pub fn weight(self, weight: &[f64]) -> Self {
        Self { weight: Some(Tensor::from_slice(weight)), ..self }
    }

    /// Sets how the losses of the samples are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

impl Default for MultiMargin {
    fn default() -> Self {
        Self::new()
    }
}

impl Loss for MultiMargin {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let pair = Pair { of: NAME, output, target };
        check_positive(NAME, "margin", self.margin)?;
        if output.dim() != 2 {
            return Err(pair.misfit("the output must be [N, classes]", "flatten what is not a class into the batch"));
        }
        let classes = pair.classes(None)?.unsqueeze(1);
        let weights = pair.class_weights(self.weight.as_ref())?;
        let lacking = (output - output.f_gather(1, &classes, false)? + self.margin).clamp_min(0.0);
        let lacking = if self.squared { lacking.square() } else { lacking };
        let lacking = match weights {
            Some(weights) => lacking * weights.f_index_select(0, &classes.squeeze_dim(1))?.unsqueeze(1),
            None => lacking,
        };
        let losses = lacking.f_scatter_value(1, &classes, 0.0)?.f_sum_dim_intlist(1, false, None::<Kind>)?;
        self.reduction.reduce(&(losses / pair.class_count()))
    }
}
