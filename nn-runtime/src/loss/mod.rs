//! Losses: one number that says how wrong a network's output is.
//!
//! Names, defaults and results are PyTorch's. Tensors that do not fit together give an error that says why.
//!
//! ```
//! use nn_runtime::loss::{CrossEntropy, Loss};
//! use tch::{Device, Kind, Tensor};
//!
//! let logits = Tensor::randn([64, 10], (Kind::Float, Device::Cpu)).set_requires_grad(true);
//! let classes = Tensor::randint(10, [64], (Kind::Int64, Device::Cpu));
//! CrossEntropy::new().label_smoothing(0.1).loss(&logits, &classes)?.backward();
//! assert_eq!(logits.grad().size(), [64, 10]);
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod bce;
mod bce_with_logits;
mod check;
mod cosine_embedding;
mod cross_entropy;
mod ctc;
mod hinge_embedding;
mod huber;
mod kl_divergence;
mod l1;
mod mse;
mod multi_margin;
mod nll;
mod reduction;
mod smooth_l1;
mod triplet_margin;

use tch::Tensor;

use crate::Error;
pub use bce::Bce;
pub use bce_with_logits::BceWithLogits;
pub use cosine_embedding::CosineEmbedding;
pub use cross_entropy::CrossEntropy;
pub use ctc::Ctc;
pub use hinge_embedding::HingeEmbedding;
pub use huber::Huber;
pub use kl_divergence::KlDivergence;
pub use l1::L1;
pub use mse::Mse;
pub use multi_margin::MultiMargin;
pub use nll::Nll;
pub use reduction::Reduction;
pub use smooth_l1::SmoothL1;
pub use triplet_margin::TripletMargin;

/// The class that PyTorch ignores by default.
pub(crate) const IGNORED: i64 = -100;

/// Measures how wrong an output is, given the target.
///
/// A closure is a loss: `|output: &Tensor, target: &Tensor| (output - target).abs().max()`. So is `Box<dyn Loss>`, if
/// you choose the loss at run time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loss",
    label = "expected a loss",
    note = "use one from `nn_dsl::loss`, such as `loss::CrossEntropy::new()`, or a closure from output and target to a tensor: `|output: &Tensor, target: &Tensor| (output - target).abs().max()`"
)]
pub trait Loss {
    /// Computes the loss: a scalar, unless it is not reduced.
    ///
    /// # Errors
    /// If the tensors do not fit together.
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error>;
}

#[diagnostic::do_not_recommend]
impl<F: Fn(&Tensor, &Tensor) -> Tensor> Loss for F {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        Ok(self(output, target))
    }
}

impl Loss for Box<dyn Loss + '_> {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        (**self).loss(output, target)
    }
}

impl Loss for &(dyn Loss + '_) {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        (**self).loss(output, target)
    }
}

#[cfg(test)]
mod tests;
