//! Memory layout of weights.

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor, no_grad};

use super::all;
use crate::Error;

/// Stores the weights of 2d convolutions channels-last, `[N, H, W, C]` in memory, like
/// `net.to(memory_format=torch.channels_last)`.
///
/// A convolution's result has the layout of its weight, and the layers after it keep that layout, so the whole of a
/// convolutional network uses it: on a CPU, pooling and batch normalisation then are several times as fast. Shapes,
/// values, names and files stay the same, but results with 4 dimensions are no longer contiguous, so a `view` may have
/// to become a `reshape`. [`Trainer::fit`](crate::train::Trainer::channels_last) uses this layout while it runs.
///
/// ```
/// use nn_runtime::init::{Init, parameter};
/// use nn_runtime::parameters;
/// use tch::{Device, nn};
///
/// let vs = nn::VarStore::new(Device::Cpu);
/// let weight = parameter(&vs.root(), "weight", &[32, 16, 3, 3], Init::KaimingUniform);
/// parameters::channels_last(&vs)?;
/// assert_eq!((weight.size(), weight.stride()), (vec![32, 16, 3, 3], vec![144, 1, 48, 16]));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
///
/// # Errors
/// If there is no room for a weight.
pub fn channels_last(vs: &VarStore) -> Result<(), Error> {
    weights(vs).filter(Tensor::is_contiguous).try_for_each(|mut weight| {
        lay(&mut weight, |weight| weight.f_permute([0, 2, 3, 1])?.f_contiguous()?.f_permute([0, 3, 1, 2]))
    })
}

/// Weights in channels-last layout until this is dropped.
#[derive(Debug, Default)]
pub(crate) struct ChannelsLast(Vec<Tensor>);

impl ChannelsLast {
    pub fn of(vs: &VarStore) -> Result<Self, Error> {
        let laid = Self(weights(vs).filter(Tensor::is_contiguous).collect());
        channels_last(vs)?;
        Ok(laid)
    }
}

impl Drop for ChannelsLast {
    fn drop(&mut self) {
        for weight in &mut self.0 {
            // Without enough memory, a weight keeps its layout and its numbers.
            let _ = lay(weight, Tensor::f_contiguous);
        }
    }
}

/// Changes a tensor's layout in place, so that network, optimizer and `VarStore` still share it.
fn lay(tensor: &mut Tensor, layout: impl Fn(&Tensor) -> Result<Tensor, tch::TchError>) -> Result<(), Error> {
    Ok(no_grad(|| tensor.f_set_data(&layout(&tensor.detach())?))?)
}

/// The tensors of `vs` that look like weights of 2d convolutions.
fn weights(vs: &VarStore) -> impl Iterator<Item = Tensor> {
    all(vs).into_values().filter(|parameter| parameter.dim() == 4)
}

/// With more weights than this for each pixel of a batch, channels-last is slower.
const WEIGHTS_PER_PIXEL: f64 = 200.0;

/// With fewer channels, channels-last is slower.
const CHANNELS: i64 = 16;

/// Whether training on such a batch is faster with channels-last weights.
///
/// What it saves grows with the batch. What it costs grows with the weights, which are laid out anew at every step: for
/// Winograd's convolution, and because oneDNN gives their gradients in the usual layout. Measured on a CPU with AVX-512, as
/// a share of the usual step: ResNet-18 on 8 images of 224x224 .71, on 32 of 64x64 .81, on 8 of them 1.09, VGG-11 .75 and
/// .95, SqueezeNet .77 and .70, and LeNet, which has 16 channels at most, 1.05.
pub(crate) fn gains_from_channels_last(vs: &VarStore, batch: &[&Tensor]) -> bool {
    let is_image =
        |tensor: &&&Tensor| tensor.dim() == 4 && tensor.device() == Device::Cpu && tensor.kind() == Kind::Float;
    let Some(image) = batch.iter().find(is_image).map(|images| images.size()) else { return false };
    let sizes: Vec<Vec<i64>> = weights(vs).map(|weight| weight.size()).collect();
    let is_wide = sizes.iter().any(|size| size[0] >= CHANNELS && size[1] >= CHANNELS);
    let count: i64 = sizes.iter().map(|size| size.iter().product::<i64>()).sum();
    is_wide && count as f64 <= WEIGHTS_PER_PIXEL * (image[0] * image[2] * image[3]) as f64
}
