//! Update rules, which distinguish one optimizer from another.

use tch::Tensor;

use super::Options;
use crate::Error;
use crate::native::optimizers::Step;

/// The rule by which an optimizer updates parameters.
///
/// Plain gradient descent, as an example:
///
/// ```
/// use nn_runtime::Error;
/// use nn_runtime::optim::{Batch, Builder, Options, Rule};
///
/// #[derive(Clone, Debug)]
/// struct Descent;
///
/// impl Rule for Descent {
///     const NAME: &'static str = "Descent";
///
///     fn update(options: &Options<Self>, batch: &mut Batch) -> Result<(), Error> {
///         for (parameter, gradient) in batch.parameters.iter_mut().zip(&batch.gradients) {
///             let _ = parameter.f_sub_(&(gradient * options.learning_rate))?;
///         }
///         Ok(())
///     }
/// }
///
/// let builder = Builder::new(0.1, Descent).exclude("*.bias");
/// ```
pub trait Rule: Clone {
    /// The optimizer's name, for error messages.
    const NAME: &'static str;

    /// The names of the tensors that are kept for each parameter between steps, such as `exp_avg`.
    fn slots(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// The initial value of such a tensor.
    fn initial(&self, _slot: &str, parameter: &Tensor) -> Tensor {
        parameter.zeros_like()
    }

    /// Updates the parameters of a batch and their kept tensors. No gradients are recorded during this call.
    ///
    /// # Errors
    /// If libtorch fails.
    fn update(options: &Options<Self>, batch: &mut Batch) -> Result<(), Error>;

    /// The momentum, if the rule has one.
    fn momentum_mut(&mut self) -> Option<&mut f64> {
        None
    }

    /// Checks the options.
    ///
    /// # Errors
    /// If an option is invalid.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// Parameters of one group, type and device, which are updated together. Each list has one item per parameter.
#[derive(Debug)]
pub struct Batch {
    /// The parameters.
    pub parameters: Vec<Tensor>,
    /// Their gradients.
    pub gradients: Vec<Tensor>,
    /// For each of [`Rule::slots`], the kept tensors.
    pub slots: Vec<Vec<Tensor>>,
    /// The number of this step, from 1: an `f32` scalar on the parameter's device.
    pub steps: Vec<Tensor>,
    /// Whether this is the first step of these parameters.
    pub first: bool,
}

impl Batch {
    /// Without parameters yet.
    pub(super) fn new(slots: usize, first: bool) -> Self {
        let slots = (0..slots).map(|_| Vec::new()).collect();
        Self { parameters: Vec::new(), gradients: Vec::new(), slots, steps: Vec::new(), first }
    }

    /// The arguments that all fused kernels take.
    pub(super) fn step<R>(&self, options: &Options<R>) -> Step<'_> {
        Step {
            parameters: &self.parameters,
            gradients: &self.gradients,
            learning_rate: options.learning_rate,
            weight_decay: options.weight_decay,
            maximize: options.maximize,
        }
    }
}
