//! Folds a batch normalisation into the layer before it.

use tch::{Kind, Tensor, no_grad};

use super::misfit;
use crate::Error;
use crate::native::scaled;
use crate::params::Affine;

/// A batch normalisation with its running statistics, as in evaluation mode. Each tensor is `[channels]`.
#[derive(Clone, Copy, Debug)]
pub struct Norm<'a> {
    /// The scale; `None` means 1.
    pub weight: Option<&'a Tensor>,
    /// The shift; `None` means 0.
    pub bias: Option<&'a Tensor>,
    /// `running_mean`
    pub mean: &'a Tensor,
    /// `running_var`
    pub variance: &'a Tensor,
    /// What is added to the variance.
    pub eps: f64,
}

/// Returns the weight and bias of a convolution or linear layer with the batch normalisation after it folded in.
/// `weight` is `[out, ..]`, so it cannot be that of a transposed convolution.
///
/// ```
/// use nn_runtime::packed::{Norm, fold};
/// use tch::{Device, Kind, Tensor};
///
/// let weight = Tensor::from_slice2(&[[1.0, 2.0]]);
/// let (mean, variance) = (Tensor::from_slice(&[3.0]), Tensor::from_slice(&[4.0]));
/// let folded = fold(&weight, None, Norm { weight: None, bias: None, mean: &mean, variance: &variance, eps: 0.0 })?;
/// assert_eq!(folded.weight, Tensor::from_slice2(&[[0.5, 1.0]]));
/// assert_eq!(folded.bias, Tensor::from_slice(&[-1.5]));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
///
/// # Errors
/// If the sizes do not fit together.
pub fn fold(weight: &Tensor, bias: Option<&Tensor>, norm: Norm) -> Result<Affine, Error> {
    const OF: &str = "folding a batch norm";
    let out = weight.size().first().copied().unwrap_or_default();
    let parts = [("bias", bias), ("weight of the norm", norm.weight), ("bias of the norm", norm.bias)];
    let statistics = [("mean", Some(norm.mean)), ("variance", Some(norm.variance))];
    for (name, tensor) in parts.into_iter().chain(statistics) {
        let Some(tensor) = tensor else { continue };
        if tensor.size() != [out] {
            return Err(misfit(OF, format!("the {name} must be [{out}]"), &[("weight", weight), (name, tensor)]));
        }
    }
    no_grad(|| folded(weight, bias, norm))
}

fn folded(weight: &Tensor, bias: Option<&Tensor>, norm: Norm) -> Result<Affine, Error> {
    let wide = |tensor: &Tensor| tensor.f_to_kind(Kind::Double);
    let deviation = (wide(norm.variance)? + norm.eps).f_sqrt()?;
    let scale = match norm.weight {
        Some(scale) => wide(scale)?.f_div(&deviation)?,
        None => deviation.f_reciprocal()?,
    };
    let mut shift = -wide(norm.mean)?;
    if let Some(bias) = bias {
        shift = shift.f_add(&wide(bias)?)?;
    }
    shift = shift.f_mul(&scale)?;
    if let Some(bias) = norm.bias {
        shift = shift.f_add(&wide(bias)?)?;
    }
    let mut along = vec![1; weight.dim()];
    along[0] = -1;
    let kind = weight.kind();
    // In the wider type, except that not all weights become `f64`, which would need twice their memory.
    let scale = scale.f_view(&along[..])?.f_to_kind(if kind == Kind::Double { kind } else { Kind::Float })?;
    Ok(Affine { weight: scaled(weight, &scale)?, bias: shift.f_to_kind(kind)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FLOAT, assert_same, randn};

    /// Folds a norm into a convolution over `axes` axes, or into a linear layer.
    fn check(axes: usize, biased: bool, affine: bool, kind: Kind) {
        let kernel = [7, 3, 2, 2, 3];
        let weight = randn(&kernel[..2 + axes]).to_kind(kind);
        let [bias, scale, shift, mean] = [(); 4].map(|()| randn(&[7]).to_kind(kind));
        let variance = Tensor::rand([7], FLOAT).to_kind(kind);
        let bias = biased.then_some(&bias);
        let (scale, shift) = (affine.then_some(&scale), affine.then_some(&shift));
        let x = randn(&[4, 3, 5, 5, 5][..2 + axes]).to_kind(kind);
        let layer = |weight: &Tensor, bias: Option<&Tensor>| match axes {
            0 => x.linear(weight, bias),
            1 => x.conv1d(weight, bias, 1, 0, 1, 1),
            2 => x.conv2d(weight, bias, [1, 1], [0, 0], [1, 1], 1),
            _ => x.conv3d(weight, bias, [1, 1, 1], [0, 0, 0], [1, 1, 1], 1),
        };
        let plain =
            layer(&weight, bias).batch_norm(scale, shift, Some(&mean), Some(&variance), false, 0.1, 1e-5, false);
        let norm = Norm { weight: scale, bias: shift, mean: &mean, variance: &variance, eps: 1e-5 };
        let folded = fold(&weight, bias, norm).unwrap();
        assert_eq!(folded.weight.kind(), kind);
        assert_same(&layer(&folded.weight, Some(&folded.bias)), &plain);
    }

    #[test]
    fn what_is_folded_is_the_layer_and_its_norm() {
        tch::manual_seed(1);
        for axes in 0..4 {
            for (biased, affine) in [(false, false), (false, true), (true, false), (true, true)] {
                check(axes, biased, affine, Kind::Float);
            }
        }
        check(2, true, true, Kind::Double);
    }

    #[test]
    fn it_records_no_gradient_and_checks_sizes() {
        let weight = randn(&[6, 3]).set_requires_grad(true);
        let (good, bad) = (Tensor::ones([6], FLOAT), Tensor::ones([5], FLOAT));
        let norm = Norm { weight: None, bias: None, mean: &good, variance: &good, eps: 1e-5 };
        assert!(!fold(&weight, None, norm).unwrap().weight.requires_grad());
        assert_eq!(
            fold(&weight, None, Norm { mean: &bad, ..norm }).unwrap_err().to_string(),
            "folding a batch norm: the mean must be [6]\nnote: weight: f32 [6, 3], mean: f32 [5]\n\
             help: give what one layer was made of"
        );
    }
}
