//! Samples and batches.

use tch::{Device, Tensor};

use crate::Error;
use crate::network::dtype_name;

/// One sample of a data set: a tensor, a number, or a tuple of these.
///
/// | sample | batch of N |
/// |---|---|
/// | `Tensor` of shape `[..]` | `Tensor` of shape `[N, ..]` |
/// | `i64`, `f32`, `f64`, `bool`, `u8` | `Tensor` of shape `[N]` |
/// | `(A, B)`, up to four | a tuple of their batches |
/// | `Vec<Tensor>` | `Vec<Tensor>`, each stacked |
pub trait Sample: Send + Sized + 'static {
    /// The type of a batch of them.
    type Batch: Batch;

    /// Stacks samples. Errors name the `indices`.
    ///
    /// # Errors
    /// If tensors differ in shape or element type.
    fn collate(samples: Vec<Self>, indices: &[usize]) -> Result<Self::Batch, Error>;
}

/// A tensor, or a tuple or vector of tensors, whose first dimension counts samples.
pub trait Batch: Send + Sized + 'static {
    /// All of its tensors, in order.
    fn tensors(&self) -> Vec<&Tensor>;

    /// Applies `change` to each of its tensors.
    ///
    /// # Errors
    /// The first error of `change`.
    fn map_tensors(&self, change: &impl Fn(&Tensor) -> Result<Tensor, Error>) -> Result<Self, Error>;

    /// The number of samples: the first size of the first tensor.
    fn samples(&self) -> usize {
        self.tensors().first().map_or(0, |tensor| count(tensor))
    }

    /// Moves all tensors to `device`.
    ///
    /// # Errors
    /// If the device does not exist or has too little memory.
    fn to_device(&self, device: Device) -> Result<Self, Error> {
        self.map_tensors(&|tensor| Ok(tensor.f_to_device(device)?))
    }
}

/// The first size of a tensor; 0 for a tensor without dimensions.
pub(super) fn count(tensor: &Tensor) -> usize {
    tensor.size().first().map_or(0, |&size| size as usize)
}

/// Checks that `form` is the same for all samples.
fn same_form<T>(samples: &[T], indices: &[usize], form: impl Fn(&T) -> String) -> Result<(), Error> {
    let forms: Vec<String> = samples.iter().map(form).collect();
    match forms.iter().position(|other| *other != forms[0]) {
        None => Ok(()),
        Some(other) => Err(Error::Ragged {
            index: indices[other],
            found: forms[other].clone(),
            first: indices[0],
            expected: forms[0].clone(),
        }),
    }
}

impl Sample for Tensor {
    type Batch = Tensor;

    fn collate(samples: Vec<Self>, indices: &[usize]) -> Result<Tensor, Error> {
        same_form(&samples, indices, |tensor| format!("{}{:?}", dtype_name(tensor.kind()), tensor.size()))?;
        Ok(Tensor::f_stack(&samples, 0)?)
    }
}

impl Batch for Tensor {
    fn tensors(&self) -> Vec<&Tensor> {
        vec![self]
    }

    fn map_tensors(&self, change: &impl Fn(&Tensor) -> Result<Tensor, Error>) -> Result<Self, Error> {
        change(self)
    }
}

impl Sample for Vec<Tensor> {
    type Batch = Vec<Tensor>;

    fn collate(samples: Vec<Self>, indices: &[usize]) -> Result<Vec<Tensor>, Error> {
        same_form(&samples, indices, |tensors| format!("{} tensors", tensors.len()))?;
        let columns = samples.first().map_or(0, Vec::len);
        let column = |column: usize| samples.iter().map(|sample| sample[column].shallow_clone()).collect();
        (0..columns).map(|number| Sample::collate(column(number), indices)).collect()
    }
}

impl Batch for Vec<Tensor> {
    fn tensors(&self) -> Vec<&Tensor> {
        self.iter().collect()
    }

    fn map_tensors(&self, change: &impl Fn(&Tensor) -> Result<Tensor, Error>) -> Result<Self, Error> {
        self.iter().map(change).collect()
    }
}

macro_rules! number {
    ($($number:ty),+) => {$(
        impl Sample for $number {
            type Batch = Tensor;

            fn collate(samples: Vec<Self>, _: &[usize]) -> Result<Tensor, Error> {
                Ok(Tensor::f_from_slice(&samples)?)
            }
        }
    )+};
}
number!(i64, f32, f64, bool, u8);

macro_rules! tuple {
    ($($part:ident $field:tt),+) => {
        impl<$($part: Sample),+> Sample for ($($part,)+) {
            type Batch = ($($part::Batch,)+);

            fn collate(samples: Vec<Self>, indices: &[usize]) -> Result<Self::Batch, Error> {
                let columns: ($(Vec<$part>,)+) = samples.into_iter().collect();
                Ok(($($part::collate(columns.$field, indices)?,)+))
            }
        }

        impl<$($part: Batch),+> Batch for ($($part,)+) {
            fn tensors(&self) -> Vec<&Tensor> {
                [$(self.$field.tensors()),+].concat()
            }

            fn map_tensors(&self, change: &impl Fn(&Tensor) -> Result<Tensor, Error>) -> Result<Self, Error> {
                Ok(($(self.$field.map_tensors(change)?,)+))
            }
        }
    };
}
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

#[cfg(test)]
mod tests;
