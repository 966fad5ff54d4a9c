use tch::{Tensor, no_grad};

use crate::attempt::computed;
use crate::native::attention;

/// `softmax(q k^T * scale) v`, without a mask, of `[N, heads, T, e]`, `[N, heads, S, e]` and `[N, heads, S, features]`. The
/// scale is `1 / sqrt(e)` where none is given.
///
/// ```
/// use nn_runtime::packed::attention;
/// use tch::{Device, Kind, Tensor};
///
/// let [query, key, value] = [(); 3].map(|()| Tensor::randn([2, 4, 64, 16], (Kind::Float, Device::Cpu)));
/// let plain = Tensor::scaled_dot_product_attention(&query, &key, &value, None::<&Tensor>, 0.0, false, None, false);
/// assert!(attention(&query, &key, &value, None).allclose(&plain, 1e-5, 1e-5, false));
/// ```
///
/// # Panics
/// If they do not fit.
pub fn attention(query: &Tensor, key: &Tensor, value: &Tensor, scale: Option<f64>) -> Tensor {
    no_grad(|| match attention::pays(query, key, value) {
        true => {
            let features = *query.size().last().expect("it has four dimensions");
            let scale = scale.unwrap_or_else(|| 1.0 / (features as f64).sqrt());
            computed(attention::attention(query, key, value, scale))
        }
        false => Tensor::scaled_dot_product_attention(query, key, value, None::<&Tensor>, 0.0, false, scale, false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::split_heads;
    use crate::packed::testing::{assert_same, panic_of, randn};
    use tch::Kind;

    fn check(query: &Tensor, key: &Tensor, value: &Tensor, pays: bool) {
        assert_eq!(attention::pays(query, key, value), pays, "{query:?} {key:?} {value:?}");
        for scale in [None, Some(0.3)] {
            let plain =
                Tensor::scaled_dot_product_attention(query, key, value, None::<&Tensor>, 0.0, false, scale, false);
            assert_same(&attention(query, key, value, scale), &plain);
        }
    }

    #[test]
    fn it_is_the_plain_attention() {
        tch::set_num_threads(2);
        tch::manual_seed(1);
        #[cfg(target_arch = "x86_64")]
        let wide = std::arch::is_x86_feature_detected!("avx512f");
        #[cfg(not(target_arch = "x86_64"))]
        let wide = false;
        let [query, key, value] = [(); 3].map(|()| randn(&[3, 2, 64, 16]));
        check(&query, &key, &value, wide);
        check(&query.narrow(2, 0, 62), &key.narrow(2, 3, 61), &value.narrow(2, 3, 61), wide);
        check(&query, &key, &randn(&[3, 2, 64, 9]), wide);
        check(&(query.shallow_clone() * 10), &(key.shallow_clone() - 3), &value, wide);
        // As the thirds of a projection lie.
        let [query, key, value] = <[Tensor; 3]>::try_from(randn(&[2, 128, 3 * 64]).chunk(3, -1))
            .expect("three")
            .map(|features| split_heads(&features, 4));
        check(&query, &key, &value, wide);
        check(&query.to_kind(Kind::Double), &key.to_kind(Kind::Double), &value.to_kind(Kind::Double), false);
        let [query, key, value] = [[5, 12], [7, 12], [7, 3]].map(|[length, width]| randn(&[3, 2, length, width]));
        check(&query, &key, &value, false);
    }

    #[test]
    fn what_is_no_number_stays_in_its_row() {
        let [query, key, value] = [(); 3].map(|()| randn(&[3, 2, 64, 16]));
        let _ = query.narrow(2, 7, 1).fill_(f64::NAN);
        let found = attention(&query, &key, &value, None);
        assert_eq!(found.isnan().sum(Kind::Int64).int64_value(&[]), 3 * 2 * 16);
        assert_eq!(found.narrow(2, 7, 1).isnan().all(), Tensor::from(true));
    }

    #[test]
    fn what_does_not_fit_is_a_panic() {
        let [query, key] = [16, 24].map(|width| randn(&[3, 2, 64, width]));
        let panic = panic_of(|| attention(&query, &key, &key, None));
        assert!(panic.contains("Expected size for first two dimensions"), "{panic}");
    }
}
