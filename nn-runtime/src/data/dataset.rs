//! Sources of samples.

use std::sync::Arc;

use super::guard::{self, sample};
use super::{Rng, Sample};
use crate::Error;

/// A source of samples, which are found by index.
///
/// The same index always gives the same sample. Random changes belong in
/// [`DataLoader::transform`](super::DataLoader::transform), which knows the epoch. Several threads may call a data set
/// at once.
///
/// ```
/// use nn_runtime::data::Dataset;
/// use nn_runtime::Error;
/// use tch::Tensor;
///
/// /// Numbers and their squares.
/// struct Squares(usize);
///
/// impl Dataset for Squares {
///     type Sample = (f32, f32);
///
///     fn len(&self) -> usize {
///         self.0
///     }
///
///     fn get(&self, index: usize) -> Result<(f32, f32), Error> {
///         let number = index as f32;
///         Ok((number, number * number))
///     }
/// }
///
/// let (numbers, squares) = Squares(4).all()?;
/// assert_eq!(numbers, Tensor::from_slice(&[0f32, 1.0, 2.0, 3.0]));
/// assert_eq!(squares, Tensor::from_slice(&[0f32, 1.0, 4.0, 9.0]));
/// # Ok::<(), Error>(())
/// ```
// `len() == 0` says whether it is empty; a second method could only contradict it.
#[allow(clippy::len_without_is_empty)]
pub trait Dataset: Send + Sync + 'static {
    /// The type of a sample.
    type Sample: Sample;

    /// The number of samples.
    fn len(&self) -> usize;

    /// Returns the sample at `index`, which is less than [`len`](Self::len).
    ///
    /// # Errors
    /// If the sample cannot be produced. [`Error::other`] accepts any error.
    fn get(&self, index: usize) -> Result<Self::Sample, Error>;

    /// Returns the samples at `indices`, stacked. Override it if there is a faster way than one by one.
    ///
    /// # Errors
    /// The error of the first sample that fails, with its index; or that samples differ in shape.
    fn batch(&self, indices: &[usize]) -> Result<BatchOf<Self>, Error> {
        let samples = indices.iter().map(|&index| sample(self, index)).collect::<Result<_, _>>()?;
        Sample::collate(samples, indices)
    }

    /// Returns all samples as one batch, if they fit in memory.
    ///
    /// # Errors
    /// Like [`batch`](Self::batch).
    fn all(&self) -> Result<BatchOf<Self>, Error> {
        self.batch(&(0..self.len()).collect::<Vec<_>>())
    }

    /// Selects the samples at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is too large.
    #[track_caller]
    fn subset(self, indices: impl Into<Vec<usize>>) -> Subset<Self>
    where
        Self: Sized,
    {
        let indices = indices.into();
        if let Some(index) = indices.iter().find(|index| **index >= self.len()) {
            panic!("index {index} is beyond a data set of {} samples", self.len());
        }
        Subset { dataset: Arc::new(self), indices }
    }

    #[doc(alias = "split", alias = "random_split")]
    /// Splits the samples at random into training and test samples, like `sklearn.model_selection.train_test_split`.
    /// The test set gets the fraction `test_size`. The same seed gives the same split.
    ///
    /// ```
    /// use nn_runtime::data::{self, Dataset};
    ///
    /// let (train, test) = data::digits().train_test_split(0.2, 1);
    /// assert_eq!((train.len(), test.len()), (1438, 359));
    /// ```
    ///
    /// # Panics
    /// If `test_size` is not between 0 and 1.
    #[track_caller]
    fn train_test_split(self, test_size: f64, seed: u64) -> (Subset<Self>, Subset<Self>)
    where
        Self: Sized,
    {
        assert!((0.0..=1.0).contains(&test_size), "`test_size` is a fraction from 0 to 1, not {test_size}");
        let mut order: Vec<usize> = (0..self.len()).collect();
        Rng::with_seed(seed).shuffle(&mut order);
        let train = order.split_off((self.len() as f64 * test_size).round() as usize);
        let dataset = Arc::new(self);
        (Subset { dataset: dataset.clone(), indices: train }, Subset { dataset, indices: order })
    }

    /// Applies `change` to each sample whenever it is requested.
    fn map<T: Sample, F>(self, change: F) -> Map<Self, F>
    where
        Self: Sized,
        F: Fn(Self::Sample) -> Result<T, Error> + Send + Sync + 'static,
    {
        Map { dataset: self, change }
    }

    /// Appends the samples of `other`.
    fn concat<D: Dataset<Sample = Self::Sample>>(self, other: D) -> Concat<Self, D>
    where
        Self: Sized,
    {
        Concat { first: self, second: other }
    }
}

