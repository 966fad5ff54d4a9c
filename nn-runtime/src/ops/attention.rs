//! Attention.

use tch::{Kind, Tensor};

use super::linear;
use crate::attempt::computed;
use crate::native::attention;

/// `[N, T, heads * e]` to `[N, heads, T, e]`.
pub fn split_heads(features: &Tensor, heads: i64) -> Tensor {
    features.unflatten(-1, [heads, -1]).transpose(1, 2)
}

/// `[N, heads, T, e]` to `[N, T, heads * e]`.
pub fn merge_heads(heads: &Tensor) -> Tensor {
    heads.transpose(1, 2).flatten(2, 3)
}

/// Projects queries, keys and values by one third of the weight each, and splits them into heads.
pub fn project_heads(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    heads: i64,
) -> [Tensor; 3] {
    let projected = if std::ptr::eq(query, key) && std::ptr::eq(key, value) {
        thirds(&linear(query, weight, bias), -1) // One product is faster than three.
    } else {
        let (weights, biases) = (thirds(weight, 0), bias.map(|bias| thirds(bias, 0)));
        let project =
            |index: usize, input: &Tensor| linear(input, &weights[index], biases.as_ref().map(|biases| &biases[index]));
        [project(0, query), project(1, key), project(2, value)]
    };
    projected.map(|features| split_heads(&features, heads))
}

/// The thirds of a tensor that belong to queries, keys and values.
pub(crate) fn thirds(tensor: &Tensor, dim: i64) -> [Tensor; 3] {
    tensor.chunk(3, dim).try_into().expect("a third each for queries, keys and values")
}

/// libtorch's scaled dot-product attention, with dropout only in training. On the CPU our own computes it and its
/// gradients if that is faster.
#[allow(clippy::too_many_arguments)]
pub fn scaled_dot_product_attention(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    mask: Option<&Tensor>,
    dropout: f64,
    train: bool,
    causal: bool,
    scale: Option<f64>,
    grouped: bool,
) -> Tensor {
    let dropout = if train { dropout } else { 0.0 };
    let (heads, plain) = ([query, key, value], dropout == 0.0 && !grouped && !(causal && mask.is_some()));
    if plain && attention::pays(heads, mask) {
        let features = *query.size().last().expect("it has four dimensions");
        let scale = scale.unwrap_or_else(|| 1.0 / (features as f64).sqrt());
        return computed(attention::attention(heads, mask, causal, scale));
    }
    Tensor::scaled_dot_product_attention(query, key, value, mask, dropout, causal, scale, grouped)
}

