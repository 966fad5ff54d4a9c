//! Hinge of a distance.

use tch::Tensor;

use super::check::Pair;
use super::{Loss, Reduction};
use crate::Error;

/// The output where the target is 1, and its shortfall to the `margin` where the target is -1, like
/// `torch.nn.HingeEmbeddingLoss`. The output is a distance; output and target have the same shape.
///
/// ```
/// use nn_runtime::loss::{HingeEmbedding, Loss};
/// use tch::Tensor;
///
/// let (distances, alike) = (Tensor::from_slice(&[0.5, 0.75]), Tensor::from_slice(&[1i64, -1]));
/// assert_eq!(HingeEmbedding::new().loss(&distances, &alike)?.double_value(&[]), 0.375);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HingeEmbedding {
    margin: f64,
    reduction: Reduction,
}

impl HingeEmbedding {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self { margin: 1.0, reduction: Reduction::Mean }
    }

    /// Sets the distance beyond which dissimilar pairs have no loss (1).
    pub fn margin(self, margin: f64) -> Self {
        Self { margin, ..self }
    }

    /// Sets how the losses of the elements are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

impl Default for HingeEmbedding {
    fn default() -> Self {
        Self::new()
    }
}

impl Loss for HingeEmbedding {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        let pair = Pair { of: "HingeEmbedding", output, target };
        let target = pair.elementwise()?;
        pair.signs()?;
        Ok(output.f_hinge_embedding_loss(&target, self.margin, self.reduction.into())?)
    }
}
