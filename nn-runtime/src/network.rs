//! What every network is, whoever wrote it.

mod layers;

pub use layers::{Gives, Inner, LayerInfo, Memory, NamedTensor, Part, Sees, Signature, Source, TensorSpec, TensorType};
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

/// A network made by `network!`: generic code is written on this.
///
/// All that is known when the program is compiled stands in its constants.
pub trait Network: Sized + fmt::Debug {
    /// A tensor, or a tuple of tensors where there are several inputs.
    type Inputs<'a>;
    /// A tensor, or a tuple of tensors where there are several outputs.
    type Output;

    /// The network's name.
    const NAME: &'static str;
    /// The inputs, in order.
    const INPUTS: &'static [Signature];
    /// The outputs, in order; nameless where there is only one.
    const OUTPUTS: &'static [Signature];
    /// What must hold of the sizes of the inputs: the `where` clause, and what the layers need.
    const PREDICATES: &'static [Predicate];
    /// The layers, in order, nested as the blocks and groups are.
    const LAYERS: &'static [LayerInfo];
    /// Where the outputs come from.
    const RESULTS: &'static [Source] = &[Source::Previous];
    /// The names of tied parameters, each with the name that the parameter is saved under.
    const ALIASES: &'static [(&'static str, &'static str)];
    /// The network in PyTorch, of which [`Network::to_pytorch`] makes a module.
    const PYTHON: python::Source;
    /// The number of trained parameters.
    const PARAMETERS: i64 = count(Self::LAYERS);
    /// The multiply-adds that one sample takes, of convolutions, linear and recurrent layers, attention and matrix products,
    /// without biases; the batch is the symbol that stands first in the first input. `None` where other sizes of the inputs
    /// have a part in it, for which there is [`Network::cost`], or where the number does not fit.
    const MULTIPLY_ADDS: Option<i64> = cost::per_sample(Self::INPUTS, Self::LAYERS);

    /// What one sample costs where the symbols have these values: parameters, multiply-adds, memory in training and in
    /// evaluation, receptive field. Given a value for the batch too, what that batch costs. For each layer
    /// [`Network::summary`] has the same. Rust modules and functions in the listing count nothing.
    ///
    /// # Errors
    /// If a size is missing, unknown, or not one that the network takes.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::Network;
    ///
    /// fn print_cost<N: Network>() -> Result<(), nn_dsl::CostError> {
    ///     let cost = N::cost(&[("H", 224), ("W", 224)])?;
    ///     println!("{} multiply-adds, {} bytes in evaluation", cost.multiply_adds, cost.evaluation_bytes);
    ///     Ok(())
    /// }
    /// ```
    fn cost(sizes: &Bindings) -> Result<Cost, CostError> {
        cost::cost(Facts::of::<Self>(), sizes)
    }

    /// The network as a table: its layers with their output shapes, parameters and multiply-adds.
    ///
    /// ```
    /// # use nn_runtime as nn_dsl;
    /// use nn_dsl::Network;
    ///
    /// fn show<N: Network>() -> Result<(), nn_dsl::CostError> {
    ///     println!("{}", N::summary());
    ///     println!("{}", N::summary().at(&[("H", 224), ("W", 224)])?);
    ///     Ok(())
    /// }
    /// ```
    fn summary() -> Summary {
        Summary::of(Facts::of::<Self>())
    }

    /// The network as a drawing: SVG, Graphviz, Mermaid.
    fn diagram() -> Diagram {
        Diagram::of(Facts::of::<Self>())
    }

    /// All parameters and buffers under their full names, in the order of the listing.
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

    /// The network as a Python module for PyTorch: a `nn.Module` for each block, with the same parameters under the same names.
    ///
    /// The text stands alone: saved next to the weights, it is all that someone with PyTorch needs.
    /// Weights come from the saved file (`model.load_state_dict(safetensors.torch.load_file(..))`), `option`s are attributes with
    /// their declared values, whatever `net.p` is now, and training mode is the module's. Patterns are einops'. A Rust function or
    /// module in the network becomes a stub that raises `NotImplementedError` and says what to write.
    ///
    /// From one seed, `tch::manual_seed` here and `torch.manual_seed` there, both start with the same numbers. Of `init=` the
    /// text says nothing, and a `param`, or the bias of a layer that has another's weight, is not initialised in it.
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

    /// Makes the network, with its parameters under `path`.
    ///
    /// # Panics
    /// If there is a parameter of the same name already, as of another network on this path.
    #[track_caller]
    fn new(path: &nn::Path) -> Self;

    /// The network's own float type: that of its parameters. `None` where it has none but those of Rust modules; then it is
    /// that of the first input for which the signature names no other, and `f32` where there is no such input.
    fn kind(&self) -> Option<Kind> {
        self.parameter().map(Tensor::kind)
    }

    /// One of its parameters, if it has any but those of Rust modules: of its float type, and on its device.
    fn parameter(&self) -> Option<&Tensor> {
        None
    }

    /// Runs the network, in training mode if `train`.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says.
    #[track_caller]
    fn forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Self::Output;

    /// A form of the network that is faster and cannot be trained: its parameters as they are now, prepared for inference.
    /// Only networks with `#[optimize]` above them in `network!` have it.
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
        // Weights were folded and packed in memory that is free now, in holes that may serve nobody.
        memory::trim();
        Ok(optimized)
    }

    /// As [`Network::forward_t`], with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take: an index out
    /// of range. On CUDA libtorch ends the process at such an index.
    fn try_forward_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Result<Self::Output, InputError>;

    /// Evaluates the network once, and reports what each layer gives: its shape, mean, deviation, extremes, the shares of
    /// zeros, NaN and infinity, how long it takes, and which layer is the first to give NaN. Without gradients.
    ///
    /// # Errors
    /// As [`Network::try_forward_t`].
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

    /// As [`Network::trace`], in training mode if `train`: with dropout, and with normalisation by the batch, whose running
    /// statistics it updates.
    ///
    /// # Errors
    /// As [`Network::try_forward_t`].
    fn trace_t(&self, inputs: Self::Inputs<'_>, train: bool) -> Result<Trace, InputError> {
        let mut recorder = Recorder::new(Facts::of::<Self>());
        attempt::<Self, _>(|| tch::no_grad(|| self.traced(inputs, train, &mut recorder)))??;
        Ok(recorder.finish())
    }

    /// Runs the network, and shows a recorder what each layer gives.
    #[doc(hidden)]
    fn traced(&self, inputs: Self::Inputs<'_>, train: bool, trace: &mut Recorder) -> Result<Self::Output, InputError>;
}

/// A network of one tensor that gives one tensor, as most are: the bound of code that takes any of them.
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
