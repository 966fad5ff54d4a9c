//! Adam and AdamW.

use super::options::{check_fraction, check_not_negative};
use super::{Batch, Builder, Options, Rule};
use crate::Error;
use crate::native::optimizers::{self, Moments};

/// Adam (Kingma & Ba, 2015), like `torch.optim.Adam`: weight decay is part of the gradient.
///
/// ```
/// use nn_runtime::optim::Adam;
///
/// let settings = Adam::new(1e-3).betas(0.9, 0.99).amsgrad();
/// ```
pub type Adam = AdamRule<false>;

/// AdamW (Loshchilov & Hutter, 2019), like `torch.optim.AdamW`: weight decay, 0.01 unless set, shrinks the parameters
/// directly.
///
/// ```
/// use nn_runtime::optim::AdamW;
///
/// let settings = AdamW::new(1e-3).weight_decay(0.05).exclude("*.bias").exclude("*norm*");
/// ```
pub type AdamW = AdamRule<true>;

/// [`Adam`], or [`AdamW`] if the weight decay is decoupled from the gradient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamRule<const DECOUPLED: bool> {
    /// The smoothing constants of the averages of the gradient and of its square, each from 0 to less than 1.
    pub betas: (f64, f64),
    /// Prevents division by 0.
    pub eps: f64,
    /// Whether to use the largest average square so far, not the latest (Reddi et al., 2018).
    pub amsgrad: bool,
}

impl<const DECOUPLED: bool> AdamRule<DECOUPLED> {
    /// Uses PyTorch's defaults.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(learning_rate: f64) -> Builder<Self> {
        let rule = Self { betas: (0.9, 0.999), eps: 1e-8, amsgrad: false };
        Builder::new(learning_rate, rule).weight_decay(if DECOUPLED { 0.01 } else { 0.0 })
    }
}

impl<const DECOUPLED: bool> Builder<AdamRule<DECOUPLED>> {
    /// Sets the smoothing constants of the averages of the gradient and of its square (0.9, 0.999).
    pub fn betas(mut self, gradient: f64, square: f64) -> Self {
        self.options.rule.betas = (gradient, square);
        self
    }

    /// Sets the term that prevents division by 0 (1e-8).
    pub fn eps(mut self, eps: f64) -> Self {
        self.options.rule.eps = eps;
        self
    }

    /// Uses the largest average square so far, not the latest (Reddi et al., 2018).
    pub fn amsgrad(mut self) -> Self {
        self.options.rule.amsgrad = true;
        self
    }
}

impl<const DECOUPLED: bool> Rule for AdamRule<DECOUPLED> {
    const NAME: &'static str = if DECOUPLED { "AdamW" } else { "Adam" };

    fn slots(&self) -> Vec<&'static str> {
        let mut slots = vec!["exp_avg", "exp_avg_sq"];
        slots.extend(self.amsgrad.then_some("max_exp_avg_sq"));
        slots
    }

    fn update(options: &Options<Self>, batch: &mut Batch) -> Result<(), Error> {
        let Self { betas, eps, .. } = options.rule;
        let moments = Moments {
            exp_avgs: &batch.slots[0],
            exp_avg_sqs: &batch.slots[1],
            max_exp_avg_sqs: batch.slots.get(2).map(Vec::as_slice),
            steps: &batch.steps,
        };
        optimizers::fused_adam(&batch.step(options), &moments, betas, eps, DECOUPLED)
    }

    fn momentum_mut(&mut self) -> Option<&mut f64> {
        Some(&mut self.betas.0)
    }

    fn check(&self) -> Result<(), Error> {
        check_fraction(Self::NAME, "betas.0", self.betas.0)?;
        check_fraction(Self::NAME, "betas.1", self.betas.1)?;
        check_not_negative(Self::NAME, "eps", self.eps)
    }
}
