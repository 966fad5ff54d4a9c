//! What all networks have in common.

mod layers;

pub use layers::{
    Gives, Inner, LayerInfo, Memory, NamedTensor, Part, Sees, Signature, Source, Statistics, TensorSpec, TensorType,
};
pub(crate) use layers::{count, counted, dtype_name, join, own_count, trained, turns_name};

use crate::Error;
use crate::attempt::attempt;
use crate::check::InputError;
use crate::cost::{self, Cost, CostError};
use crate::diagram::Diagram;
use crate::facts::Facts;
use crate::memory;
use crate::optimize::Optimize;
use crate::python;
use crate::size::{Bindings, Predicate};
use crate::summary::Summary;
use crate::trace::{Recorder, Trace};
use layers::collect;
use std::fmt;
use tch::{Kind, Tensor, nn};

/// A network that `network!` generated. Use it as a bound in generic code.
///
/// Its constants hold everything that is known at compile time.
pub trait Network: Sized + fmt::Debug {
    /// A tensor, or a tuple of tensors if there are several inputs.
    type Inputs<'a>;
    /// A tensor, or a tuple of tensors if there are several outputs.
    type Output;

    /// The network's name.
    const NAME: &'static str;
    /// The inputs, in order.
    const INPUTS: &'static [Signature];
    /// The outputs, in order; a single output has no name.
    const OUTPUTS: &'static [Signature];
    /// Conditions on the input sizes: the `where` clause, and what the layers require.
    const PREDICATES: &'static [Predicate];
    /// The layers, in order, nested like the blocks and groups.
    const LAYERS: &'static [LayerInfo];
    /// Where the outputs come from.
    const RESULTS: &'static [Source] = &[Source::Previous];
    /// The names of tied parameters, each with the name that the parameter is saved under.
    const ALIASES: &'static [(&'static str, &'static str)];
    /// The network in PyTorch, from which [`Network::to_pytorch`] writes a module.
    const PYTHON: python::Source;
    /// The number of trained parameters.
    const PARAMETERS: i64 = count(Self::LAYERS);
    /// The multiply-adds of convolutions, linear and recurrent layers, attention and matrix products for one sample,
    /// without biases. The batch is the symbol that stands first in the first input. `None` if they depend on other
    /// input sizes, for which there is [`Network::cost`], or if the number is too large.
    const MULTIPLY_ADDS: Option<i64> = cost::per_sample(Self::INPUTS, Self::LAYERS);

    /// Computes what one sample costs for these values of the symbols: parameters, multiply-adds, memory in training
    /// and evaluation, receptive field. If you also give the batch a value, computes the cost of that batch.
    /// [`Network::summary`] has the same for each layer. Rust modules and functions in the listing count as nothing.
    ///
    /// # Errors
    /// If a size is missing, unknown, or not accepted by the network.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::Network;
    ///
    /// fn print_cost<N: Network>() -> Result<(), nn_dsl::Error> {
    ///     let cost = N::cost(&[("H", 224), ("W", 224)])?;
    ///     println!("{} multiply-adds, {} bytes in evaluation", cost.multiply_adds, cost.evaluation_bytes);
    ///     Ok(())
    /// }
    /// ```
    fn cost(sizes: &Bindings) -> Result<Cost, CostError> {
        cost::cost(Facts::of::<Self>(), sizes)
    }

    /// Returns the network as a table: its layers with their output shapes, parameters and multiply-adds.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::Network;
    ///
    /// fn show<N: Network>() -> Result<(), nn_dsl::Error> {
    ///     println!("{}", N::summary());
    ///     println!("{}", N::summary().at(&[("H", 224), ("W", 224)])?);
    ///     Ok(())
    /// }
    /// ```
    fn summary() -> Summary {
        Summary::of(Facts::of::<Self>())
    }

    /// Returns the network as a drawing: SVG, Graphviz, Mermaid.
    fn diagram() -> Diagram {
        Diagram::of(Facts::of::<Self>())
    }

    /// Returns all parameters and buffers with their full names, in the order of the listing.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::Network;
    ///
    /// fn print_state_dict<N: Network>() {
    ///     for tensor in N::tensors() {
    ///         println!("{} {:?}", tensor.name, tensor.shape);
    ///     }
    /// }
    /// ```
    fn tensors() -> Vec<NamedTensor> {
        let mut tensors = Vec::new();
        collect(Self::LAYERS, "", &mut tensors);
        tensors
    }

