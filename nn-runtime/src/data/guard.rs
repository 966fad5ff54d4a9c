//! Errors and panics of data sets and transforms, reported with the index of the sample.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Dataset;
use crate::Error;

/// A sample, or the error with its index.
pub(super) fn sample<D: Dataset + ?Sized>(dataset: &D, index: usize) -> Result<D::Sample, Error> {
    named(index, || dataset.get(index))
}

/// Runs `make`, and adds the sample's index to its error or panic. The index nearest to the source is kept.
pub(super) fn named<T>(index: usize, make: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    caught(make).map_err(|error| match error {
        named @ Error::Sample { .. } => named,
        reason => Error::Sample { index, reason: Box::new(reason) },
    })
}

/// Runs `make`, and turns a panic into an error.
pub(super) fn caught<T>(make: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // What a panic leaves half done is dropped with the batch, and everything else is only read.
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|panic| Err(Error::Panic(message(&*panic))))
}

/// The first line of a panic's message. In libtorch's, a backtrace follows.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "without a message",
    };
    text.lines().next().unwrap_or_default().to_owned()
}

/// The item at `index`, or the error that there is none.
pub(super) fn at<T>(items: &[T], index: usize) -> Result<&T, Error> {
    items.get(index).ok_or(Error::Index { index, len: items.len() })
}

/// Checks that an index is less than `len`.
pub(super) fn within(index: usize, len: usize) -> Result<(), Error> {
    if index < len { Ok(()) } else { Err(Error::Index { index, len }) }
}
