//! Linear layers with the weight packed for oneDNN.

use std::cell::OnceCell;

use tch::{Tensor, no_grad};

use super::{Activation, expect_bias, misfit};
use crate::attempt::computed;
use crate::native::{linear, onednn};
use crate::{Error, Optimize};

/// The weight is packed for this number of rows, but works for any.
const ROWS: i64 = 1024;

/// From this number of elements on, a weight does not fit in a cache, and oneDNN is never slower.
const LARGE: i64 = 1 << 19;

/// Whether oneDNN is faster with a smaller weight. It takes 10 us to start, and is up to a third faster after that,
/// except for a single row.
fn pays(rows: i64, weight: i64) -> bool {
    rows > 1 && (weight >= 1 << 17 || rows.saturating_mul(weight) >= 1 << 22)
}

/// `y = x W^T + b` over the last dimension, followed by an activation.
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
    weight: Weight,
    bias: Option<Tensor>,
    activation: Activation,
    /// `[out, in]`
    shape: [i64; 2],
}

#[derive(Debug)]
enum Weight {
    Plain(Tensor),
    Packed(Tensor),
    /// Packed at the first input for which that is faster.
    Both {
        plain: Tensor,
        packed: OnceCell<Tensor>,
    },
}

impl Weight {
    fn new(weight: &Tensor, [out, into]: [i64; 2]) -> Result<Self, Error> {
        let taken = onednn::takes(weight);
        Ok(match out * into {
            LARGE.. if taken => Weight::Packed(packed(&weight.detach())?),
            1.. if taken => Weight::Both { plain: weight.optimized()?, packed: OnceCell::new() },
            _ => Weight::Plain(weight.optimized()?),
        })
    }
}

fn packed(weight: &Tensor) -> Result<Tensor, Error> {
    no_grad(|| onednn::pack_linear(weight, ROWS))
}

impl Linear {
    /// Prepares `weight`, `[out, in]`; `bias` is `[out]`.
    ///
    /// # Errors
    /// If a tensor has another shape.
    pub fn new(weight: &Tensor, bias: Option<&Tensor>, activation: Activation) -> Result<Self, Error> {
        const OF: &str = "packed linear layer";
        let Ok(shape) = <[i64; 2]>::try_from(weight.size()) else {
            return Err(misfit(OF, "the weight must have 2 dimensions".to_owned(), &[("weight", weight)]));
        };
        expect_bias(OF, weight, bias)?;
        let bias = bias.map(Tensor::optimized).transpose()?;
        Ok(Self { weight: Weight::new(weight, shape)?, bias, activation, shape })
    }

    /// Applies the layer to `input`, `[.., in]`, then the activation.
    ///
    /// # Panics
    /// If `input` does not fit.
    pub fn forward(&self, input: &Tensor) -> Tensor {
        no_grad(|| self.run(input, self.activation))
    }

    /// Applies the layer to `input`, adds `other`, broadcast like `+`, then applies the activation.
    ///
    /// # Panics
    /// If `input` or `other` does not fit.
    pub fn forward_add(&self, input: &Tensor, other: &Tensor) -> Tensor {
        no_grad(|| self.activation.of_sum(self.run(input, Activation::None), other))
    }

    fn run(&self, input: &Tensor, activation: Activation) -> Tensor {
        let Self { weight, bias, shape: [out, into], .. } = self;
        let bias = bias.as_ref();
        let packed = match weight {
            Weight::Packed(packed) => packed,
            Weight::Both { plain, packed: cell } if pays(onednn::rows(input, *into), out * into) => {
                cell.get_or_init(|| computed(packed(plain)))
            }
            Weight::Both { plain, .. } | Weight::Plain(plain) => {
                return activation.in_place(computed(linear::plain(input, plain, bias)));
            }
        };
        computed(onednn::linear(input, packed, *into, bias, &activation.post_op()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACTIVATIONS, FLOAT, Pair, assert_same, error, panic_of, randn};
    use tch::Kind;

    fn check(size: [i64; 2], kind: Kind, biased: bool, activations: &[Pair]) {
        let [out, into] = size;
        let weight = randn(&size).to_kind(kind) / (into as f64).sqrt();
        let bias = randn(&[out]).to_kind(kind);
        let bias = biased.then_some(&bias);
        for (activation, apply) in activations {
            let linear = Linear::new(&weight, bias, *activation).unwrap();
            for rows in [&[][..], &[1], &[2], &[3, 50], &[0]] {
                let x = randn(&[rows, &[into]].concat()).to_kind(kind);
                let plain = x.linear(&weight, bias);
                let other = plain.randn_like();
                assert_same(&linear.forward(&x), &apply(&plain));
                assert_same(&linear.forward_add(&x, &other), &apply(&(plain + other)));
            }
            let across = randn(&[into, 64]).to_kind(kind).tr();
            assert_same(&linear.forward(&across), &apply(&across.linear(&weight, bias)));
        }
    }

    #[test]
    fn a_packed_linear_layer_is_the_plain_one() {
        tch::set_num_threads(1);
        tch::manual_seed(1);
        for size in [[30, 20], [300, 450]] {
            check(size, Kind::Float, true, &ACTIVATIONS);
            check(size, Kind::Float, false, &ACTIVATIONS[..2]);
        }
        check([600, 900], Kind::Float, true, &ACTIVATIONS[..2]);
        check([30, 20], Kind::Double, true, &ACTIVATIONS);
    }

    #[test]
    fn it_is_not_trained_further() {
        for size in [[3, 2], [300, 450], [600, 900]] {
            let (mut weight, x) =
                (Tensor::ones(size, FLOAT).set_requires_grad(true), Tensor::ones([2, size[1]], FLOAT));
            let linear = Linear::new(&weight, None, Activation::None).unwrap();
            let _ = no_grad(|| weight.fill_(2.0));
            let result = linear.forward(&x);
            assert!(!result.requires_grad());
            assert_eq!(result.double_value(&[0, 0]), size[1] as f64);
        }
    }

    #[test]
    fn tensors_that_do_not_fit_are_refused() {
        let [flat, weight, large] = [&[6][..], &[6, 3], &[600, 900]].map(|size| Tensor::zeros(size, FLOAT));
        assert!(error(Linear::new(&flat, None, Activation::None)).contains("the weight must have 2 dimensions"));
        assert!(error(Linear::new(&weight, Some(&weight), Activation::None)).contains("the bias must be [6]"));
        let linear = Linear::new(&weight, Some(&flat), Activation::None).unwrap();
        let [x, wide] = [3, 4].map(|width| Tensor::zeros([64, width], FLOAT));
        let panic = panic_of(|| linear.forward(&wide));
        assert!(panic.contains("mat1 and mat2 shapes cannot be multiplied (64x4 and 3x6)"), "{panic}");
        let panic = panic_of(|| linear.forward_add(&x, &wide));
        assert!(panic.contains("The size of tensor a (6) must match the size of tensor b (4)"), "{panic}");
        let packed = Linear::new(&large, None, Activation::None).unwrap();
        assert_eq!(
            panic_of(|| packed.forward(&x)),
            "libtorch: a packed linear layer over 900 features of f32 on the CPU cannot take Float [64, 3] on cpu"
        );
    }
}
