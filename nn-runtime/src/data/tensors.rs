//! Samples in memory.

use std::sync::{Mutex, PoisonError};

use tch::{Device, Tensor};

use super::sample::count;
use super::{Batch, BatchOf, Dataset, Sample, guard};
use crate::Error;

/// Samples in one tensor, or in several; the first dimension counts the samples.
///
/// Each tensor's batch is gathered by one `index_select`; batches and samples are copies.
///
/// ```
/// use nn_runtime::data::{Dataset, TensorDataset};
/// use tch::{Device, Kind, Tensor};
///
/// let images = Tensor::rand([100, 1, 8, 8], (Kind::Float, Device::Cpu));
/// let labels = Tensor::arange(100, (Kind::Int64, Device::Cpu)).remainder(10);
/// let data = TensorDataset::new((images, labels))?;
/// let (image, label) = data.get(42)?;
/// assert_eq!((image.size(), label.int64_value(&[])), (vec![1, 8, 8], 2));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug)]
pub struct TensorDataset<T> {
    /// Locked only for shallow clones, since tch's tensors cannot be shared between threads.
    tensors: Mutex<T>,
    len: usize,
}

impl<T: Sample<Batch = T> + Batch> TensorDataset<T> {
    /// Takes a tensor, or a tuple or vector of tensors.
    ///
    /// # Errors
    /// If their first sizes differ.
    pub fn new(tensors: T) -> Result<Self, Error> {
        let len = tensors.samples();
        match tensors.tensors().into_iter().map(count).enumerate().find(|(_, other)| *other != len) {
            None => Ok(Self { tensors: Mutex::new(tensors), len }),
            Some((tensor, found)) => Err(Error::SampleCounts { tensor, found, expected: len }),
        }
    }

    /// Returns the tensors themselves, not copies: changing them in place changes the data set.
    pub fn tensors(&self) -> T {
        let tensors = self.tensors.lock().unwrap_or_else(PoisonError::into_inner);
        tensors.map_tensors(&|tensor| Ok(tensor.shallow_clone())).expect("a clone cannot fail")
    }

    /// Moves the data to `device`, where batches are then made.
    ///
    /// # Errors
    /// If the device does not exist or has too little memory.
    pub fn to_device(&self, device: Device) -> Result<Self, Error> {
        Ok(Self { tensors: Mutex::new(self.tensors().to_device(device)?), len: self.len })
    }
}

impl<T: Sample<Batch = T> + Batch> Dataset for TensorDataset<T> {
    type Sample = T;

    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, index: usize) -> Result<T, Error> {
        guard::within(index, self.len)?;
        self.tensors().map_tensors(&|tensor| Ok(tensor.f_select_copy(0, index as i64)?))
    }

    fn batch(&self, indices: &[usize]) -> Result<BatchOf<Self>, Error> {
        indices.iter().try_for_each(|&index| guard::within(index, self.len))?;
        let indices: Vec<i64> = indices.iter().map(|&index| index as i64).collect();
        let indices = Tensor::from_slice(&indices);
        self.tensors().map_tensors(&|tensor| Ok(tensor.f_index_select(0, &indices.f_to_device(tensor.device())?)?))
    }
}

#[cfg(test)]
mod tests;
