//! Batches of a data set, prepared ahead by threads.

mod batches;

use std::fmt;
use std::sync::Arc;

use tch::Device;

use super::random::{Purpose, generator};
use super::{BatchOf, Dataset, Rng};
use crate::Error;
pub use batches::Batches;

/// Returns the samples of a data set in batches, epoch after epoch.
///
/// An epoch depends only on the data set, the seed and the epoch's number, not on the number of workers or on what was
/// loaded before. So you can repeat a run, or resume it in the middle of an epoch ([`DataLoader::resume`]).
///
/// ```
/// use nn_runtime::data::{self, DataLoader, Dataset};
///
/// let (train, test) = data::digits().train_test_split(0.2, 1);
/// let train = DataLoader::new(train, 64).shuffle().seed(7).workers(2);
/// assert_eq!(train.len(), 23);
/// for epoch in 0..2 {
///     for batch in train.epoch(epoch) {
///         let (images, labels) = batch?;
///         assert_eq!(images.size()[1..], [1, 8, 8]);
///         assert_eq!(images.size()[0], labels.size()[0]);
///     }
/// }
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub struct DataLoader<D: Dataset> {
    dataset: Arc<D>,
    batch_size: usize,
    shuffle: bool,
    seed: u64,
    drop_last: bool,
    workers: usize,
    prefetch: usize,
    device: Option<Device>,
    transform: Option<Transformation<D::Sample>>,
    batch_transform: Option<Transformation<BatchOf<D>>>,
}

type Transformation<T> = Arc<dyn Fn(T, &mut Rng) -> Result<T, Error> + Send + Sync>;

/// A position between two batches of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// The epoch, from 0.
    pub epoch: u64,
    /// The number of the next batch in its epoch, from 0.
    pub batch: usize,
}

impl<D: Dataset> DataLoader<D> {
    /// Creates a loader of batches of `batch_size` samples, in the order of the data set. Each batch is made when it is
    /// requested.
    ///
    /// # Panics
    /// If `batch_size` is 0.
    #[track_caller]
    pub fn new(dataset: D, batch_size: usize) -> Self {
        assert!(batch_size > 0, "a batch has at least 1 sample, not 0");
        Self {
            dataset: Arc::new(dataset),
            batch_size,
            shuffle: false,
            seed: 0,
            drop_last: false,
            workers: 0,
            prefetch: 2,
            device: None,
            transform: None,
            batch_transform: None,
        }
    }

    /// Shuffles each epoch differently, depending on the seed and the epoch's number.
    pub fn shuffle(self) -> Self {
        Self { shuffle: true, ..self }
    }

    /// Sets the seed for shuffling and transforms (0).
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Drops the last batch of an epoch if it has fewer samples than the others.
    pub fn drop_last(self) -> Self {
        Self { drop_last: true, ..self }
    }

    /// Lets `count` threads prepare batches in advance (0: each batch is made when it is requested).
    ///
    /// Workers pay off if a sample takes work, such as decoding an image; for data in memory, no workers are fastest.
    pub fn workers(self, count: usize) -> Self {
        Self { workers: count, ..self }
    }

    /// Sets how many batches each worker may prepare in advance (2): at most `workers * count` are in memory.
    ///
    /// # Panics
    /// If `count` is 0.
    #[track_caller]
    pub fn prefetch(self, count: usize) -> Self {
        assert!(count > 0, "at least 1 batch is prepared in advance, not 0; `.workers(0)` prepares none");
        Self { prefetch: count, ..self }
    }

    /// Moves each batch to `device`.
    pub fn to_device(self, device: Device) -> Self {
        Self { device: Some(device), ..self }
    }

    /// Applies a function to each sample before it is stacked, in the workers. The generator depends only on the seed,
    /// the epoch and the sample's index.
    ///
    /// ```
    /// use nn_runtime::data::{self, DataLoader};
    ///
    /// let noisy = DataLoader::new(data::digits(), 64)
    ///     .transform(|(image, label), rng| Ok((image * f64::from(0.9 + 0.2 * rng.f32()), label)));
    /// # noisy.epoch(0).next().unwrap()?;
    /// # Ok::<(), nn_runtime::Error>(())
    /// ```
    pub fn transform<F>(self, transform: F) -> Self
    where
        F: Fn(D::Sample, &mut Rng) -> Result<D::Sample, Error> + Send + Sync + 'static,
    {
        Self { transform: Some(Arc::new(transform)), ..self }
    }

    /// Applies a function to each batch, in the workers. This is faster than sample by sample, if the samples need no
    /// random numbers of their own. The generator depends only on the seed, the epoch and the batch's number.
    pub fn transform_batch<F>(self, transform: F) -> Self
    where
        F: Fn(BatchOf<D>, &mut Rng) -> Result<BatchOf<D>, Error> + Send + Sync + 'static,
    {
        Self { batch_transform: Some(Arc::new(transform)), ..self }
    }

    /// The data set.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    /// The number of batches in an epoch.
    pub fn len(&self) -> usize {
        if self.drop_last { self.dataset.len() / self.batch_size } else { self.dataset.len().div_ceil(self.batch_size) }
    }

    /// Whether an epoch has no batches.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Iterates over the batches of an epoch.
    ///
    /// A batch that fails is an error with the index of the sample; the batches after it still follow.
    pub fn epoch(&self, epoch: u64) -> Batches<D> {
        self.resume(Position { epoch, batch: 0 })
    }

    /// Iterates over the remaining batches of an epoch from `position` on, exactly as if the earlier ones had been
    /// read.
    pub fn resume(&self, position: Position) -> Batches<D> {
        Batches::new(self.clone(), position)
    }

    /// The indices of the samples of an epoch, in their order.
    fn order(&self, epoch: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.dataset.len()).collect();
        if self.shuffle {
            generator(self.seed, epoch, Purpose::Order).shuffle(&mut order);
        }
        order
    }
}

impl<D: Dataset> Clone for DataLoader<D> {
    /// Another loader of the same data set.
    fn clone(&self) -> Self {
        Self {
            dataset: self.dataset.clone(),
            transform: self.transform.clone(),
            batch_transform: self.batch_transform.clone(),
            ..*self
        }
    }
}

impl<D: Dataset> fmt::Debug for DataLoader<D> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("DataLoader")
            .field("samples", &self.dataset.len())
            .field("batch_size", &self.batch_size)
            .field("shuffle", &self.shuffle)
            .field("seed", &self.seed)
            .field("drop_last", &self.drop_last)
            .field("workers", &self.workers)
            .field("prefetch", &self.prefetch)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
