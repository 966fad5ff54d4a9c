//! The projections of attention to queries, keys and values, as one product.

use std::cell::OnceCell;
use std::ptr;

use tch::Tensor;

use super::{Activation, Linear, expect_bias, misfit};
use crate::attempt::computed;
use crate::ops::{split_heads, thirds};
use crate::{Error, Optimize};

/// The projections at the start of multi-head attention: queries, keys and values use one third of the weight each, and
/// are split into heads.
///
/// ```
/// use nn_runtime::packed::Heads;
/// use tch::{Device, Kind, Tensor};
///
/// let float = (Kind::Float, Device::Cpu);
/// let heads = Heads::new(&Tensor::randn([3 * 64, 64], float), None, 8)?;
/// let x = Tensor::randn([2, 10, 64], float);
/// let [query, key, value] = heads.forward(&x, &x, &x);
/// assert_eq!(query.size(), [2, 8, 10, 8]);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug)]
pub struct Heads {
    weight: Tensor,
    bias: Option<Tensor>,
    heads: i64,
    /// Made when it is first used.
    all: OnceCell<Linear>,
    thirds: OnceCell<[Linear; 3]>,
}

impl Heads {
    /// Prepares `weight`, `[3 * width, width]`; `bias` is `[3 * width]`.
    ///
    /// # Errors
    /// If a tensor has another shape.
    pub fn new(weight: &Tensor, bias: Option<&Tensor>, heads: i64) -> Result<Self, Error> {
        const OF: &str = "packed projections of heads";
        expect_bias(OF, weight, bias)?;
        if !matches!(weight.size()[..], [rows, width] if rows == 3 * width && heads > 0 && width % heads == 0) {
            let problem = format!("the weight must be [3 * width, width], with a width that {heads} heads divide");
            return Err(misfit(OF, problem, &[("weight", weight)]));
        }
        let (weight, bias) = (weight.optimized()?, bias.map(Tensor::optimized).transpose()?);
        Ok(Self { weight, bias, heads, all: OnceCell::new(), thirds: OnceCell::new() })
    }

    /// Projects inputs `[N, T, width]` to `[N, heads, T, width / heads]` each. If all three are the same tensor, there
    /// is only one product.
    ///
    /// # Panics
    /// If an input does not fit.
    pub fn forward(&self, query: &Tensor, key: &Tensor, value: &Tensor) -> [Tensor; 3] {
        let projected = if ptr::eq(query, key) && ptr::eq(key, value) {
            let all = self.all.get_or_init(|| linear(&self.weight, self.bias.as_ref()));
            thirds(&all.forward(query), -1)
        } else {
            let [queries, keys, values] = self.thirds.get_or_init(|| self.split());
            [queries.forward(query), keys.forward(key), values.forward(value)]
        };
        projected.map(|features| split_heads(&features, self.heads))
    }

    fn split(&self) -> [Linear; 3] {
        let (weights, biases) = (thirds(&self.weight, 0), self.bias.as_ref().map(|bias| thirds(bias, 0)));
        [0, 1, 2].map(|index| linear(&weights[index], biases.as_ref().map(|biases| &biases[index])))
    }
}

fn linear(weight: &Tensor, bias: Option<&Tensor>) -> Linear {
    computed(Linear::new(weight, bias, Activation::None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::project_heads;
    use crate::testing::{FLOAT, assert_same, error, randn};

    #[test]
    fn packed_heads_are_the_plain_ones() {
        tch::manual_seed(1);
        let (weight, bias) = (randn(&[48, 16]), randn(&[48]));
        let (x, key, value) = (randn(&[2, 20, 16]), randn(&[2, 9, 16]), randn(&[2, 9, 16]));
        for bias in [None, Some(&bias)] {
            let heads = Heads::new(&weight, bias, 4).unwrap();
            for [query, key, value] in [[&x, &x, &x], [&x, &key, &value], [&x, &key, &key]] {
                let plain = project_heads(query, key, value, &weight, bias, 4);
                for (found, expected) in heads.forward(query, key, value).iter().zip(&plain) {
                    assert_same(found, expected);
                }
            }
        }
    }

    #[test]
    fn weights_that_do_not_fit_are_errors() {
        let weight = Tensor::zeros([48, 16], FLOAT);
        assert_eq!(
            error(Heads::new(&weight, None, 3)),
            "packed projections of heads: the weight must be [3 * width, width], with a width that 3 heads divide\n\
             note: weight: f32 [48, 16]\nhelp: give what one layer was made of"
        );
        assert!(error(Heads::new(&weight.tr(), None, 2)).contains("[3 * width, width]"));
    }
}
