//! Image files.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageReader, Rgb};
use tch::{Kind, Tensor};

use crate::Error;

/// The colours in which an image is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Colors {
    /// Red, green and blue: 3 channels.
    #[default]
    Rgb,
    /// Brightness, like Pillow's `convert("L")`: 1 channel.
    Gray,
}

/// Reads a JPEG, PNG, BMP or PNM file as `u8[channels, height, width]`, whatever its file name.
///
/// Transparency is dropped. JPEG pixels differ by a few steps from other decoders' output; those of the other formats
/// do not.
///
/// # Errors
/// If the file cannot be read or decoded, or is truncated.
pub fn read_image(path: impl AsRef<Path>, colors: Colors) -> Result<Tensor, Error> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(Error::reading(path))?;
    let image = decode(&bytes, path)?;
    let (height, width) = (i64::from(image.height()), i64::from(image.width()));
    let image = image.into_rgb8();
    let (pixels, channels) = match colors {
        Colors::Rgb => (image.into_raw(), 3),
        Colors::Gray => (image.pixels().map(brightness).collect(), 1),
    };
    Ok(Tensor::f_from_data_size(&pixels, &[height, width, channels], Kind::Uint8)?.f_permute([2, 0, 1])?)
}

/// The brightness of ITU-R BT.601, rounded like Pillow's. The crate `image` computes that of BT.709.
fn brightness(color: &Rgb<u8>) -> u8 {
    let [red, green, blue] = color.0.map(u32::from);
    ((19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >> 16) as u8
}

fn decode(bytes: &[u8], path: &Path) -> Result<DynamicImage, Error> {
    let undecodable = |reason: String| Error::Undecodable { path: path.into(), reason };
    if bytes.starts_with(&[0xff, 0xd8]) {
        // The decoder would invent what is missing from a truncated file.
        whole_jpeg(bytes).map_err(|position| undecodable(format!("the JPEG data breaks off at byte {position}")))?;
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(Error::reading(path))?;
    reader.decode().map_err(|error| undecodable(error.to_string()))
}

/// Walks from marker to marker to the end of a JPEG image. The error is the position where that fails.
fn whole_jpeg(bytes: &[u8]) -> Result<(), usize> {
    let mut position = 2;
    loop {
        // Skips what may be between segments: data, in which 0 or a restart follows 0xff, and fill bytes.
        let marker = loop {
            match bytes.get(position..position + 2) {
                None => return Err(bytes.len()),
                Some([0xff, marker @ (0x01..=0xcf | 0xd8..=0xfe)]) => break *marker,
                Some(_) => position += 1,
            }
        };
        if marker == 0xd9 {
            return Ok(());
        }
        let length = bytes.get(position + 2..position + 4).ok_or(bytes.len())?;
        position += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
    }
}

#[cfg(test)]
mod tests;
