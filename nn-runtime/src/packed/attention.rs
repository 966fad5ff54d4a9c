use tch::{Tensor, no_grad};

use crate::ops::scaled_dot_product_attention;

/// `softmax(q k^T * scale + mask) v` of `[N, heads, T, e]`, `[N, heads, S, e]` and `[N, heads, S, features]`. The mask
/// broadcasts to `[N, heads, T, S]`: booleans, true where a key is seen, or what is added. With `causal`, which goes without a
/// mask, a query sees the keys up to its own place. The scale is `1 / sqrt(e)` where none is given.
///
/// ```
/// use nn_runtime::packed::attention;
/// use tch::{Device, Kind, Tensor};
///
/// let [query, key, value] = [(); 3].map(|()| Tensor::randn([2, 4, 64, 16], (Kind::Float, Device::Cpu)));
/// let plain = Tensor::scaled_dot_product_attention(&query, &key, &value, None::<&Tensor>, 0.0, true, None, false);
/// assert!(attention(&query, &key, &value, None, true, None).allclose(&plain, 1e-5, 1e-5, false));
/// ```
///
/// # Panics
/// If they do not fit.
pub fn attention(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    mask: Option<&Tensor>,
    causal: bool,
    scale: Option<f64>,
) -> Tensor {
    no_grad(|| scaled_dot_product_attention(query, key, value, mask, 0.0, false, causal, scale, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::attention;
    use crate::ops::split_heads;
    use crate::packed::testing::{assert_same, is_wide, panic_of, randn};
    use tch::Kind;

    /// Queries of `[3, 2, T, 16]`, keys, and values of 9 features.
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
            assert_same(&attention(query, key, value, mask, causal, scale), &plain);
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
        // As the thirds of a projection lie.
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
        // A query that sees nothing.
        let mask = randn(&[62, 95]).gt(0.0);
        let _ = mask.get(7).fill_(0.0);
        check(heads.each_ref(), Some(&mask), is_wide());
        let [query, key, value] = heads.each_ref().map(|heads| heads.to_kind(Kind::Double));
        check([&query, &key, &value], Some(&mask), false);
    }

    #[test]
    fn a_mask_that_does_not_fit_is_a_panic() {
        let [query, key, value] = &drawn(64, 64);
        let panic = panic_of(|| attention(query, key, value, Some(&randn(&[64, 63])), false, None));
        assert!(panic.contains("The size of tensor"), "{panic}");
        let panic = panic_of(|| attention(query, key, value, Some(&randn(&[64, 64])), true, None));
        assert!(panic.contains("attn_mask should not be set when is_causal=True"), "{panic}");
    }

    #[test]
    fn what_is_no_number_stays_in_its_row() {
        let [query, key, value] = [(); 3].map(|()| randn(&[3, 2, 64, 16]));
        let _ = query.narrow(2, 7, 1).fill_(f64::NAN);
        let found = attention(&query, &key, &value, None, false, None);
        assert_eq!(found.isnan().sum(Kind::Int64).int64_value(&[]), 3 * 2 * 16);
        assert_eq!(found.narrow(2, 7, 1).isnan().all(), Tensor::from(true));
    }

    #[test]
    fn what_does_not_fit_is_a_panic() {
        let [query, key] = [16, 24].map(|width| randn(&[3, 2, 64, width]));
        let panic = panic_of(|| attention(&query, &key, &key, None, false, None));
        assert!(panic.contains("Expected size for first two dimensions"), "{panic}");
    }
}