    /// Returns the network as a Python module for PyTorch: an `nn.Module` for each block, with the same parameters
    /// under the same names.
    ///
    /// The text is complete: together with the weights, it is all that a PyTorch user needs.
    /// Load the weights from the saved file with `model.load_state_dict(safetensors.torch.load_file(..))`. An `option`
    /// is an attribute with its declared value, whatever `net.p` is now, and training mode is the module's. Patterns
    /// use einops. A Rust function or module in the network becomes a stub that raises `NotImplementedError` and says
    /// what to write.
    ///
    /// From the same seed, with [`manual_seed`](crate::manual_seed) here and `torch.manual_seed` there, both start with the same
    /// numbers. The text does not include `init=`, and it does not initialise a `param`, or the bias of a layer that
    /// has another layer's weight.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::Network;
    ///
    /// fn export<N: Network>() -> std::io::Result<()> {
    ///     std::fs::write(format!("{}.py", N::NAME), N::to_pytorch())
    /// }
    /// ```
    fn to_pytorch() -> String {
        Self::PYTHON.module()
    }

    /// Creates the network, with its parameters under `path`.
    ///
    /// # Panics
    /// If `path` already has a parameter of the same name, such as another network's.
    #[track_caller]
    fn new(path: &nn::Path) -> Self;

    /// Returns the network's own float type: that of its parameters. `None` if it has no parameters except those of
    /// Rust modules; its float type is then that of the first input whose type the signature does not fix, and `f32` if
    /// there is no such input.
    fn kind(&self) -> Option<Kind> {
        self.parameter().map(Tensor::kind)
    }

    /// Returns one of its parameters, which tells its float type and device; `None` if it has none except those of Rust
    /// modules.
    fn parameter(&self) -> Option<&Tensor> {
        None
    }

    /// Runs the network, in training mode if `train` is true.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature declares, or if a layer would normalise by the
    /// statistics of a single value, as `bn` would when it is trained on one sample.
    #[track_caller]
    fn forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Self::Output;

    /// Returns a faster form of the network, which cannot be trained: its current parameters, prepared for inference.
    /// Only networks with `#[optimize]` above them in `network!` have this form.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::{Network, Optimize};
    ///
    /// fn deploy<N: Network + Optimize>(net: &N) -> Result<N::Optimized, nn_dsl::Error> {
    ///     net.optimize()
    /// }
    /// ```
    ///
    /// # Errors
    /// If libtorch refuses to prepare a parameter.
    fn optimize(&self) -> Result<Self::Optimized, Error>
    where
        Self: Optimize,
    {
        let optimized = self.optimized()?;
        // Folding and packing leave much free memory behind, in holes that may never be used.
        memory::trim();
        Ok(optimized)
    }

    /// Like [`Network::forward_t`], but returns an error instead of panicking.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature declares, or holds values that a layer cannot
    /// take, such as an index out of range. On CUDA, libtorch ends the process at such an index.
    fn try_forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Result<Self::Output, InputError>;

    /// Runs the network once in evaluation mode, without gradients, and reports for each layer the output's shape,
    /// mean, standard deviation, extremes, and shares of zeros, NaN and infinity, and its time. The report also names
    /// the first layer whose output has NaN.
    ///
    /// # Errors
    /// Like [`Network::try_forward_t`].
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::{InputError, UnaryNetwork};
    /// use tch::Tensor;
    ///
    /// fn first_nan<N: UnaryNetwork>(net: &N, batch: &Tensor) -> Result<Option<String>, InputError> {
    ///     let trace = net.trace(batch)?;
    ///     println!("{trace}");
    ///     Ok(trace.first_nan().map(|row| row.name.clone()))
    /// }
    /// ```
    fn trace(&self, inputs: Self::Inputs<'_>) -> Result<Trace, InputError> {
        self.trace_t(inputs, false)
    }

    /// Like [`Network::trace`], but in training mode if `train` is true: with dropout, and with batch statistics, which
    /// update the running statistics.
    ///
    /// # Errors
    /// Like [`Network::try_forward_t`].
    fn trace_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Result<Trace, InputError> {
        let mut recorder = Recorder::new(Facts::of::<Self>());
        attempt::<Self, _>(|| tch::no_grad(|| self.traced(inputs, train, &mut recorder)))??;
        Ok(recorder.finish())
    }

    /// Runs the network, and passes each layer's outputs to a recorder.
    #[doc(hidden)]
    fn traced(&self, inputs: Self::Inputs<'_>, train: bool, trace: &mut Recorder) -> Result<Self::Output, InputError>;
}

/// A network with one input and one output, as most have. Use it as a bound in code that accepts any of them.
///
/// ```
/// # use nn_runtime as nn_dsl;
/// use nn_dsl::UnaryNetwork;
/// use tch::{Tensor, nn};
///
/// /// What a network makes of an input before it is trained.
/// fn untrained<N: UnaryNetwork>(input: &Tensor) -> Tensor {
///     N::new(&nn::VarStore::new(input.device()).root()).forward_t(input, false)
/// }
/// ```
pub trait UnaryNetwork: for<'a> Network<Inputs<'a> = &'a Tensor, Output = Tensor> {}

impl<N: for<'a> Network<Inputs<'a> = &'a Tensor, Output = Tensor>> UnaryNetwork for N {}
