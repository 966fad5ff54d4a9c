//! Losses: one number that says how wrong a network's output is.
//!
//! Each is PyTorch's, with its names and defaults; tensors that do not go together are an error that says why.
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

mod check;
mod cross_entropy;
mod reduction;

use tch::Tensor;

use crate::Error;
pub use cross_entropy::CrossEntropy;
pub use reduction::Reduction;

/// How wrong an output is, given the target.
///
/// A closure is one: `|output: &Tensor, target: &Tensor| (output - target).abs().max()`.
pub trait Loss {
    /// The loss, of no dimension unless it is not reduced.
    ///
    /// # Errors
    /// If the tensors do not go together.
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error>;
}

impl<F: Fn(&Tensor, &Tensor) -> Tensor> Loss for F {
    fn loss(&self, output: &Tensor, target: &Tensor) -> Result<Tensor, Error> {
        Ok(self(output, target))
    }
}
