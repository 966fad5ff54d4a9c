//! Convolution. Our own kernels compute it if they are faster than libtorch's.

use tch::Tensor;

use crate::attempt::computed;
use crate::native::onednn::Kernel;
use crate::native::winograd;
use crate::packed::Window;

/// `torch.nn.functional.conv2d`.
///
/// If the weight is channels-last ([`parameters::channels_last`](crate::parameters::channels_last)) with a 3x3 kernel
/// and a stride of 1, it and its gradients are computed by Winograd's minimal filtering, on the CPU in `f32` and if
/// that is faster. It is about as exact, but an infinity becomes NaN in all 4x4 tiles that depend on it.
pub fn conv2d<T: std::borrow::Borrow<Tensor>>(
    x: &Tensor,
    weight: &Tensor,
    bias: Option<T>,
    stride: [i64; 2],
    padding: [i64; 2],
    dilation: [i64; 2],
    groups: i64,
) -> Tensor {
    let bias = bias.as_ref().map(T::borrow);
    let window = Window { stride, padding, dilation, groups };
    match <[i64; 4]>::try_from(weight.size()).map(|shape| Kernel { shape, window }) {
        Ok(kernel) if winograd::takes(&kernel) => computed(winograd::trained(x, weight, bias, &kernel)),
        _ => x.conv2d(weight, bias, stride, padding, dilation, groups),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FLOAT, assert_all_close, assert_same, channels_last, leaf, randn, with_gradients};
    use tch::Kind;

    fn laid(weight: &Tensor) -> Tensor {
        channels_last(&weight.detach()).set_requires_grad(true)
    }

    fn own(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, padding: [i64; 2]) -> Tensor {
        conv2d(x, weight, bias, [1, 1], padding, [1, 1], 1)
    }

    fn plain(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, padding: [i64; 2]) -> Tensor {
        x.conv2d(weight, bias, [1, 1], padding, [1, 1], 1)
    }

    #[test]
    fn it_is_the_plain_convolution_and_so_are_its_gradients() {
        tch::manual_seed(1);
        let narrow = [(32, 24, [1, 1], true), (20, 24, [0, 2], false), (8, 24, [1, 1], true), (16, 24, [3, 1], true)];
        let wide = [(80, 70, [1, 1], true), (64, 64, [2, 0], false)];
        for (out, into, padding, biased) in narrow.into_iter().chain(wide) {
            // More tiles than are computed at once, some of them not full.
            let (x, weight, bias) = (leaf(&[9, into, 26, 33]), leaf(&[out, into, 3, 3]), leaf(&[out]));
            let bias = biased.then_some(&bias);
            let laid = laid(&weight);
            let expected = plain(&x, &weight, bias, padding);
            let outer = expected.randn_like();
            let of = |weight| [Some(&x), Some(weight), bias].into_iter().flatten().collect::<Vec<_>>();
            let expected = with_gradients(expected, &of(&weight), &outer);
            assert_eq!(with_gradients(own(&x, &weight, bias, padding), &of(&weight), &outer), expected);
            let found = own(&x, &laid, bias, padding);
            let window = Window { stride: [1, 1], padding, dilation: [1, 1], groups: 1 };
            let winograds = winograd::takes(&Kernel { shape: [out, into, 3, 3], window });
            assert_eq!(found == *expected.last().unwrap(), !winograds, "how it was computed shows in the last digits");
            assert_all_close(&with_gradients(found, &of(&laid), &outer), &expected, 1e-5);
        }
    }

    #[test]
    fn there_may_be_more_threads_than_tiles() {
        let threads = tch::get_num_threads();
        let (x, weight) = (leaf(&[1, 64, 8, 8]), laid(&randn(&[64, 64, 3, 3])));
        let expected = with_gradients(plain(&x, &weight, None, [1, 1]), &[&x, &weight], &Tensor::ones([1], FLOAT));
        tch::set_num_threads(32);
        let found = with_gradients(own(&x, &weight, None, [1, 1]), &[&x, &weight], &Tensor::ones([1], FLOAT));
        tch::set_num_threads(threads);
        assert_all_close(&found, &expected, 1e-5);
    }

    #[test]
    fn a_trace_records_libtorchs_convolution() {
        let (x, weight) = (randn(&[2, 16, 12, 12]), channels_last(&randn(&[16, 16, 3, 3])));
        let mut module =
            tch::CModule::create_by_tracing("Conv", "forward", std::slice::from_ref(&x), &mut |inputs: &[Tensor]| {
                vec![own(&inputs[0], &weight, None, [1, 1])]
            })
            .unwrap();
        module.set_eval();
        let other = x.randn_like();
        assert_same(&module.forward_ts(&[&other]).unwrap(), &plain(&other, &weight, None, [1, 1]));
    }

    #[test]
    fn what_is_frozen_gets_no_gradient() {
        let (x, weight) = (randn(&[2, 16, 12, 12]), laid(&randn(&[16, 16, 3, 3])));
        own(&x, &weight, None, [1, 1]).sum(Kind::Float).backward();
        assert!(weight.grad().defined() && !x.grad().defined());
        let (x, weight) = (x.set_requires_grad(true), weight.detach());
        own(&x, &weight, None, [1, 1]).sum(Kind::Float).backward();
        assert!(x.grad().defined());
        assert!(!own(&x.detach(), &weight, None, [1, 1]).requires_grad());
    }

    #[test]
    fn gradients_have_gradients() {
        tch::manual_seed(2);
        let (x, weight) = (leaf(&[2, 16, 12, 12]), leaf(&[16, 16, 3, 3]));
        let twice = |convolution: fn(&Tensor, &Tensor, Option<&Tensor>, [i64; 2]) -> Tensor, weight: &Tensor| {
            let loss = convolution(&x, weight, None, [1, 1]).square().sum(Kind::Float);
            let gradient = &Tensor::run_backward(&[loss], &[&x], true, true)[0];
            Tensor::run_backward(&[gradient.square().sum(Kind::Float)], &[&x, weight], false, false)
        };
        assert_all_close(&twice(own, &laid(&weight)), &twice(plain, &weight), 1e-5);
    }

    #[test]
    fn what_does_not_fit_is_a_panic() {
        let (x, weight) = (leaf(&[2, 17, 12, 12]), laid(&randn(&[16, 16, 3, 3])));
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| own(&x, &weight, None, [1, 1])));
        let text = *panic.unwrap_err().downcast::<String>().unwrap();
        assert!(text.contains("to have 16 channels, but got 17 channels instead"), "{text}");
    }
}
