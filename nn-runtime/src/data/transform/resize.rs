//! Resizing.

use tch::{Kind, Tensor};

use super::{Transform, extent, unfit};
use crate::Error;
use crate::data::Rng;

/// Resizes an image bilinearly, with antialiasing if it becomes smaller.
#[derive(Clone, Copy, Debug)]
pub struct Resize(Size);

#[derive(Clone, Copy, Debug)]
enum Size {
    Exact(i64, i64),
    Shorter(i64),
}

impl Resize {
    /// Resizes to this height and width, ignoring proportions.
    ///
    /// # Panics
    /// If either is not positive.
    #[track_caller]
    pub fn new(height: i64, width: i64) -> Self {
        assert!(height > 0 && width > 0, "an image has at least 1x1 pixels, not {height}x{width}");
        Self(Size::Exact(height, width))
    }

    /// Resizes the shorter side to this size and keeps the proportions.
    ///
    /// # Panics
    /// If it is not positive.
    #[track_caller]
    pub fn shorter(size: i64) -> Self {
        assert!(size > 0, "the shorter side has at least 1 pixel, not {size}");
        Self(Size::Shorter(size))
    }
}

impl Transform for Resize {
    fn apply(&self, image: Tensor, _: &mut Rng) -> Result<Tensor, Error> {
        let (height, width) = extent("Resize", &image)?;
        if !(image.is_floating_point() || image.kind() == Kind::Uint8) {
            return Err(unfit("Resize", "bytes or floats", &image));
        }
        let (new_height, new_width) = match self.0 {
            Size::Exact(height, width) => (height, width),
            // Rounded down, as in torchvision.
            Size::Shorter(size) if height <= width => (size, size * width / height),
            Size::Shorter(size) => (size * height / width, size),
        };
        if (new_height, new_width) == (height, width) {
            return Ok(image);
        }
        let sizes = image.size();
        let outer = &sizes[..sizes.len() - 3];
        let images = image.f_reshape([-1, sizes[sizes.len() - 3], height, width])?;
        let scaled = images.f_internal_upsample_bilinear2d_aa([new_height, new_width], false, None, None)?;
        Ok(scaled.f_reshape([outer, &[sizes[sizes.len() - 3], new_height, new_width]].concat())?)
    }
}
