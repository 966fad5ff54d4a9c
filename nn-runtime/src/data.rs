//! Training and test data: data sets and their way into batches.
//!
//! A [`Dataset`] returns a sample for an index. A [`DataLoader`] turns samples into batches: shuffled, transformed, and
//! prepared in advance. You can use each without the other.
//!
//! ```
//! use nn_runtime::data::{self, DataLoader, Dataset};
//!
//! let (train, test) = data::digits().train_test_split(0.2, 1);
//! assert_eq!((train.len(), test.len()), (1438, 359));
//! for batch in DataLoader::new(train, 64).shuffle().epoch(0) {
//!     let (images, labels) = batch?;
//!     assert_eq!(images.size()[1..], [1, 8, 8]);
//!     assert_eq!(images.size()[0], labels.size()[0]);
//! }
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod bytes;
mod cifar;
mod dataset;
mod digits;
mod guard;
pub mod idx;
mod image_folder;
mod loader;
mod mnist;
mod random;
mod read_image;
mod sample;
pub mod synthetic;
mod table;
mod tensors;
pub mod text;
pub mod transform;

pub use cifar::{CIFAR10_CLASSES, cifar10, read_cifar10};
pub use dataset::{BatchOf, Concat, Dataset, FromFn, Map, Subset, from_fn};
pub use digits::digits;
pub use image_folder::ImageFolder;
pub use loader::{Batches, DataLoader, Position};
pub use mnist::{FASHION_MNIST_CLASSES, mnist};
pub use random::Rng;
pub use read_image::{Colors, read_image};
pub use sample::{Batch, Sample};
pub use table::{Column, Csv, Table};
pub use tensors::TensorDataset;

use std::path::{Path, PathBuf};

use crate::Error;

/// Images `[N, channels, height, width]` in memory, and their classes `[N]` of `i64`.
pub type Images = TensorDataset<(tch::Tensor, tch::Tensor)>;

/// A file of a data set, plain or gzipped.
fn find(folder: &Path, file: &str, help: &str) -> Result<PathBuf, Error> {
    if !folder.is_dir() {
        return Err(Error::MissingFolder { folder: folder.into(), help: help.to_owned() });
    }
    [folder.join(file), folder.join(format!("{file}.gz"))]
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| Error::MissingFile { folder: folder.into(), file: file.to_owned(), help: help.to_owned() })
}
