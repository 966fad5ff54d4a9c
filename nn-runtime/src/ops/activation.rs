//! Activations for which tch has no method, or none with these arguments.

use tch::Tensor;

/// `x`, and `slope * x` where that is negative.
pub fn leaky_relu(x: &Tensor, slope: f64) -> Tensor {
    x.prelu(&Tensor::full([1], slope, (x.kind(), x.device())))
}

/// `x`, and `alpha * (exp(x) - 1)` where that is negative.
pub fn elu(x: &Tensor, alpha: f64) -> Tensor {
    leaky_relu(&x.elu(), alpha)
}

/// `x`, and `alpha * (exp(x / alpha) - 1)` where that is negative.
pub fn celu(x: &Tensor, alpha: f64) -> Tensor {
    x.relu() + (x.clamp_max(0.0) / alpha).expm1() * alpha
}

/// `log(1 + exp(beta * x)) / beta`, and `x` where `beta * x` is above the threshold.
pub fn softplus(x: &Tensor, beta: f64, threshold: f64) -> Tensor {
    let scaled = x * beta;
    // A logarithm that does not overflow, whatever the threshold.
    let bent = (-&scaled).log_sigmoid() / -beta;
    x.where_self(&scaled.gt(threshold), &bent)
}

/// `x / (1 + |x|)`
pub fn softsign(x: &Tensor) -> Tensor {
    x / (x.abs() + 1.0)
}
