//! Pooling for which tch has no method that returns a single tensor, or only a slow one.

use tch::Tensor;

use crate::attempt::computed;
use crate::native::pool;

/// `torch.nn.functional.max_pool2d` over `[N, C, H, W]`. Our own kernels compute it if they are faster than libtorch's.
pub fn max_pool2d(
    x: &Tensor,
    kernel: [i64; 2],
    stride: [i64; 2],
    padding: [i64; 2],
    dilation: [i64; 2],
    ceil: bool,
) -> Tensor {
    computed(pool::max_pool2d(x, [kernel, stride, padding, dilation], ceil))
}

/// Adaptive max pooling over the last dimensions to `size`, without the indices.
pub fn adaptive_max_pool<const RANK: usize>(x: &Tensor, size: [i64; RANK]) -> Tensor {
    let (largest, _indices) = match RANK {
        1 => x.adaptive_max_pool1d(size),
        2 => x.adaptive_max_pool2d(size),
        _ => x.adaptive_max_pool3d(size),
    };
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{channels_last, randn};
    use tch::{Device, Kind};

    type Window = ([i64; 2], [i64; 2], [i64; 2], [i64; 2], bool);

    const WINDOWS: [Window; 7] = [
        ([2, 2], [2, 2], [0, 0], [1, 1], false),
        ([3, 3], [2, 2], [1, 1], [1, 1], false),
        ([3, 2], [1, 3], [1, 0], [1, 1], true),
        ([5, 5], [1, 1], [2, 2], [1, 1], false),
        ([2, 3], [3, 2], [1, 1], [2, 3], true),
        ([1, 1], [2, 2], [0, 0], [1, 1], false),
        ([2, 2], [5, 4], [0, 0], [4, 1], true),
    ];

    /// Images with many equal numbers, a NaN, and a channel of negative infinity.
    fn images(size: [i64; 4], kind: Kind) -> Tensor {
        let images = (randn(&size) * 2.0).round().relu().to_kind(kind);
        if size[0] == 0 {
            return images;
        }
        let _ = images.narrow(3, 3, 1).narrow(2, 3, 1).narrow(0, 0, 1).fill_(f64::NAN);
        let _ = images.narrow(1, 1, 1).fill_(f64::NEG_INFINITY);
        images
    }

    /// The result, its gradient, and the gradient of the gradient's square.
    fn results(images: &Tensor, pool: impl Fn(&Tensor) -> Tensor) -> [Tensor; 3] {
        let images = images.detach().set_requires_grad(true);
        let pooled = pool(&images);
        let weighted = (&pooled * Tensor::linspace(1.0, 2.0, pooled.size()[3], (pooled.kind(), Device::Cpu))).square();
        let finite = weighted.nan_to_num(0.0, 0.0, 0.0).sum(None);
        let gradient = Tensor::run_backward(&[finite], &[&images], true, true).remove(0);
        gradient.nan_to_num(0.0, 0.0, 0.0).square().sum(None).backward();
        [pooled, gradient, images.grad()].map(|tensor| tensor.detach().nan_to_num(-1.0, 9.0, -9.0))
    }

    #[test]
    fn it_is_libtorchs_own_with_its_gradients() {
        tch::manual_seed(1);
        for (kernel, stride, padding, dilation, ceil) in WINDOWS {
            for size in [[2, 16, 29, 28], [3, 2, 70, 63], [1, 2, 9, 8]] {
                for kind in [Kind::Float, Kind::Double] {
                    let images = images(size, kind);
                    let found = results(&images, |x| max_pool2d(x, kernel, stride, padding, dilation, ceil));
                    let expected = results(&images, |x| x.max_pool2d(kernel, stride, padding, dilation, ceil));
                    assert_eq!(found, expected, "{kernel:?} {stride:?} {padding:?} {dilation:?} {ceil} {size:?}");
                }
            }
        }
    }

    #[test]
    fn without_a_gradient_it_is_libtorchs_own() {
        tch::manual_seed(1);
        for (kernel, stride, padding, dilation, ceil) in WINDOWS {
            for size in [[2, 16, 29, 28], [3, 21, 20, 63], [1, 2, 90, 95], [0, 16, 9, 9]] {
                let images = images(size, Kind::Float);
                let laid = channels_last(&images);
                for images in [&images, &laid, &laid.to_kind(Kind::Double)] {
                    let [found, expected] = [
                        max_pool2d(images, kernel, stride, padding, dilation, ceil),
                        images.max_pool2d(kernel, stride, padding, dilation, ceil),
                    ];
                    assert_eq!(found.stride(), expected.stride());
                    let [found, expected] = [found, expected].map(|tensor| tensor.nan_to_num(-1.0, 9.0, -9.0));
                    assert_eq!(found, expected, "{kernel:?} {stride:?} {padding:?} {dilation:?} {ceil} {size:?}");
                }
            }
        }
    }

    #[test]
    fn a_trace_records_it() {
        let [once, later] = [1, 2].map(|seed| {
            tch::manual_seed(seed);
            randn(&[2, 8, 40, 40])
        });
        let pool = |x: &Tensor| max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], false);
        let mut closure = |inputs: &[Tensor]| vec![pool(&inputs[0])];
        let traced = tch::CModule::create_by_tracing("Pool", "forward", &[once], &mut closure).unwrap();
        assert_eq!(traced.method_ts("forward", &[&later]).unwrap(), pool(&later));
    }

    #[test]
    #[should_panic(expected = "Output size is too small")]
    fn a_window_that_does_not_fit_is_a_panic() {
        let images = Tensor::zeros([1, 1, 3, 20_000], (Kind::Float, Device::Cpu));
        let _pooled = max_pool2d(&images, [4, 4], [4, 4], [0, 0], [1, 1], false);
    }
}
