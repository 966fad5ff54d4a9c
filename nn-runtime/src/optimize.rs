//! The form of a network that only infers.

use crate::{Error, InputError, Network};
use tch::Tensor;

/// A network that has a form for inference alone, which is faster: written `#[optimize]` above it in `network!`.
///
/// [`Network::optimize`](crate::Network::optimize) makes it. A Rust module in such a network implements this itself; most are
/// their own form:
///
/// ```
/// # use nn_runtime as nn_dsl;
/// use nn_dsl::{Error, Optimize};
/// use tch::Tensor;
///
/// #[derive(Debug)]
/// struct Scale {
///     factor: Tensor,
/// }
///
/// impl Optimize for Scale {
///     type Optimized = Scale;
///
///     fn optimized(&self) -> Result<Scale, Error> {
///         Ok(Scale { factor: self.factor.optimized()? })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no optimised form",
    label = "no optimised form was asked for",
    note = "write `#[optimize]` above it in `network!`",
    note = "a Rust module in an optimised network implements `Optimize`"
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

/// The optimised form of the network `N`, as generic code calls it.
///
/// ```
/// # use nn_runtime as nn_dsl;
/// use nn_dsl::{Error, Inference, Optimize, UnaryNetwork};
/// use tch::Tensor;
///
/// fn fast<N: UnaryNetwork + Optimize<Optimized: Inference<N>>>(net: &N, batch: &Tensor) -> Result<Tensor, Error> {
///     Ok(net.optimize()?.try_forward(batch)?)
/// }
/// ```
pub trait Inference<N: Network> {
    /// Evaluates the network.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says.
    fn forward(&self, inputs: N::Inputs<'_>) -> N::Output;

    /// As [`Inference::forward`], with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
    fn try_forward(&self, inputs: N::Inputs<'_>) -> Result<N::Output, InputError>;
}

/// A copy, of which training sees nothing.
impl Optimize for Tensor {
    type Optimized = Tensor;

    fn optimized(&self) -> Result<Tensor, Error> {
        Ok(self.f_detach_copy()?)
    }
}

impl Optimize for f64 {
    type Optimized = f64;

    fn optimized(&self) -> Result<f64, Error> {
        Ok(*self)
    }
}

impl<T: Optimize, const TURNS: usize> Optimize for [T; TURNS] {
    type Optimized = Vec<T::Optimized>;

    fn optimized(&self) -> Result<Vec<T::Optimized>, Error> {
        self.iter().map(T::optimized).collect()
    }
}
