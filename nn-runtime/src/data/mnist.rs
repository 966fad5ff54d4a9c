//! MNIST, and data sets in the same four files, such as Fashion-MNIST.

use std::path::Path;

use tch::{Kind, Tensor};

use super::{Images, TensorDataset, find, idx};
use crate::Error;

const HELP: &str = "MNIST is `{train,t10k}-images-idx3-ubyte` and `{train,t10k}-labels-idx1-ubyte`; \
    in a copy of nn-dsl's repository, `cargo xtask fetch mnist` fetches it and prints its folder";

/// The names of Fashion-MNIST's classes, in order.
pub const FASHION_MNIST_CLASSES: [&str; 10] =
    ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

/// Reads the training and test images, `[N, 1, 28, 28]` from 0 to 1, from the four IDX files in `folder`.
///
/// The files have the names under which MNIST is distributed, `train-images-idx3-ubyte` and so on, and may be gzipped:
/// `train-images-idx3-ubyte.gz`.
///
/// ```no_run
/// use nn_runtime::data::{self, Dataset};
///
/// let (train, test) = data::mnist("data/mnist")?;
/// assert_eq!((train.len(), test.len()), (60_000, 10_000));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub fn mnist(folder: impl AsRef<Path>) -> Result<(Images, Images), Error> {
    let folder = folder.as_ref();
    Ok((part(folder, "train")?, part(folder, "t10k")?))
}

fn part(folder: &Path, name: &str) -> Result<Images, Error> {
    let images_path = find(folder, &format!("{name}-images-idx3-ubyte"), HELP)?;
    let labels_path = find(folder, &format!("{name}-labels-idx1-ubyte"), HELP)?;
    let images = idx::read(&images_path, 3)?;
    let labels = idx::read(&labels_path, 1)?;
    check_pixels(&images, &images_path)?;
    check_labels(&labels, images.size()[0], &labels_path)?;
    TensorDataset::new((images.unsqueeze(1).to_kind(Kind::Float) / 255.0, labels.to_kind(Kind::Int64)))
}

fn check_pixels(images: &Tensor, path: &Path) -> Result<(), Error> {
    match images.size()[..] {
        [_, 28, 28] => Ok(()),
        // The sizes follow the magic number and the count.
        [_, height, width] => Err(wrong(path, 8, "images of 28x28 pixels", format!("{height}x{width}"))),
        _ => unreachable!("`idx::read` was asked for 3 dimensions"),
    }
}

fn check_labels(labels: &Tensor, images: i64, path: &Path) -> Result<(), Error> {
    let labels: Vec<u8> = labels.try_into()?;
    if labels.len() as i64 != images {
        let expected = format!("{images} labels, one for each image");
        return Err(wrong(path, 4, &expected, labels.len().to_string()));
    }
    match labels.iter().position(|&label| label > 9) {
        None => Ok(()),
        // The header has 8 bytes.
        Some(index) => Err(wrong(path, 8 + index as u64, "a label from 0 to 9", labels[index].to_string())),
    }
}

fn wrong(path: &Path, position: u64, expected: &str, found: String) -> Error {
    Error::Content {
        path: path.into(),
        position,
        expected: expected.to_owned(),
        found,
        help: "the four files must belong to one data set; fetch them again".to_owned(),
    }
}

#[cfg(test)]
mod tests;
