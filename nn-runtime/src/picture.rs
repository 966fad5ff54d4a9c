//! Pictures of training results, as SVG.
//!
//! ```
//! use nn_runtime::picture;
//! use tch::{Device, Kind, Tensor};
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("kernels.svg");
//! let weight = Tensor::randn([16, 1, 5, 5], (Kind::Float, Device::Cpu));
//! picture::kernels(&weight)?.title("first convolution").save(file)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bars;
mod boundary;
mod canvas;
mod confusion;
mod curves;
mod images;
mod pixels;
mod scale;

use std::fmt;
use std::path::Path;

use crate::{Error, file};
pub use bars::bars;
pub use boundary::decision_boundary;
use canvas::{Anchor, Canvas};
pub use confusion::confusion;
pub use curves::{Curve, curves, history};
pub use images::{captioned, images, kernels, signed};
pub use pixels::Pixels;

/// A picture that you can save.
#[derive(Clone, Debug)]
pub struct Picture {
    canvas: Canvas,
    title: String,
}

/// The height of a title's band.
const TITLE: f64 = 34.0;

/// Places pictures side by side, to compare them.
pub fn row(pictures: &[Picture]) -> Picture {
    let sheets: Vec<Canvas> = pictures.iter().map(Picture::sheet).collect();
    let width = sheets.iter().map(|sheet| sheet.width).sum();
    let mut canvas = Canvas::new(width, sheets.iter().map(|sheet| sheet.height).fold(0.0, f64::max));
    let mut left = 0.0;
    for sheet in &sheets {
        canvas.place(left, 0.0, sheet);
        left += sheet.width;
    }
    Picture::new(canvas)
}

impl Picture {
    fn new(canvas: Canvas) -> Self {
        Self { canvas, title: String::new() }
    }

    /// Puts a title above the picture.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Writes the picture to the SVG file `path`.
    ///
    /// # Errors
    /// If the name does not end in `.svg`, or the file cannot be written. An existing file then stays unchanged.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        match file::extension(path).as_str() {
            "svg" => file::replace(path, self.to_string().as_bytes()),
            _ => Err(Error::misnamed(path, "pictures are saved as SVG", "svg")),
        }
    }

    /// The picture under its title.
    fn sheet(&self) -> Canvas {
        if self.title.is_empty() {
            return self.canvas.clone();
        }
        let mut canvas = Canvas::new(self.canvas.width, self.canvas.height + TITLE);
        canvas.text(canvas.width / 2.0, 24.0, Anchor::Middle, 16.0, &self.title);
        canvas.place(0.0, TITLE, &self.canvas);
        canvas
    }
}

/// The text of the SVG file.
impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sheet().document())
    }
}

#[cfg(test)]
mod tests;
