//! Tensors as images.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use tch::{Device, Kind, Tensor};

use crate::Error;
use crate::misfit::Misfit;

/// An image of red, green and blue.
#[derive(Clone, Debug)]
pub struct Pixels(RgbImage);

impl Pixels {
    /// The image in a tensor `[height, width]` or `[channels, height, width]`, 1 or 3 channels, with values from 0 to 1
    /// (bytes: to 255). What is beyond is cut off, and NaN is black.
    ///
    /// # Errors
    /// If the tensor has another shape.
    pub fn of(tensor: &Tensor) -> Result<Self, Error> {
        let [channels, height, width] = match tensor.size()[..] {
            [height, width] => [1, height, width],
            [channels @ (1 | 3), height, width] => [channels, height, width],
            _ => {
                let help = "an image is [height, width], [1, height, width] or [3, height, width]";
                return Err(Misfit::new("picture", "this is not an image", &[("image", tensor)], help).into());
            }
        };
        let brightest = if tensor.kind() == Kind::Uint8 { 1.0 } else { 255.0 };
        let bytes = tensor.detach().to_device(Device::Cpu).to_kind(Kind::Float) * brightest;
        let bytes = bytes.nan_to_num(0.0, 255.0, 0.0).round().clamp(0.0, 255.0).to_kind(Kind::Uint8);
        let bytes = bytes.reshape([channels, height, width]).expand([3, height, width], false).permute([1, 2, 0]);
        let bytes = Vec::<u8>::try_from(bytes.contiguous().view([-1]))?;
        let image = RgbImage::from_raw(width as u32, height as u32, bytes).expect("three bytes for each pixel");
        Ok(Self(image))
    }

    /// The image whose colour at column `x` and row `y` is `colour(x, y)`.
    pub(super) fn from_fn(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        Self(RgbImage::from_fn(width as u32, height as u32, |x, y| Rgb(colour(x as usize, y as usize))))
    }

    /// Each pixel as a square of `times` by `times`, because not every viewer would keep its edges sharp.
    pub(super) fn enlarged(&self, times: usize) -> Self {
        Self::from_fn(times * self.width(), times * self.height(), |x, y| {
            self.0.get_pixel((x / times) as u32, (y / times) as u32).0
        })
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.0.width() as usize
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.0.height() as usize
    }

    /// The content of a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        self.0.write_to(&mut file, ImageFormat::Png).expect("a Vec takes everything");
        file.into_inner()
    }
}
