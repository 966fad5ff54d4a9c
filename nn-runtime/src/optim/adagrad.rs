//! Adagrad.

use tch::Tensor;

use super::options::check_not_negative;
use super::{Batch, Builder, Options, Rule};
use crate::Error;
use crate::native::optimizers;

/// Adagrad (Duchi et al., 2011), like `torch.optim.Adagrad`.
///
/// ```
/// use nn_runtime::optim::Adagrad;
///
/// let settings = Adagrad::new(1e-2).lr_decay(1e-4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adagrad {
    /// How fast the learning rate decays: it is divided by `1 + lr_decay * steps`.
    pub lr_decay: f64,
    /// The initial sum of squares.
    pub initial_accumulator_value: f64,
    /// Prevents division by 0.
    pub eps: f64,
}

impl Adagrad {
    /// Uses PyTorch's defaults; its default learning rate is 1e-2.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(learning_rate: f64) -> Builder<Self> {
        Builder::new(learning_rate, Self { lr_decay: 0.0, initial_accumulator_value: 0.0, eps: 1e-10 })
    }
}

impl Builder<Adagrad> {
    /// Sets how fast the learning rate decays: it is divided by `1 + lr_decay * steps` (0).
    pub fn lr_decay(mut self, lr_decay: f64) -> Self {
        self.options.rule.lr_decay = lr_decay;
        self
    }

    /// Sets the initial sum of squares (0).
    pub fn initial_accumulator_value(mut self, value: f64) -> Self {
        self.options.rule.initial_accumulator_value = value;
        self
    }

    /// Sets the term that prevents division by 0 (1e-10).
    pub fn eps(mut self, eps: f64) -> Self {
        self.options.rule.eps = eps;
        self
    }
}

impl Rule for Adagrad {
    const NAME: &'static str = "Adagrad";

    fn slots(&self) -> Vec<&'static str> {
        vec!["sum"]
    }

    fn initial(&self, _slot: &str, parameter: &Tensor) -> Tensor {
        parameter.full_like(self.initial_accumulator_value)
    }

    fn update(options: &Options<Self>, batch: &mut Batch) -> Result<(), Error> {
        let Self { lr_decay, eps, .. } = options.rule;
        optimizers::fused_adagrad(&batch.step(options), &batch.slots[0], &batch.steps, lr_decay, eps)
    }

    fn check(&self) -> Result<(), Error> {
        check_not_negative(Self::NAME, "lr_decay", self.lr_decay)?;
        check_not_negative(Self::NAME, "initial_accumulator_value", self.initial_accumulator_value)?;
        check_not_negative(Self::NAME, "eps", self.eps)
    }
}
