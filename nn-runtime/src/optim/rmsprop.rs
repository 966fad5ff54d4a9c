//! RMSprop.

use super::options::{check_fraction, check_not_negative};
use super::{Batch, Builder, Options, Rule};
use crate::Error;
use crate::native::optimizers::{self, Averages};

/// RMSprop (Hinton, 2012), like `torch.optim.RMSprop`.
///
/// ```
/// use nn_runtime::optim::RmsProp;
///
/// let settings = RmsProp::new(1e-2).alpha(0.9).momentum(0.9).centered();
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    /// The smoothing constant of the average squared gradient, from 0 to less than 1.
    pub alpha: f64,
    /// Prevents division by 0.
    pub eps: f64,
    /// The momentum factor, from 0 to less than 1.
    pub momentum: f64,
    /// Whether to divide by an estimate of the gradient's standard deviation instead of its root mean square.
    pub centered: bool,
}

impl RmsProp {
    /// Uses PyTorch's defaults; its default learning rate is 1e-2.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(learning_rate: f64) -> Builder<Self> {
        Builder::new(learning_rate, Self { alpha: 0.99, eps: 1e-8, momentum: 0.0, centered: false })
    }
}

impl Builder<RmsProp> {
    /// Sets the smoothing constant of the average squared gradient (0.99).
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.options.rule.alpha = alpha;
        self
    }

    /// Sets the term that prevents division by 0 (1e-8).
    pub fn eps(mut self, eps: f64) -> Self {
        self.options.rule.eps = eps;
        self
    }

    /// Sets the momentum factor (0).
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.options.rule.momentum = momentum;
        self
    }

    /// Divides by an estimate of the gradient's standard deviation (Graves, 2013).
    pub fn centered(mut self) -> Self {
        self.options.rule.centered = true;
        self
    }
}

impl Rule for RmsProp {
    const NAME: &'static str = "RmsProp";

    fn slots(&self) -> Vec<&'static str> {
        let mut slots = vec!["square_avg"];
        slots.extend(self.centered.then_some("grad_avg"));
        slots.extend((self.momentum > 0.0).then_some("momentum_buffer"));
        slots
    }

    fn update(options: &Options<Self>, batch: &mut Batch) -> Result<(), Error> {
        let Self { alpha, eps, momentum, centered } = options.rule;
        let (square_avgs, others) = batch.slots.split_first().expect("it has slots");
        let mut others = others.iter().map(Vec::as_slice);
        let grad_avgs = if centered { others.next() } else { None };
        let averages = Averages { square_avgs, grad_avgs, momentum_buffers: others.next() };
        optimizers::rmsprop(&batch.step(options), &averages, alpha, eps, momentum)
    }

    fn momentum_mut(&mut self) -> Option<&mut f64> {
        Some(&mut self.momentum)
    }

    fn check(&self) -> Result<(), Error> {
        check_fraction(Self::NAME, "alpha", self.alpha)?;
        check_fraction(Self::NAME, "momentum", self.momentum)?;
        check_not_negative(Self::NAME, "eps", self.eps)
    }
}
