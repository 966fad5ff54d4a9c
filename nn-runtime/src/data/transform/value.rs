//! Transforms of single values.

use tch::{Kind, Tensor};

use super::{Transform, unfit};
use crate::Error;
use crate::data::Rng;

/// Converts bytes from 0 to 255 to `f32` from 0 to 1, and other numbers to `f32` unchanged.
#[derive(Clone, Copy, Debug)]
pub struct ToFloat;

impl Transform for ToFloat {
    fn apply(&self, image: Tensor, _: &mut Rng) -> Result<Tensor, Error> {
        let float = image.f_to_kind(Kind::Float)?;
        Ok(if image.kind() == Kind::Uint8 { float.f_div_scalar(255.0)? } else { float })
    }
}

/// Subtracts each channel's mean and divides by its standard deviation.
#[derive(Clone, Debug)]
pub struct Normalize {
    mean: Vec<f32>,
    std: Vec<f32>,
}

impl Normalize {
    /// Uses a mean and a standard deviation for each channel.
    ///
    /// # Panics
    /// If their numbers differ, or a standard deviation is not positive.
    #[track_caller]
    pub fn new(mean: impl Into<Vec<f32>>, std: impl Into<Vec<f32>>) -> Self {
        let (mean, std) = (mean.into(), std.into());
        assert_eq!(mean.len(), std.len(), "there must be one mean and one standard deviation for each channel");
        assert!(std.iter().all(|&std| std > 0.0), "a standard deviation is above 0: {std:?}");
        Self { mean, std }
    }

    /// Uses ImageNet's mean and standard deviation, with which torchvision's weights were trained.
    pub fn imagenet() -> Self {
        Self::new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    }
}

impl Transform for Normalize {
    fn apply(&self, image: Tensor, _: &mut Rng) -> Result<Tensor, Error> {
        let channels = self.mean.len() as i64;
        if !image.is_floating_point() || !matches!(image.size()[..], [.., found, _, _] if found == channels) {
            return Err(unfit(
                "Normalize",
                format!("floats [.., {channels}, height, width] (`ToFloat` makes floats)"),
                &image,
            ));
        }
        let like = |values: &[f32]| Tensor::from_slice(values).to_device(image.device()).view([channels, 1, 1]);
        let kind = image.kind();
        Ok(image.f_sub(&like(&self.mean).to_kind(kind))?.f_div_(&like(&self.std).to_kind(kind))?)
    }
}
