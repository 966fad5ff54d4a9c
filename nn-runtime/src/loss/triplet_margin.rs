//! A loss of three vectors, two of which are similar.

use tch::Tensor;

use super::Reduction;
use super::check::{check_positive, is_float};
use crate::{Error, Misfit};

/// Pulls an anchor closer to a similar vector than to a dissimilar one, by a `margin`, like
/// `torch.nn.TripletMarginLoss` (Balntas et al., 2016).
///
/// ```
/// use nn_runtime::loss::TripletMargin;
/// use tch::Tensor;
///
/// let [anchor, like, unlike] = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]].map(|vector| Tensor::from_slice2(&[vector]));
/// let loss = TripletMargin::new().loss(&anchor, &like, &unlike)?;
/// assert!((loss.double_value(&[]) - 1.0).abs() < 1e-5);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TripletMargin {
    margin: f64,
    p: f64,
    eps: f64,
    swap: bool,
    reduction: Reduction,
}

impl TripletMargin {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self { margin: 1.0, p: 2.0, eps: 1e-6, swap: false, reduction: Reduction::Mean }
    }

    /// Sets by how much the similar vector should be closer (1).
    pub fn margin(self, margin: f64) -> Self {
        Self { margin, ..self }
    }

    /// Sets the exponent of the norm that measures distance (2).
    pub fn p(self, p: f64) -> Self {
        Self { p, ..self }
    }

    /// Sets what is added to each difference, so that the distance has a gradient at 0 (1e-6).
    pub fn eps(self, eps: f64) -> Self {
        Self { eps, ..self }
    }

    /// Also uses the distance between the similar and the dissimilar vector, if it is smaller than the anchor's.
    pub fn swap(self) -> Self {
        Self { swap: true, ..self }
    }

    /// Sets how the losses of the triplets are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Computes the loss of three tensors with the same shape, `[N, features]`.
    ///
    /// # Errors
    /// If the tensors do not fit together.
    pub fn loss(&self, anchor: &Tensor, like: &Tensor, unlike: &Tensor) -> Result<Tensor, Error> {
        const NAME: &str = "TripletMargin";
        check_positive(NAME, "margin", self.margin)?;
        let tensors = [("anchor", anchor), ("like", like), ("unlike", unlike)];
        let same =
            [like, unlike].iter().all(|other| other.size() == anchor.size() && other.device() == anchor.device());
        if !same || anchor.dim() == 0 || !tensors.iter().all(|(_, tensor)| is_float(tensor)) {
            let problem = "the three must be floats of one shape, [N, features], on one device";
            return Err(Misfit::new(NAME, problem, &tensors, "give three vectors for each sample").into());
        }
        let Self { margin, p, eps, swap, reduction } = *self;
        Ok(Tensor::f_triplet_margin_loss(anchor, like, unlike, margin, p, eps, swap, reduction.into())?)
    }
}

impl Default for TripletMargin {
    fn default() -> Self {
        Self::new()
    }
}
