//! Activations for which tch has no method, or none with these arguments.

use tch::Tensor;

use crate::attempt::fail;
use crate::{Error, native};

/// `x`, and `negative_slope * x` where that is negative.
pub fn leaky_relu(x: &Tensor, negative_slope: f64) -> Tensor {
    computed(native::leaky_relu(x, negative_slope))
}

/// `x`, and `alpha * (exp(x) - 1)` where that is negative.
pub fn elu(x: &Tensor, alpha: f64) -> Tensor {
    computed(native::elu(x, alpha))
}

/// `x`, and `alpha * (exp(x / alpha) - 1)` where that is negative.
pub fn celu(x: &Tensor, alpha: f64) -> Tensor {
    computed(native::celu(x, alpha))
}

/// `log(1 + exp(beta * x)) / beta`, and `x` where `beta * x` is above the threshold.
pub fn softplus(x: &Tensor, beta: f64, threshold: f64) -> Tensor {
    computed(native::softplus(x, beta, threshold))
}

/// `x / (1 + |x|)`
pub fn softsign(x: &Tensor) -> Tensor {
    x / (x.abs() + 1.0)
}

/// A failure of libtorch, as tch's methods have it: a panic, or an error of the attempt around it.
fn computed(result: Result<Tensor, Error>) -> Tensor {
    result.unwrap_or_else(|error| fail(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    /// Values and gradients, at points on both sides of every bend.
    fn assert_same(function: impl Fn(&Tensor) -> Tensor, formula: impl Fn(&Tensor) -> Tensor) {
        let [computed, expected] = [&function as &dyn Fn(&Tensor) -> Tensor, &formula].map(|function| {
            let x = Tensor::linspace(-4.0, 4.0, 50, (Kind::Double, Device::Cpu)).set_requires_grad(true);
            let y = function(&x);
            (&y * &y).sum(Kind::Double).backward();
            Tensor::stack(&[y.detach(), x.grad()], 0)
        });
        assert!(computed.allclose(&expected, 1e-9, 1e-9, false), "{}", (computed - expected).abs().max());
    }

    #[test]
    fn values_and_gradients_are_those_of_the_formulas() {
        let bent = |x: &Tensor, below: Tensor| x.where_self(&x.gt(0.0), &below);
        assert_same(|x| leaky_relu(x, 0.3), |x| bent(x, x * 0.3));
        assert_same(|x| elu(x, 1.5), |x| bent(x, (x.clamp_max(0.0).exp() - 1.0) * 1.5));
        assert_same(|x| celu(x, 0.5), |x| bent(x, ((x.clamp_max(0.0) / 0.5).exp() - 1.0) * 0.5));
        assert_same(
            |x| softplus(x, 2.0, 3.0),
            |x| x.where_self(&(x * 2.0).gt(3.0), &(((x * 2.0).exp() + 1.0).log() / 2.0)),
        );
    }
}
