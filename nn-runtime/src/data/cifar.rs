//! CIFAR-10 in its binary version: for each image one byte for the label and 3,072 for the pixels.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use tch::{Kind, Tensor};

use super::bytes::{DAMAGED, Reader};
use super::{Images, TensorDataset, find};
use crate::Error;

/// The names of CIFAR-10's classes, in order.
pub const CIFAR10_CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// Label, then red, green and blue of 32x32 pixels.
const RECORD: usize = 1 + 3 * 32 * 32;

const HELP: &str =
    "CIFAR-10, binary version, is `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, of 10,000 images each";

/// Reads the 50,000 training and 10,000 test images, `u8[N, 3, 32, 32]`, from the six files in `folder`.
///
/// Images stay bytes because they take 184 MB that way, and four times that as floats:
/// [`ToFloat`](super::transform::ToFloat) and [`Normalize`](super::transform::Normalize) convert each batch to floats.
///
/// Alex Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009;
/// the format: <https://www.cs.toronto.edu/~kriz/cifar.html>.
///
/// ```no_run
/// use nn_runtime::data::transform::{Normalize, RandomCrop, RandomHorizontalFlip, ToFloat, images};
/// use nn_runtime::data::{self, DataLoader};
///
/// let (train, test) = data::cifar10("data/cifar-10-batches-bin")?;
/// let normalize = || (ToFloat, Normalize::new([0.491, 0.482, 0.447], [0.247, 0.243, 0.262]));
/// let train = DataLoader::new(train, 128)
///     .shuffle()
///     .workers(2)
///     .transform(images((RandomCrop::new(32, 32).padding(4), RandomHorizontalFlip::new(0.5))))
///     .transform_batch(images(normalize()));
/// let test = DataLoader::new(test, 256).transform_batch(images(normalize()));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
///
/// # Errors
/// If a file is missing or damaged, or does not have 10,000 images.
pub fn cifar10(folder: impl AsRef<Path>) -> Result<(Images, Images), Error> {
    let folder = folder.as_ref();
    let parts =
        (1..=5).map(|number| whole(folder, &format!("data_batch_{number}.bin"))).collect::<Result<Vec<_>, _>>()?;
    let (images, labels): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let train = TensorDataset::new((Tensor::f_cat(&images, 0)?, Tensor::f_cat(&labels, 0)?))?;
    Ok((train, TensorDataset::new(whole(folder, "test_batch.bin")?)?))
}

/// Reads the images, `u8[N, 3, 32, 32]`, and labels, `i64[N]`, of one file in CIFAR-10's binary version, plain or
/// gzipped, with any number of images.
///
/// # Errors
/// If the file cannot be read or is damaged.
pub fn read_cifar10(path: impl AsRef<Path>) -> Result<(Tensor, Tensor), Error> {
    let path = path.as_ref();
    let file = File::open(path).map_err(Error::reading(path))?;
    parse(BufReader::new(file), path)
}

/// Reads a file of the original set, which must have 10,000 images.
fn whole(folder: &Path, name: &str) -> Result<(Tensor, Tensor), Error> {
    let path = find(folder, name, HELP)?;
    let (images, labels) = read_cifar10(&path)?;
    match labels.size()[0] {
        10_000 => Ok((images, labels)),
        found => Err(Error::Content {
            path,
            position: found as u64 * RECORD as u64,
            expected: "the end of the file after 10000 images".to_owned(),
            found: format!("it after {found}"),
            help: HELP.to_owned(),
        }),
    }
}

fn parse(source: impl BufRead, path: &Path) -> Result<(Tensor, Tensor), Error> {
    let mut reader = Reader::new(source, path)?;
    let bytes = reader.read_up_to(u64::MAX)?;
    let (records, rest) = bytes.as_chunks::<RECORD>();
    if !rest.is_empty() || records.is_empty() {
        let expected = format!("whole images of {RECORD} bytes");
        let found = format!("the end of the file after {} bytes of image {}", rest.len(), records.len());
        return Err(reader.wrong(bytes.len() as u64, expected, found, DAMAGED));
    }
    if let Some(index) = records.iter().position(|record| record[0] > 9) {
        let found = records[index][0].to_string();
        let help = "this is not a CIFAR-10 file; CIFAR-100 and the Python version have other formats";
        return Err(reader.wrong((index * RECORD) as u64, "a label from 0 to 9", found, help));
    }
    let count = records.len() as i64;
    let table = Tensor::f_from_slice(&bytes)?.f_view([count, RECORD as i64])?;
    let images = table.f_narrow(1, 1, RECORD as i64 - 1)?.f_reshape([count, 3, 32, 32])?.f_contiguous()?;
    Ok((images, table.f_select(1, 0)?.f_to_kind(Kind::Int64)?))
}

#[cfg(test)]
mod tests;
