//! Max pooling without gradients.

use tch::{Device, Tensor, no_grad};

/// With fewer elements, libtorch's own pooling is faster than two passes.
const FEW: usize = 1 << 14;

/// Max pooling of `[N, C, H, W]` in adjacent windows (the stride is the window's size), without padding. It takes the
/// larger of slices, one axis after the other. libtorch's own kernel, which also records where the maxima are, takes up
/// to nine times as long.
///
/// ```
/// use nn_runtime::packed::max_pool2d;
/// use tch::{Device, Kind, Tensor};
///
/// let images = Tensor::randn([8, 16, 29, 28], (Kind::Float, Device::Cpu));
/// assert_eq!(max_pool2d(&images, [2, 2]), images.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false));
/// ```
///
/// # Panics
/// If the window does not fit.
pub fn max_pool2d(input: &Tensor, kernel: [i64; 2]) -> Tensor {
    let [rows, columns] = kernel;
    let tiles = matches!(input.size()[..], [.., height, width] if (1..=height).contains(&rows) && (1..=width).contains(&columns));
    no_grad(|| {
        if tiles && rows * columns > 1 && input.device() == Device::Cpu && input.numel() >= FEW {
            largest(&largest(input, -2, rows), -1, columns)
        } else {
            input.max_pool2d(kernel, kernel, [0, 0], [1, 1], false)
        }
    })
}

/// The largest of each `step` neighbours along an axis.
fn largest(input: &Tensor, axis: i64, step: i64) -> Tensor {
    let size = input.size();
    let end = size[(size.len() as i64 + axis) as usize] / step * step;
    let first = input.slice(axis, 0, end, step);
    (1..step).fold(first, |largest, start| largest.maximum(&input.slice(axis, start, end, step)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FLOAT, channels_last, panic_of, randn};
    use tch::Kind;

    #[test]
    fn it_is_the_plain_pooling() {
        tch::manual_seed(1);
        for size in [[2, 8, 40, 41], [2, 1, 97, 103], [1, 2, 5, 5], [0, 2, 5, 5]] {
            for kernel in [[2, 2], [3, 3], [1, 2], [2, 1], [5, 4], [1, 1]] {
                let x = randn(&size);
                let last = channels_last(&x);
                for x in [&x, &last, &x.to_kind(Kind::Double), &x.to_kind(Kind::BFloat16)] {
                    let pooled = max_pool2d(x, kernel);
                    assert_eq!(pooled, x.max_pool2d(kernel, kernel, [0, 0], [1, 1], false));
                    assert!(pooled.numel() == 0 || pooled.data_ptr() != x.data_ptr());
                }
            }
        }
    }

    #[test]
    fn not_a_number_is_the_largest() {
        let x = randn(&[1, 1, 200, 200]);
        let _ = x.narrow(3, 7, 1).fill_(f64::NAN);
        let found = max_pool2d(&x, [2, 2]).isnan();
        assert_eq!(found, x.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false).isnan());
        assert_eq!(found.sum(Kind::Int64).int64_value(&[]), 100);
    }

    #[test]
    fn a_window_that_does_not_fit_is_a_panic() {
        let panic = panic_of(|| max_pool2d(&Tensor::zeros([1, 1, 3, 20_000], FLOAT), [4, 4]));
        assert!(panic.contains("Output size is too small"), "{panic}");
    }
}
