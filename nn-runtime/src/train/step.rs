//! The result of one batch.

use tch::Tensor;
use tch::nn::ModuleT;

use crate::data::Batch;
use crate::loss::Loss;
use crate::{Error, Network};

/// The result of a batch: its loss, and anything else to measure.
#[derive(Debug)]
pub struct Step {
    pub(super) loss: Tensor,
    pub(super) compared: Option<(Tensor, Tensor)>,
    pub(super) values: Vec<(String, Tensor)>,
}

impl Step {
    /// Takes the mean loss of the batch, a tensor with a single number.
    pub fn new(loss: Tensor) -> Self {
        Self { loss, compared: None, values: Vec::new() }
    }

    /// Sets the output and the target that the metrics compare.
    pub fn compare(self, output: Tensor, target: Tensor) -> Self {
        Self { compared: Some((output, target)), ..self }
    }

    /// Adds another value to average over the epoch and show, such as a part of the loss.
    pub fn value(mut self, name: impl Into<String>, value: &Tensor) -> Self {
        self.values.push((name.into(), value.detach()));
        self
    }
}

/// The output of a network with one output, which a loss compares with the target.
#[diagnostic::on_unimplemented(
    message = "`Trainer::new` compares one output with the target, and this network has several",
    label = "a network with one output is wanted here",
    note = "`Trainer::with_step(&vs, step, optimizer)` trains any network: `step` is a closure that computes the loss of a batch"
)]
pub trait SingleOutput {
    /// The output.
    fn into_tensor(self) -> Tensor;
}

impl SingleOutput for Tensor {
    fn into_tensor(self) -> Tensor {
        self
    }
}

/// A network's inputs as they come in a batch: a tensor, or a tuple of tensors if there are several inputs.
#[diagnostic::on_unimplemented(
    message = "batches of `{Self}` do not fit the inputs of `{N}`",
    note = "a sample is `(input, target)`; several inputs are a tuple: `((image, text), target)`"
)]
pub trait Feed<N: Network>: Batch {
    /// Runs the network.
    ///
    /// # Errors
    /// If an input does not fit the network's signature.
    fn feed(&self, net: &N, train: bool) -> Result<N::Output, Error>;
}

impl<N> Feed<N> for Tensor
where
    N: for<'a> Network<Inputs<'a> = &'a Tensor>,
{
    fn feed(&self, net: &N, train: bool) -> Result<N::Output, Error> {
        Ok(net.try_forward_t(self, train)?)
    }
}

macro_rules! several {
    ($($number:tt $tensor:ident $reference:ty),+) => {
        impl<N> Feed<N> for ($($tensor,)+)
        where
            N: for<'a> Network<Inputs<'a> = ($($reference,)+)>,
        {
            fn feed(&self, net: &N, train: bool) -> Result<N::Output, Error> {
                Ok(net.try_forward_t(($(&self.$number,)+), train)?)
            }
        }
    };
}
several!(0 Tensor &'a Tensor, 1 Tensor &'a Tensor);
several!(0 Tensor &'a Tensor, 1 Tensor &'a Tensor, 2 Tensor &'a Tensor);
several!(0 Tensor &'a Tensor, 1 Tensor &'a Tensor, 2 Tensor &'a Tensor, 3 Tensor &'a Tensor);

/// Computes the step for a batch, in training mode or not.
pub(super) type StepFn<'a, B> = Box<dyn FnMut(&B, bool) -> Result<Step, Error> + 'a>;

/// A step that compares a network's output with the target.
pub(super) fn supervised<'a, N, X>(net: &'a N, loss: impl Loss + 'a) -> StepFn<'a, (X, Tensor)>
where
    N: Network<Output: SingleOutput>,
    X: Feed<N>,
{
    Box::new(move |(input, target), train| compare(&loss, input.feed(net, train)?.into_tensor(), target))
}

/// The same for a module of tch, which panics if shapes do not fit.
pub(super) fn module<'a>(module: &'a impl ModuleT, loss: impl Loss + 'a) -> StepFn<'a, (Tensor, Tensor)> {
    Box::new(move |(input, target), train| compare(&loss, module.forward_t(input, train), target))
}

fn compare(loss: &impl Loss, output: Tensor, target: &Tensor) -> Result<Step, Error> {
    Ok(Step::new(loss.loss(&output, target)?).compare(output, target.shallow_clone()))
}
