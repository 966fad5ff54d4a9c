//! Parts of images.

use tch::Tensor;

use super::{Transform, cut, extent, unfit};
use crate::Error;
use crate::data::Rng;

/// Crops the centre of an image. A smaller image is first padded with black.
#[derive(Clone, Copy, Debug)]
pub struct CenterCrop {
    height: i64,
    width: i64,
}

impl CenterCrop {
    /// Crops to this height and width.
    ///
    /// # Panics
    /// If either is not positive.
    #[track_caller]
    pub fn new(height: i64, width: i64) -> Self {
        assert!(height > 0 && width > 0, "a crop has at least 1x1 pixels, not {height}x{width}");
        Self { height, width }
    }
}

impl Transform for CenterCrop {
    fn apply(&self, image: Tensor, _: &mut Rng) -> Result<Tensor, Error> {
        let (height, width) = extent("CenterCrop", &image)?;
        let (below, beside) = ((self.height - height).max(0), (self.width - width).max(0));
        let image = pad(&image, [beside / 2, (beside + 1) / 2, below / 2, (below + 1) / 2])?;
        let start = |size: i64, cropped: i64| ((size - cropped) as f64 / 2.0).round_ties_even() as i64;
        let corner = (start(height + below, self.height), start(width + beside, self.width));
        cut(&image, corner, (self.height, self.width))
    }
}

/// Crops a random part of an image.
#[derive(Clone, Copy, Debug)]
pub struct RandomCrop {
    height: i64,
    width: i64,
    padding: i64,
}

impl RandomCrop {
    /// Crops to this height and width.
    ///
    /// # Panics
    /// If either is not positive.
    #[track_caller]
    pub fn new(height: i64, width: i64) -> Self {
        assert!(height > 0 && width > 0, "a crop has at least 1x1 pixels, not {height}x{width}");
        Self { height, width, padding: 0 }
    }

    /// First pads the image with this many black pixels on each side (0).
    ///
    /// # Panics
    /// If it is negative.
    #[track_caller]
    pub fn padding(self, padding: i64) -> Self {
        assert!(padding >= 0, "a margin has at least 0 pixels, not {padding}");
        Self { padding, ..self }
    }
}

impl Transform for RandomCrop {
    fn apply(&self, image: Tensor, rng: &mut Rng) -> Result<Tensor, Error> {
        let (height, width) = extent("RandomCrop", &image)?;
        let (down, right) = (height + 2 * self.padding - self.height, width + 2 * self.padding - self.width);
        if down < 0 || right < 0 {
            let margin = if self.padding > 0 { " after padding" } else { "" };
            return Err(unfit("RandomCrop", format!("at least {}x{} pixels{margin}", self.height, self.width), &image));
        }
        let image = pad(&image, [self.padding; 4])?;
        cut(&image, (rng.i64(0..=down), rng.i64(0..=right)), (self.height, self.width))
    }
}

/// An image with margins of zeros: left, right, above, below.
fn pad(image: &Tensor, margins: [i64; 4]) -> Result<Tensor, Error> {
    match margins {
        [0, 0, 0, 0] => Ok(image.shallow_clone()),
        _ => Ok(image.f_constant_pad_nd(margins)?),
    }
}
