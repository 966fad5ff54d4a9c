//! Embeddings.

use tch::{Kind, Tensor};

/// The initial weight of an embedding with a row for padding: normally distributed, and zero in that row.
pub fn padded_embedding(shape: &[i64], row: i64) -> Tensor {
    let weight = Tensor::randn(shape, (Kind::Float, tch::Device::Cpu));
    let _ = weight.get(row).zero_();
    weight
}

/// Adds sines and cosines of the position to the features of `[.., T, d]`, from wavelength `2 pi` to `10000 * 2 pi`.
pub fn positional(x: &Tensor) -> Tensor {
    let [.., positions, features] = x.size()[..] else { return x.shallow_clone() };
    let options = (Kind::Double, x.device());
    let frequency = (Tensor::arange_start_step(0, features, 2, options) * (-(1e4f64.ln()) / features as f64)).exp();
    let angle = Tensor::arange(positions, options).unsqueeze(1) * frequency;
    // Sines in the even columns and cosines in the odd ones. If the number of features is odd, the last cosine is cut off.
    let waves = Tensor::stack(&[angle.sin(), angle.cos()], -1).flatten(1, 2).narrow(1, 0, features);
    x + waves.to_kind(x.kind())
}
