//! Images in a grid.

use tch::{Kind, Tensor};

use super::Picture;
use super::canvas::{Anchor, Canvas, GRID};
use super::pixels::Pixels;
use crate::Error;
use crate::misfit::Misfit;

/// The smallest size of an image in pixels, since a digit of 8x8 pixels would be a speck.
const SMALLEST: usize = 96;
const GAP: f64 = 8.0;
const CAPTION: f64 = 18.0;

/// Draws images, `[N, channels, height, width]` from 0 to 1, in rows of `columns`.
///
/// # Errors
/// If the tensor has another shape, or `columns` is 0.
pub fn images(images: &Tensor, columns: usize) -> Result<Picture, Error> {
    captioned(images, columns, &[] as &[&str])
}

/// Draws images, `[N, channels, height, width]` from 0 to 1, in rows of `columns`, each with its caption from
/// `captions`.
///
/// ```
/// use nn_runtime::{data, picture};
/// use nn_runtime::data::Dataset;
///
/// let (images, labels) = data::digits().batch(&[0, 1, 2, 3])?;
/// let captions: Vec<String> = labels.iter::<i64>()?.map(|label| format!("a {label}")).collect();
/// let svg = picture::captioned(&images, 4, &captions)?.to_string();
/// assert!(svg.contains("a 3"));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
///
/// # Errors
/// If the tensor has another shape, or `columns` is 0.
pub fn captioned(images: &Tensor, columns: usize, captions: &[impl AsRef<str>]) -> Result<Picture, Error> {
    if images.dim() != 4 || columns == 0 {
        let help = "give images of [N, channels, height, width], and at least one column";
        return Err(Misfit::new("picture::images", "these are not rows of images", &[("images", images)], help).into());
    }
    let all: Vec<Pixels> = (0..images.size()[0]).map(|n| Pixels::of(&images.get(n))).collect::<Result<_, _>>()?;
    Ok(Picture::new(draw(&all, columns, captions)))
}

fn draw(images: &[Pixels], columns: usize, captions: &[impl AsRef<str>]) -> Canvas {
    let (height, width) = images.first().map_or((1, 1), |first| (first.height(), first.width()));
    let times = SMALLEST.div_ceil(height.min(width).max(1));
    let (height, width) = ((times * height) as f64, (times * width) as f64);
    let caption = if captions.is_empty() { 0.0 } else { CAPTION };
    let rows = images.len().div_ceil(columns) as f64;
    let columns_used = columns.min(images.len()) as f64;
    let mut canvas = Canvas::new(GAP + columns_used * (width + GAP), GAP + rows * (height + caption + GAP));
    for (number, pixels) in images.iter().enumerate() {
        let x = GAP + (number % columns) as f64 * (width + GAP);
        let y = GAP + (number / columns) as f64 * (height + caption + GAP);
        // A frame, for images that are white at the edge.
        canvas.rectangle(x - 1.0, y - 1.0, width + 2.0, height + 2.0, GRID);
        canvas.image(x, y, width, height, &pixels.enlarged(times));
        if let Some(text) = captions.get(number) {
            canvas.text(x + width / 2.0, y + height + 14.0, Anchor::Middle, 11.0, text.as_ref());
        }
    }
    canvas
}

/// Draws the kernels of a convolution, `[out, in, height, width]`, or the weights of a linear layer reshaped like that.
///
/// Kernels over three channels are drawn in colour, where grey is 0. For other kernels, each input channel is drawn
/// separately: blue for negative values, white for 0, red for positive ones; if there are several, each kernel has a
/// row. All have the same scale.
///
/// # Errors
/// If the tensor has another shape.
pub fn kernels(weight: &Tensor) -> Result<Picture, Error> {
    let [out, channels, height, width] = weight.size()[..] else {
        let help = "the weight of a 2-d convolution is [out, in, height, width]";
        return Err(Misfit::new(
            "picture::kernels",
            "this is not the weight of a 2d convolution",
            &[("weight", weight)],
            help,
        )
        .into());
    };
    let weight = scaled(weight);
    let square = (out as f64).sqrt().ceil().max(1.0) as usize;
    match channels {
        3 => images(&(weight * 0.5 + 0.5), square),
        1 => images(&two_coloured(&weight), square),
        _ => images(&two_coloured(&weight.reshape([out * channels, 1, height, width])), channels.max(1) as usize),
    }
}

/// Turns positive and negative numbers, `[N, 1, height, width]`, into images, `[N, 3, height, width]`: blue below 0,
/// white at 0, red above, all with the same scale. So `captioned(&signed(&templates)?, 5, &names)` shows what a linear
/// layer looks for.
///
/// # Errors
/// If the tensor has another shape.
pub fn signed(values: &Tensor) -> Result<Tensor, Error> {
    let [_, 1, _, _] = values.size()[..] else {
        let help = "give values of [N, 1, height, width]";
        return Err(
            Misfit::new("picture::signed", "each pixel needs exactly one number", &[("values", values)], help).into()
        );
    };
    Ok(two_coloured(&scaled(values)))
}

/// The same numbers, scaled so that the largest absolute value is 1.
fn scaled(values: &Tensor) -> Tensor {
    let values = values.detach().to_kind(Kind::Float);
    let largest = if values.numel() == 0 { 1.0 } else { values.abs().max().double_value(&[]).max(1e-12) };
    values / largest
}

/// `[N, 1, height, width]` from -1 to 1 as red, green and blue.
fn two_coloured(values: &Tensor) -> Tensor {
    const NEGATIVE: [f64; 3] = [0.02, 0.30, 0.58];
    const POSITIVE: [f64; 3] = [0.70, 0.09, 0.17];
    let (below, above) = (values.clamp(-1.0, 0.0).neg(), values.clamp(0.0, 1.0));
    let mixed = |(negative, positive)| 1.0 - (1.0 - negative) * &below - (1.0 - positive) * &above;
    let channels: Vec<Tensor> = NEGATIVE.into_iter().zip(POSITIVE).map(mixed).collect();
    Tensor::cat(&channels, 1)
}
