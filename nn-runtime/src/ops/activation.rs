//! Activations for which tch has no method, or none with these arguments.

use tch::Tensor;

use crate::attempt::computed;
use crate::native;

/// `x` if positive, `negative_slope * x` otherwise.
pub fn leaky_relu(x: &Tensor, negative_slope: f64) -> Tensor {
    computed(native::leaky_relu(x, negative_slope))
}

/// `x` if positive, `alpha * (exp(x) - 1)` otherwise.
pub fn elu(x: &Tensor, alpha: f64) -> Tensor {
    computed(native::elu(x, alpha))
}

/// `x` if positive, `alpha * (exp(x / alpha) - 1)` otherwise.
pub fn celu(x: &Tensor, alpha: f64) -> Tensor {
    computed(native::celu(x, alpha))
}

/// `log(1 + exp(beta * x)) / beta`, or `x` if `beta * x` is above the threshold.
pub fn softplus(x: &Tensor, beta: f64, threshold: f64) -> Tensor {
    computed(native::softplus(x, beta, threshold))
}

/// `x / (1 + |x|)`
pub fn softsign(x: &Tensor) -> Tensor {
    x / (x.abs() + 1.0)
}

/// [`leaky_relu`] in place.
pub fn leaky_relu_(mut x: Tensor, negative_slope: f64) -> Tensor {
    computed(native::leaky_relu_(&mut x, negative_slope));
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    /// Compares values and gradients, at points on both sides of every bend.
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

    /// An optimised network calls these on values that nothing else refers to.
    #[test]
    fn in_place_they_give_the_same_in_inference_mode() {
        type Pair = (fn(&Tensor) -> Tensor, fn(Tensor) -> Tensor);
        let pairs: [Pair; 19] = [
            (Tensor::relu, |mut x| x.relu_()),
            (Tensor::relu6, |mut x| x.relu6_()),
            (Tensor::selu, |mut x| x.selu_()),
            (Tensor::silu, |mut x| x.silu_()),
            (Tensor::mish, |mut x| x.mish_()),
            (Tensor::sigmoid, |mut x| x.sigmoid_()),
            (Tensor::tanh, |mut x| x.tanh_()),
            (Tensor::hardswish, |mut x| x.hardswish_()),
            (Tensor::hardsigmoid, |mut x| x.hardsigmoid_()),
            (Tensor::leaky_relu, |mut x| x.leaky_relu_()),
            (Tensor::elu, |mut x| x.elu_()),
            (Tensor::celu, |mut x| x.celu_()),
            (Tensor::exp, |mut x| x.exp_()),
            (Tensor::square, |mut x| x.square_()),
            (|x| x.gelu("none"), |mut x| x.gelu_("none")),
            (|x| x.gelu("tanh"), |mut x| x.gelu_("tanh")),
            (|x| x.clamp(-0.5, 0.7), |mut x| x.clamp_(-0.5, 0.7)),
            (|x| x.threshold(0.1, 2.0), |mut x| x.threshold_(0.1, 2.0)),
            (|x| leaky_relu(x, 0.3), |x| leaky_relu_(x, 0.3)),
        ];
        for kind in [Kind::Float, Kind::Double, Kind::BFloat16] {
            for (plain, in_place) in pairs {
                crate::inference_mode(|| {
                    let x = Tensor::linspace(-4.0, 4.0, 50, (kind, Device::Cpu));
                    let (expected, place) = (plain(&x), x.data_ptr());
                    let found = in_place(x);
                    assert_eq!((found.data_ptr(), &found), (place, &expected));
                });
            }
        }
    }
}
