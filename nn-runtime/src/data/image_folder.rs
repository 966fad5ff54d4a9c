//! Image folders with one folder per class.

use std::fs;
use std::path::{Path, PathBuf};

use tch::Tensor;

use super::read_image::{Colors, read_image};
use super::{Dataset, guard};
use crate::Error;

/// The extensions of images. Other files are ignored.
const EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "bmp", "ppm", "pgm"];

/// Images in one folder per class, `folder/cat/1.jpg`, which are read and decoded when they are requested.
///
/// A sample is an image, `u8[3, height, width]`, and its class. Classes and images have the order of
/// `torchvision.datasets.ImageFolder`: sorted by name. If the images differ in size, let the loader resize them:
///
/// ```no_run
/// use nn_runtime::data::transform::{CenterCrop, Normalize, Resize, ToFloat, images};
/// use nn_runtime::data::{DataLoader, ImageFolder};
///
/// let pets = ImageFolder::open("data/pets")?;
/// let loader = DataLoader::new(pets, 32)
///     .workers(2)
///     .transform(images((Resize::shorter(256), CenterCrop::new(224, 224))))
///     .transform_batch(images((ToFloat, Normalize::imagenet())));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageFolder {
    classes: Vec<String>,
    images: Vec<(PathBuf, i64)>,
    colors: Colors,
}

impl ImageFolder {
    /// Lists the images without reading them.
    ///
    /// # Errors
    /// If the folder cannot be listed, has no folders in it, or one of these has no images.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let mut classes: Vec<String> = entries(folder)?.into_iter().filter(|path| path.is_dir()).map(name).collect();
        classes.sort();
        if classes.is_empty() {
            return Err(Error::NoImages {
                folder: folder.into(),
                needed: "a folder for each class",
                help: "put the images of each class into a folder with its name: `cat/1.jpg`, `dog/1.jpg`".to_owned(),
            });
        }
        let mut images = Vec::new();
        for (label, class) in classes.iter().enumerate() {
            let mut paths = Vec::new();
            list(&folder.join(class), &mut paths)?;
            if paths.is_empty() {
                return Err(Error::NoImages {
                    folder: folder.join(class),
                    needed: "an image",
                    help: format!("remove the folder, or put images into it ({})", EXTENSIONS.join(", ")),
                });
            }
            paths.sort_by(|a, b| (a.parent(), a.file_name()).cmp(&(b.parent(), b.file_name())));
            images.extend(paths.into_iter().map(|path| (path, label as i64)));
        }
        Ok(Self { classes, images, colors: Colors::default() })
    }

    /// Sets the colours in which images are read.
    pub fn colors(self, colors: Colors) -> Self {
        Self { colors, ..self }
    }

    /// The names of the classes, from class 0.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The file of each image and its class.
    pub fn images(&self) -> &[(PathBuf, i64)] {
        &self.images
    }
}

impl Dataset for ImageFolder {
    type Sample = (Tensor, i64);

    fn len(&self) -> usize {
        self.images.len()
    }

    fn get(&self, index: usize) -> Result<(Tensor, i64), Error> {
        let (path, label) = guard::at(&self.images, index)?;
        Ok((read_image(path, self.colors)?, *label))
    }
}

/// Adds the images in `folder` and in the folders in it.
fn list(folder: &Path, images: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in entries(folder)? {
        if path.is_dir() {
            list(&path, images)?;
        } else if has_extension(&path) {
            images.push(path);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::reading(folder))?;
    entries.map(|entry| Ok(entry.map_err(Error::reading(folder))?.path())).collect()
}

fn has_extension(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The last part of a path.
fn name(path: PathBuf) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
