//! The steps of the optimizers, each for all parameters at once: `optimizers.cpp`.

use tch::Tensor;

use super::{Failure, List, Tensors, checked};
use crate::Error;

unsafe extern "C" {
    fn nn_fused_sgd(
        count: usize,
        parameters: Tensors,
        gradients: Tensors,
        momentum_buffers: Tensors,
        weight_decay: f64,
        momentum: f64,
        lr: f64,
        dampening: f64,
        nesterov: bool,
        maximize: bool,
        first_step: bool,
    ) -> Failure;
    fn nn_fused_adam(
        count: usize,
        parameters: Tensors,
        gradients: Tensors,
        exp_avgs: Tensors,
        exp_avg_sqs: Tensors,
        max_exp_avg_sqs: Tensors,
        steps: Tensors,
        lr: f64,
        beta1: f64,
        beta2: f64,
        weight_decay: f64,
        eps: f64,
        maximize: bool,
        decoupled: bool,
    ) -> Failure;
    fn nn_fused_adagrad(
        count: usize,
        parameters: Tensors,
        gradients: Tensors,
        sums: Tensors,
        steps: Tensors,
        lr: f64,
        lr_decay: f64,
        weight_decay: f64,
        eps: f64,
        maximize: bool,
    ) -> Failure;
    fn nn_rmsprop(
        count: usize,
        parameters: Tensors,
        gradients: Tensors,
        square_avgs: Tensors,
        grad_avgs: Tensors,
        momentum_buffers: Tensors,
        lr: f64,
        alpha: f64,
        eps: f64,
        weight_decay: f64,
        momentum: f64,
        maximize: bool,
    ) -> Failure;
}

/// The arguments that all steps have in common.
pub(crate) struct Step<'a> {
    pub parameters: &'a [Tensor],
    pub gradients: &'a [Tensor],
    pub learning_rate: f64,
    pub weight_decay: f64,
    pub maximize: bool,
}

/// `torch._fused_sgd_`. Without momentum there are no buffers. The first step sets them to the gradients.
pub(crate) fn fused_sgd(
    step: &Step,
    buffers: Option<&[Tensor]>,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    first_step: bool,
) -> Result<(), Error> {
    let count = step.parameters.len();
    let [parameters, gradients] = [step.parameters, step.gradients].map(|tensors| List::of(tensors, count));
    let buffers = List::optional(buffers, count);
    checked(unsafe {
        nn_fused_sgd(
            count,
            parameters.pointer(),
            gradients.pointer(),
            buffers.pointer(),
            step.weight_decay,
            momentum,
            step.learning_rate,
            dampening,
            nesterov,
            step.maximize,
            first_step,
        )
    })
}

/// The state of Adam and AdamW, with one tensor for each parameter.
pub(crate) struct Moments<'a> {
    pub exp_avgs: &'a [Tensor],
    pub exp_avg_sqs: &'a [Tensor],
    /// Only with `amsgrad`.
    pub max_exp_avg_sqs: Option<&'a [Tensor]>,
    /// The number of this step, `f32` because the kernels require it.
    pub steps: &'a [Tensor],
}

/// `torch._fused_adamw_` if the weight decay is `decoupled` from the gradient, `torch._fused_adam_` otherwise.
pub(crate) fn fused_adam(
    step: &Step,
    moments: &Moments,
    betas: (f64, f64),
    eps: f64,
    decoupled: bool,
) -> Result<(), Error> {
    let count = step.parameters.len();
    let [parameters, gradients, exp_avgs, exp_avg_sqs, steps] =
        [step.parameters, step.gradients, moments.exp_avgs, moments.exp_avg_sqs, moments.steps]
            .map(|tensors| List::of(tensors, count));
    let maxima = List::optional(moments.max_exp_avg_sqs, count);
    checked(unsafe {
        nn_fused_adam(
            count,
            parameters.pointer(),
            gradients.pointer(),
            exp_avgs.pointer(),
            exp_avg_sqs.pointer(),
            maxima.pointer(),
            steps.pointer(),
            step.learning_rate,
            betas.0,
            betas.1,
            step.weight_decay,
            eps,
            step.maximize,
            decoupled,
        )
    })
}

/// `torch._fused_adagrad_`.
pub(crate) fn fused_adagrad(
    step: &Step,
    sums: &[Tensor],
    steps: &[Tensor],
    lr_decay: f64,
    eps: f64,
) -> Result<(), Error> {
    let count = step.parameters.len();
    let [parameters, gradients, sums, steps] =
        [step.parameters, step.gradients, sums, steps].map(|tensors| List::of(tensors, count));
    checked(unsafe {
        nn_fused_adagrad(
            count,
            parameters.pointer(),
            gradients.pointer(),
            sums.pointer(),
            steps.pointer(),
            step.learning_rate,
            lr_decay,
            step.weight_decay,
            eps,
            step.maximize,
        )
    })
}

/// The state of RMSprop, with one tensor for each parameter.
pub(crate) struct Averages<'a> {
    pub square_avgs: &'a [Tensor],
    /// Only if it is centred.
    pub grad_avgs: Option<&'a [Tensor]>,
    /// Only with momentum.
    pub momentum_buffers: Option<&'a [Tensor]>,
}

/// A step of `torch.optim.RMSprop`.
pub(crate) fn rmsprop(step: &Step, averages: &Averages, alpha: f64, eps: f64, momentum: f64) -> Result<(), Error> {
    let count = step.parameters.len();
    let [parameters, gradients, square_avgs] =
        [step.parameters, step.gradients, averages.square_avgs].map(|tensors| List::of(tensors, count));
    let [grad_avgs, buffers] =
        [averages.grad_avgs, averages.momentum_buffers].map(|tensors| List::optional(tensors, count));
    checked(unsafe {
        nn_rmsprop(
            count,
            parameters.pointer(),
            gradients.pointer(),
            square_avgs.pointer(),
            grad_avgs.pointer(),
            buffers.pointer(),
            step.learning_rate,
            alpha,
            eps,
            step.weight_decay,
            momentum,
            step.maximize,
        )
    })
}