/// A batch of a data set's samples.
pub type BatchOf<D> = <<D as Dataset>::Sample as Sample>::Batch;

impl<D: Dataset + ?Sized> Dataset for Arc<D> {
    type Sample = D::Sample;

    fn len(&self) -> usize {
        D::len(self)
    }

    fn get(&self, index: usize) -> Result<D::Sample, Error> {
        D::get(self, index)
    }

    fn batch(&self, indices: &[usize]) -> Result<BatchOf<D>, Error> {
        D::batch(self, indices)
    }
}

/// A selection of a data set's samples: [`Dataset::subset`], [`Dataset::train_test_split`].
#[derive(Debug)]
pub struct Subset<D> {
    dataset: Arc<D>,
    indices: Vec<usize>,
}

impl<D> Subset<D> {
    /// The data set that the samples belong to.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    /// The indices of the samples in it.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }
}

impl<D: Dataset> Dataset for Subset<D> {
    type Sample = D::Sample;

    fn len(&self) -> usize {
        self.indices.len()
    }

    fn get(&self, index: usize) -> Result<D::Sample, Error> {
        sample(&*self.dataset, *guard::at(&self.indices, index)?)
    }

    fn batch(&self, indices: &[usize]) -> Result<BatchOf<D>, Error> {
        let indices =
            indices.iter().map(|&index| guard::at(&self.indices, index).copied()).collect::<Result<Vec<_>, _>>()?;
        self.dataset.batch(&indices)
    }
}

/// A data set whose samples are changed by a function: [`Dataset::map`].
#[derive(Debug)]
pub struct Map<D, F> {
    dataset: D,
    change: F,
}

impl<D, T, F> Dataset for Map<D, F>
where
    D: Dataset,
    T: Sample,
    F: Fn(D::Sample) -> Result<T, Error> + Send + Sync + 'static,
{
    type Sample = T;

    fn len(&self) -> usize {
        self.dataset.len()
    }

    fn get(&self, index: usize) -> Result<T, Error> {
        (self.change)(self.dataset.get(index)?)
    }
}

/// Two data sets, one after the other: [`Dataset::concat`].
#[derive(Debug)]
pub struct Concat<A, B> {
    first: A,
    second: B,
}

impl<A: Dataset, B: Dataset<Sample = A::Sample>> Dataset for Concat<A, B> {
    type Sample = A::Sample;

    fn len(&self) -> usize {
        self.first.len() + self.second.len()
    }

    fn get(&self, index: usize) -> Result<A::Sample, Error> {
        guard::within(index, self.len())?;
        match index.checked_sub(self.first.len()) {
            None => self.first.get(index),
            Some(rest) => self.second.get(rest),
        }
    }
}

/// Creates a data set of `len` samples from a function of the index.
///
/// ```
/// use nn_runtime::data::{self, Dataset};
/// use tch::Tensor;
///
/// let even = data::from_fn(3, |index| Ok(2 * index as i64));
/// assert_eq!(even.all()?, Tensor::from_slice(&[0i64, 2, 4]));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub fn from_fn<T: Sample, F>(len: usize, get: F) -> FromFn<F>
where
    F: Fn(usize) -> Result<T, Error> + Send + Sync + 'static,
{
    FromFn { len, get }
}

/// A data set whose samples come from a function: [`from_fn`].
#[derive(Debug)]
pub struct FromFn<F> {
    len: usize,
    get: F,
}

impl<T: Sample, F> Dataset for FromFn<F>
where
    F: Fn(usize) -> Result<T, Error> + Send + Sync + 'static,
{
    type Sample = T;

    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, index: usize) -> Result<T, Error> {
        guard::within(index, self.len)?;
        (self.get)(index)
    }
}

#[cfg(test)]
mod tests;
