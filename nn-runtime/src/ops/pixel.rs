//! Moves pixels to channels.

use tch::Tensor;

/// `[.., C, H * r, W * r]` to `[.., C * r * r, H, W]`. libtorch would not change the shape of an empty tensor.
pub fn pixel_unshuffle(x: &Tensor, factor: i64) -> Tensor {
    match x.size()[..] {
        [ref batch @ .., channels, height, width] if x.numel() == 0 => {
            x.reshape([batch, &[channels * factor * factor, height / factor, width / factor]].concat())
        }
        _ => x.pixel_unshuffle(factor),
    }
}
