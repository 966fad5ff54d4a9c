//! Gradient clipping.

use tch::Tensor;

use crate::{Error, native};

/// Scales the gradients of `parameters` by one factor, so that their norm, taken as one vector, is at most `max_norm`.
/// Returns the norm before that as a scalar, like `torch.nn.utils.clip_grad_norm_`.
///
/// `norm_type` is the exponent of the norm: 2, or `f64::INFINITY` for the largest absolute value.
///
/// ```
/// use nn_runtime::optim::clip_grad_norm;
/// use tch::{Kind, Tensor};
///
/// let weight = Tensor::from_slice(&[3.0, 4.0]).set_requires_grad(true);
/// (weight.square().sum(Kind::Double) / 2.0).backward();
/// assert_eq!(clip_grad_norm(&[&weight], 1.0, 2.0)?.double_value(&[]), 5.0);
/// assert!((weight.grad().norm().double_value(&[]) - 1.0).abs() < 1e-6);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
///
/// # Errors
/// If libtorch fails.
pub fn clip_grad_norm(parameters: &[&Tensor], max_norm: f64, norm_type: f64) -> Result<Tensor, Error> {
    tch::no_grad(|| native::clip_gradients(&gradients(parameters)?, max_norm, norm_type))
}

/// Clamps every element of the gradients of `parameters` to `-max_value..=max_value`, like
/// `torch.nn.utils.clip_grad_value_`.
///
/// # Errors
/// If libtorch fails.
pub fn clip_grad_value(parameters: &[&Tensor], max_value: f64) -> Result<(), Error> {
    tch::no_grad(|| {
        gradients(parameters)?.iter_mut().try_for_each(|gradient| {
            let _ = gradient.f_clamp_(-max_value, max_value)?;
            Ok(())
        })
    })
}

/// The gradients of the parameters that have one.
fn gradients(parameters: &[&Tensor]) -> Result<Vec<Tensor>, Error> {
    let gradients: Vec<Tensor> = parameters.iter().map(|parameter| parameter.f_grad()).collect::<Result<_, _>>()?;
    Ok(gradients.into_iter().filter(Tensor::defined).collect())
}
