use std::cell::OnceCell;

use tch::{Tensor, no_grad};

use super::{Activation, expect_bias, misfit};
use crate::attempt::computed;
use crate::native::onednn;
use crate::{Error, Optimize};

/// From so many rows on oneDNN multiplies faster.
const MANY: i64 = 16;

/// `y = x W^T + b` over the last dimension, and the activation behind it.
///
/// ```
/// use nn_runtime::packed::{Activation, Linear};
/// use tch::{Device, Kind, Tensor};
///
/// let float = (Kind::Float, Device::Cpu);
/// let (weight, bias) = (Tensor::randn([30, 20], float), Tensor::randn([30], float));
/// let x = Tensor::randn([64, 20], float);
/// let linear = Linear::new(&weight, Some(&bias), Activation::Relu)?;
/// assert!(linear.forward(&x).allclose(&x.linear(&weight, Some(&bias)).relu(), 1e-5, 1e-5, false));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug)]
pub struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
    activation: Activation,
    /// Whether oneDNN can have it, and how many features it takes and gives.
    packable: bool,
    features: [i64; 2],
    /// As oneDNN wants it, once there were many rows.
    packed: OnceCell<Tensor>,
}

impl Linear {
    /// Prepares `weight`, `[out, in]`; `bias` is `[out]`.
    ///
    /// # Errors
    /// If a tensor has another shape.
    pub fn new(weight: &Tensor, bias: Option<&Tensor>, activation: Activation) -> Result<Self, Error> {
        const OF: &str = "packed linear layer";
        let Ok([out, into]) = <[i64; 2]>::try_from(weight.size()) else {
            return Err(misfit(OF, "the weight must have 2 dimensions".to_owned(), &[("weight", weight)]));
        };
        expect_bias(OF, weight, bias)?;
        Ok(Self {
            weight: weight.optimized()?,
            bias: bias.map(Tensor::optimized).transpose()?,
            activation,
            packable: onednn::takes(weight),
            features: [into, out],
            packed: OnceCell::new(),
        })
    }

    /// The layer applied to `input`, `[.., in]`, then the activation.
    ///
    /// # Panics
    /// If `input` does not fit.
    pub fn forward(&self, input: &Tensor) -> Tensor {
        let Self { bias, activation, .. } = self;
        no_grad(|| match self.packed_for(input) {
            // SAFETY: it fits.
            Some(packed) => computed(unsafe { onednn::linear(input, packed, bias.as_ref(), &activation.post_op()) }),
            None => activation.in_place(self.plain(input)),
        })
    }

    /// The layer applied to `input`, plus `other`, which has the shape of the result, then the activation.
    ///
    /// # Panics
    /// If `input` or `other` does not fit.
    pub fn forward_add(&self, input: &Tensor, other: &Tensor) -> Tensor {
        let Self { bias, activation, features: [_, out], .. } = self;
        no_grad(|| {
            activation.in_place(match self.packed_for(input) {
                // SAFETY: it fits.
                Some(packed) => computed(unsafe { onednn::linear_add(input, other, packed, bias.as_ref(), *out) }),
                None => self.plain(input).g_add_(other),
            })
        })
    }

    fn plain(&self, input: &Tensor) -> Tensor {
        input.linear(&self.weight, self.bias.as_ref())
    }

    /// The packed weight, where the input fits and oneDNN wins.
    fn packed_for(&self, input: &Tensor) -> Option<&Tensor> {
        let rows = if self.packable { onednn::rows(input, self.features[0]) } else { 0 };
        (rows >= MANY).then(|| self.packed.get_or_init(|| computed(onednn::pack_linear(&self.weight, rows))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::testing::{ACTIVATIONS, FLOAT, Pair, assert_same, error, panic_of, randn};
    use tch::Kind;

    fn check(kind: Kind, biased: bool, activations: &[Pair]) {
        let (weight, bias) = (randn(&[30, 20]).to_kind(kind), randn(&[30]).to_kind(kind));
        let bias = biased.then_some(&bias);
        for (activation, apply) in activations {
            let linear = Linear::new(&weight, bias, *activation).unwrap();
            for shape in [&[20][..], &[1, 20], &[64, 20], &[3, 50, 20], &[17, 20], &[0, 20]] {
                let x = randn(shape).to_kind(kind);
                let plain = x.linear(&weight, bias);
                let other = plain.randn_like();
                assert_same(&linear.forward(&x), &apply(&plain));
                assert_same(&linear.forward_add(&x, &other), &apply(&(plain + other)));
            }
            let across = randn(&[20, 64]).to_kind(kind).tr();
            assert_same(&linear.forward(&across), &apply(&across.linear(&weight, bias)));
        }
    }

    #[test]
    fn a_packed_linear_layer_is_the_plain_one() {
        tch::manual_seed(1);
        check(Kind::Float, true, &ACTIVATIONS);
        check(Kind::Double, true, &ACTIVATIONS);
        check(Kind::Float, false, &ACTIVATIONS[..2]);
    }

    #[test]
    fn tensors_that_do_not_fit_are_refused() {
        let [flat, weight] = [&[6][..], &[6, 3]].map(|size| Tensor::zeros(size, FLOAT));
        assert!(error(Linear::new(&flat, None, Activation::None)).contains("the weight must have 2 dimensions"));
        assert!(error(Linear::new(&weight, Some(&weight), Activation::None)).contains("the bias must be [6]"));
        let linear = Linear::new(&weight, Some(&flat), Activation::None).unwrap();
        let panic = panic_of(|| linear.forward(&Tensor::zeros([64, 4], FLOAT)));
        assert!(panic.contains("mat1 and mat2 shapes cannot be multiplied (64x4 and 3x6)"), "{panic}");
        let [x, other] = [3, 5].map(|width| Tensor::zeros([64, width], FLOAT));
        assert_eq!(
            panic_of(|| linear.forward_add(&x, &other)),
            "libtorch: what is added must be [64, 6] of f32 on the CPU, and is Float [64, 5] on cpu"
        );
    }
}