/// Combines the mask with a causal one, in which a query attends to the keys up to its own position. Both begin at the
/// first key, as in libtorch's `is_causal`.
pub fn causal_mask(mask: &Tensor, query: &Tensor, key: &Tensor) -> Tensor {
    let length = |heads: &Tensor| heads.size()[2];
    let seen = Tensor::ones([length(query), length(key)], (Kind::Bool, mask.device())).tril(0);
    match mask.kind() {
        Kind::Bool => mask.logical_and(&seen),
        _ => mask.masked_fill(&seen.logical_not(), f64::NEG_INFINITY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_same, is_wide, panic_of, randn};

    type Attention = fn([&Tensor; 3], bool) -> Tensor;

    fn ours([query, key, value]: [&Tensor; 3], causal: bool) -> Tensor {
        scaled_dot_product_attention(query, key, value, None, 0.0, true, causal, Some(0.3), false)
    }

    fn plain([query, key, value]: [&Tensor; 3], causal: bool) -> Tensor {
        Tensor::scaled_dot_product_attention(query, key, value, None::<&Tensor>, 0.0, causal, Some(0.3), false)
    }

    /// The formula in libtorch's operators, whose gradients have gradients.
    fn math([query, key, value]: [&Tensor; 3], causal: bool) -> Tensor {
        let seen = Tensor::ones([query.size()[2], key.size()[2]], (Kind::Bool, query.device()));
        let seen = if causal { seen.tril(0) } else { seen };
        let scores = (query.matmul(&key.transpose(2, 3)) * 0.3).masked_fill(&seen.logical_not(), f64::NEG_INFINITY);
        scores.softmax(-1, Kind::Float).matmul(value)
    }

    fn with_gradients(heads: [&Tensor; 3]) -> [Tensor; 3] {
        heads.map(|heads| heads.detach().set_requires_grad(true))
    }

    fn gradients(attend: Attention, heads: [&Tensor; 3], causal: bool, weight: &Tensor) -> Vec<Tensor> {
        let heads = with_gradients(heads);
        let result = attend(heads.each_ref(), causal);
        Tensor::run_backward(&[(&result * weight).sum(Kind::Float)], &heads, false, false)
    }

    #[test]
    fn its_gradients_are_the_plain_ones() {
        tch::set_num_threads(2);
        tch::manual_seed(1);
        for [queries, keys, width, features] in
            [[64, 64, 16, 16], [62, 95, 8, 24], [128, 61, 16, 8], [61, 128, 40, 16], [64, 64, 16, 9], [5, 7, 8, 8]]
        {
            // In memory as features that were split into heads.
            let query = randn(&[2, queries, 3, width]).transpose(1, 2);
            let (key, value) = (randn(&[2, 3, keys, width]), randn(&[2, 3, keys, features]));
            let weight = randn(&[2, 3, queries, features]);
            for (causal, weight) in [(false, &weight), (true, &weight), (false, &randn(&[1]))] {
                let [found, expected] =
                    [ours, plain].map(|attend: Attention| gradients(attend, [&query, &key, &value], causal, weight));
                for (found, expected) in found.iter().zip(&expected) {
                    assert_same(found, expected);
                }
            }
        }
    }

    #[test]
    fn its_gradients_have_gradients() {
        tch::manual_seed(1);
        let heads = [(); 3].map(|()| randn(&[2, 2, 64, 8]));
        for causal in [false, true] {
            let [found, expected] = [ours, math].map(|attend: Attention| {
                let [query, key, value] = with_gradients(heads.each_ref());
                // The value is not trained.
                let result = attend([&query, &key, &value.detach()], causal);
                let first = Tensor::run_backward(&[result.square().sum(Kind::Float)], &[&query, &key], true, true);
                let sum = first[0].square().sum(Kind::Float) + first[1].square().sum(Kind::Float);
                Tensor::run_backward(&[sum], &[&query, &key], false, false)
            });
            for (found, expected) in found.iter().zip(&expected) {
                assert_same(found, expected);
            }
        }
    }

    #[test]
    fn what_is_computed_of_one_tensor_counts_once() {
        tch::manual_seed(2);
        let x = randn(&[2, 2, 64, 8]);
        let [found, expected] = [ours, math].map(|attend: Attention| {
            let x = x.copy().set_requires_grad(true);
            let result = attend([&x, &(&x * 0.5), &x.sin()], true);
            let first = Tensor::run_backward(&[result.square().sum(Kind::Float)], &[&x], true, true).remove(0);
            let second = Tensor::run_backward(&[first.square().sum(Kind::Float)], &[&x], false, false).remove(0);
            [first.detach(), second]
        });
        for (found, expected) in found.iter().zip(&expected) {
            assert_same(found, expected);
        }
    }

    #[test]
    fn a_mask_is_trained_by_libtorch() {
        let [query, key, value] = [(); 3].map(|()| randn(&[2, 2, 64, 8]));
        let mask = randn(&[64, 64]).set_requires_grad(true);
        let heads = [&query, &key, &value];
        assert!(!attention::pays(heads, Some(&mask)));
        let attended = scaled_dot_product_attention(&query, &key, &value, Some(&mask), 0.0, true, false, None, false);
        let gradient = Tensor::run_backward(&[attended.sum(Kind::Float)], &[&mask], false, false);
        assert_eq!(gradient[0].size(), [64, 64]);
    }

    fn evaluated(heads: [&Tensor; 3], mask: Option<&Tensor>, causal: bool, scale: Option<f64>) -> Tensor {
        let [query, key, value] = heads;
        scaled_dot_product_attention(query, key, value, mask, 0.0, false, causal, scale, false)
    }

    /// Random queries and keys of 16 features, and values of 9.
    fn drawn(queries: i64, keys: i64) -> [Tensor; 3] {
        [[queries, 16], [keys, 16], [keys, 9]].map(|[length, width]| randn(&[3, 2, length, width]))
    }

    fn check([query, key, value]: [&Tensor; 3], mask: Option<&Tensor>, pays: bool) {
        assert_eq!(attention::pays([query, key, value], mask), pays, "{query:?} {key:?} {value:?} {mask:?}");
        for (causal, scale) in [(false, None), (false, Some(0.3)), (true, None)] {
            if causal && mask.is_some() {
                continue;
            }
            let plain = Tensor::scaled_dot_product_attention(query, key, value, mask, 0.0, causal, scale, false);
            assert_same(&evaluated([query, key, value], mask, causal, scale), &plain);
        }
    }

    #[test]
    fn it_is_the_plain_attention() {
        tch::set_num_threads(2);
        tch::manual_seed(1);
        let wide = is_wide();
        for (queries, keys) in [(64, 64), (62, 61), (61, 128), (128, 61), (33, 64)] {
            let [query, key, value] = &drawn(queries, keys);
            check([query, key, value], None, wide && queries != 33);
        }
        let [query, key, value] = [(); 3].map(|()| randn(&[3, 2, 64, 16]));
        check([&query, &key, &value], None, wide);
        check([&query.narrow(2, 0, 62), &key.narrow(2, 3, 61), &value.narrow(2, 3, 61)], None, wide);
        check([&(query.shallow_clone() * 10), &(key.shallow_clone() - 3), &value], None, wide);
        let double = [&query, &key, &value].map(|heads| heads.to_kind(Kind::Double));
        check(double.each_ref(), None, false);
        // In memory as the thirds of a projection.
        let thirds = randn(&[2, 128, 3 * 64]).chunk(3, -1);
        let heads = <[Tensor; 3]>::try_from(thirds).expect("three").map(|features| split_heads(&features, 4));
        check(heads.each_ref(), None, wide);
        check(drawn(5, 7).each_ref(), None, false);
    }

    #[test]
    fn it_takes_masks_that_broadcast() {
        tch::manual_seed(1);
        let heads = &drawn(62, 95);
        for size in [&[3, 1, 1, 95][..], &[62, 95], &[3, 2, 62, 95], &[2, 1, 95], &[3, 1, 62, 1], &[1, 1]] {
            let mask = randn(size);
            check(heads.each_ref(), Some(&mask), is_wide());
            check(heads.each_ref(), Some(&mask.gt(-0.5)), is_wide());
        }
        check(heads.each_ref(), Some(&randn(&[95, 62]).tr()), is_wide());
        // One query attends to nothing.
        let mask = randn(&[62, 95]).gt(0.0);
        let _ = mask.get(7).fill_(0.0);
        check(heads.each_ref(), Some(&mask), is_wide());
        let [query, key, value] = heads.each_ref().map(|heads| heads.to_kind(Kind::Double));
        check([&query, &key, &value], Some(&mask), false);
    }

    #[test]
    fn a_mask_that_does_not_fit_is_a_panic() {
        let [query, key, value] = &drawn(64, 64);
        let panic = panic_of(|| evaluated([query, key, value], Some(&randn(&[64, 63])), false, None));
        assert!(panic.contains("The size of tensor"), "{panic}");
        let panic = panic_of(|| evaluated([query, key, value], Some(&randn(&[64, 64])), true, None));
        assert!(panic.contains("attn_mask should not be set when is_causal=True"), "{panic}");
    }

    #[test]
    fn what_is_no_number_stays_in_its_row() {
        let [query, key, value] = [(); 3].map(|()| randn(&[3, 2, 64, 16]));
        let _ = query.narrow(2, 7, 1).fill_(f64::NAN);
        let found = evaluated([&query, &key, &value], None, false, None);
        assert_eq!(found.isnan().sum(Kind::Int64).int64_value(&[]), 3 * 2 * 16);
        assert_eq!(found.narrow(2, 7, 1).isnan().all(), Tensor::from(true));
    }

    #[test]
    fn what_does_not_fit_is_a_panic() {
        let [query, key] = [16, 24].map(|width| randn(&[3, 2, 64, width]));
        let panic = panic_of(|| evaluated([&query, &key, &key], None, false, None));
        assert!(panic.contains("Expected size for first two dimensions"), "{panic}");
    }
}
