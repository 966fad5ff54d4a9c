//! Normalisation that takes several calls.

use tch::Tensor;

/// `x / (k + alpha * m) ^ beta`, where `m` is the mean square over `size` neighbouring channels, padded with zeros.
pub fn local_response_norm(x: &Tensor, size: i64, alpha: f64, beta: f64, k: f64) -> Tensor {
    if x.numel() == 0 {
        return x.shallow_clone();
    }
    let squares = x.square().flatten(2, -1).unsqueeze(1);
    let padded = squares.constant_pad_nd([0, 0, size / 2, (size - 1) / 2]);
    let mean = padded.avg_pool2d([size, 1], [1, 1], [0, 0], false, true, None);
    x / (mean.squeeze_dim(1).view_as(x) * alpha + k).pow_tensor_scalar(beta)
}
