//! Loss of the angle between two vectors.

use tch::Tensor;

use super::Reduction;
use super::check::Pair;
use crate::{Error, Misfit};

/// Turns two vectors towards each other where the target is 1, and apart where it is -1, like
/// `torch.nn.CosineEmbeddingLoss`.
///
/// ```
/// use nn_runtime::loss::CosineEmbedding;
/// use tch::Tensor;
///
/// let (a, b) = (Tensor::from_slice2(&[[1.0, 0.0]]), Tensor::from_slice2(&[[0.0, 1.0]]));
/// assert_eq!(CosineEmbedding::new().loss(&a, &b, &Tensor::from_slice(&[1i64]))?.double_value(&[]), 1.0);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CosineEmbedding {
    margin: f64,
    reduction: Reduction,
}

impl CosineEmbedding {
    /// Uses PyTorch's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the cosine below which dissimilar vectors have no loss (0).
    pub fn margin(self, margin: f64) -> Self {
        Self { margin, ..self }
    }

    /// Sets how the losses of the pairs are reduced (mean).
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Computes the loss of `[N, features]` and `[N, features]`, with a target `[N]` of 1 and -1.
    ///
    /// # Errors
    /// If the tensors do not fit together.
    pub fn loss(&self, first: &Tensor, second: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        const NAME: &str = "CosineEmbedding";
        let tensors = [("first", first), ("second", second), ("target", target)];
        if first.size() != second.size() || first.dim() != 2 || target.size() != first.size()[..1] {
            let help = "give two vectors for each sample, and 1 or -1";
            return Err(Misfit::new(NAME, "they must be [N, features], [N, features] and [N]", &tensors, help).into());
        }
        let pair = Pair { of: NAME, output: first, target };
        pair.float_output()?;
        pair.same_device()?;
        pair.signs()?;
        let target = target.to_kind(first.kind());
        Ok(Tensor::f_cosine_embedding_loss(first, second, &target, self.margin, self.reduction.into())?)
    }
}
