//! Layers that are random in training.

use tch::Tensor;

/// In training, zeroes each sample with probability `p`, and scales the others so that the mean stays.
pub fn drop_path(x: &Tensor, p: f64, train: bool) -> Tensor {
    if !train || p == 0.0 {
        return x.shallow_clone();
    }
    let mut shape = vec![1; x.dim()];
    shape[0] = x.size()[0];
    let survival = 1.0 - p;
    let kept = Tensor::empty(shape, (x.kind(), x.device())).bernoulli_float_(survival);
    // If no sample survives, there is nothing to scale.
    if survival > 0.0 { x * (kept / survival) } else { x * kept }
}
