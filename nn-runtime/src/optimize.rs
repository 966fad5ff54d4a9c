//! Optimised forms of networks, for inference.

use crate::{Error, InputError, Network};
use tch::Tensor;

/// A network with a faster form for inference only: `#[optimize]` above it in `network!`.
///
/// [`Network::optimize`](crate::Network::optimize) creates that form. A Rust module in such a network implements this
/// trait itself; for most modules, the optimised form is the module itself:
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
    /// The optimised form: `OptimizedLeNet` for `LeNet`.
    type Optimized;

    /// Creates it from the network's current parameters.
    ///
    /// # Errors
    /// If libtorch refuses to prepare a parameter.
    fn optimized(&self) -> Result<Self::Optimized, Error>;
}

/// The optimised form of the network `N`, for generic code.
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
    /// Runs the network in evaluation mode.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature declares.
    fn forward(&self, inputs: N::Inputs<'_>) -> N::Output;

    /// Like [`Inference::forward`], but returns an error instead of panicking.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature declares, or holds values that a layer cannot
    /// take.
    fn try_forward(&self, inputs: N::Inputs<'_>) -> Result<N::Output, InputError>;
}

/// A copy, which later training does not change.
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
