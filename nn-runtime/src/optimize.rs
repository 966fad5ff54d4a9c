//! The form of a network that only infers.

use crate::Error;

/// A network that has a form for inference alone, which is faster: written `#[optimize]` above it in `network!`.
///
/// [`Network::optimize`](crate::Network::optimize) makes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no optimised form",
    label = "no optimised form was asked for",
    note = "write `#[optimize]` above it in `network!`"
)]
pub trait Optimize {
    /// The form for inference: `OptimizedLeNet` of `LeNet`.
    type Optimized;

    /// Makes it of the network's parameters as they are now.
    ///
    /// # Errors
    /// If libtorch refuses to prepare a parameter.
    fn optimized(&self) -> Result<Self::Optimized, Error>;
}
