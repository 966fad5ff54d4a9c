//! Stochastic gradient descent.

use super::options::check_fraction;
use super::{Batch, Builder, Options, Rule};
use crate::Error;
use crate::native::optimizers;

/// Stochastic gradient descent with momentum, like `torch.optim.SGD`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// The momentum factor, from 0 to less than 1.
    pub momentum: f64,
    /// How much of the gradient the momentum ignores.
    pub dampening: f64,
    /// Whether to use Nesterov momentum.
    pub nesterov: bool,
}

impl Sgd {
    /// Without momentum.
    ///
    /// ```
    /// use nn_runtime::optim::Sgd;
    ///
    /// let settings = Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(5e-4);
    /// ```
    #[allow(clippy::new_ret_no_self)]
    pub fn new(learning_rate: f64) -> Builder<Self> {
        Builder::new(learning_rate, Self { momentum: 0.0, dampening: 0.0, nesterov: false })
    }
}

impl Builder<Sgd> {
    /// Sets the momentum factor, from 0 to less than 1 (0).
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.options.rule.momentum = momentum;
        self
    }

    /// Sets how much of the gradient the momentum ignores (0).
    pub fn dampening(mut self, dampening: f64) -> Self {
        self.options.rule.dampening = dampening;
        self
    }

    /// Uses Nesterov momentum (Nesterov, 1983; Sutskever et al., 2013).
    pub fn nesterov(mut self) -> Self {
        self.options.rule.nesterov = true;
        self
    }
}

impl Rule for Sgd {
    const NAME: &'static str = "Sgd";

    fn slots(&self) -> Vec<&'static str> {
        if self.momentum == 0.0 { Vec::new() } else { vec!["momentum_buffer"] }
    }

    fn update(options: &Options<Self>, batch: &mut Batch) -> Result<(), Error> {
        let Self { momentum, dampening, nesterov } = options.rule;
        let buffers = batch.slots.first().map(Vec::as_slice);
        optimizers::fused_sgd(&batch.step(options), buffers, momentum, dampening, nesterov, batch.first)
    }

    fn momentum_mut(&mut self) -> Option<&mut f64> {
        Some(&mut self.momentum)
    }

    fn check(&self) -> Result<(), Error> {
        check_fraction(Self::NAME, "momentum", self.momentum)?;
        let mistake = |option, expected, found| Err(Error::Option { of: Self::NAME, option, expected, found });
        match *self {
            Self { nesterov: true, momentum: 0.0, .. } => {
                mistake("momentum", "more than 0 with `nesterov`", "0".to_owned())
            }
            Self { nesterov: true, dampening, .. } if dampening != 0.0 => {
                mistake("dampening", "0 with `nesterov`", dampening.to_string())
            }
            _ => Ok(()),
        }
    }
}
