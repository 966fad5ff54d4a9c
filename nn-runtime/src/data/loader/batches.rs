//! The batches of one epoch.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::{DataLoader, Position};
use crate::Error;
use crate::data::guard::{caught, named};
use crate::data::random::{Purpose, generator};
use crate::data::{Batch, BatchOf, Dataset, Sample};

/// An iterator over the batches of an epoch: [`DataLoader::epoch`].
///
/// Dropping it stops its workers.
pub struct Batches<D: Dataset> {
    plan: Arc<Plan<D>>,
    first: usize,
    next: usize,
    end: usize,
    /// One channel for each worker; empty if there are no workers.
    finished: Vec<Receiver<Result<BatchOf<D>, Error>>>,
    workers: Vec<JoinHandle<()>>,
}

/// What all workers share.
struct Plan<D: Dataset> {
    loader: DataLoader<D>,
    epoch: u64,
    order: Vec<usize>,
}

impl<D: Dataset> Batches<D> {
    pub(super) fn new(loader: DataLoader<D>, position: Position) -> Self {
        let Position { epoch, batch: first } = position;
        let (end, workers, prefetch) = (loader.len(), loader.workers, loader.prefetch);
        let order = loader.order(epoch);
        let plan = Arc::new(Plan { loader, epoch, order });
        let mut batches = Self { plan, first, next: first, end, finished: Vec::new(), workers: Vec::new() };
        for worker in 0..workers.min(end.saturating_sub(first)) {
            let (sender, receiver) = sync_channel(prefetch - 1);
            let plan = batches.plan.clone();
            // Workers take batches in turn, so the batches arrive in order.
            let numbers = (first + worker..end).step_by(workers);
            batches.workers.push(thread::spawn(move || plan.send(numbers, &sender)));
            batches.finished.push(receiver);
        }
        batches
    }

    /// The position in the epoch, from which [`DataLoader::resume`] continues.
    pub fn position(&self) -> Position {
        Position { epoch: self.plan.epoch, batch: self.next }
    }
}

impl<D: Dataset> Iterator for Batches<D> {
    type Item = Result<BatchOf<D>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let number = self.next;
        self.next += 1;
        if self.finished.is_empty() {
            return Some(self.plan.batch(number));
        }
        let worker = (number - self.first) % self.finished.len();
        Some(self.finished[worker].recv().expect("a worker catches every panic and sends all of its batches"))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end.saturating_sub(self.next);
        (left, Some(left))
    }
}

impl<D: Dataset> ExactSizeIterator for Batches<D> {}

impl<D: Dataset> Drop for Batches<D> {
    fn drop(&mut self) {
        // Workers that cannot send any more end.
        self.finished.clear();
        for worker in self.workers.drain(..) {
            // It cannot have panicked, and a panic here could hide another one.
            let _ = worker.join();
        }
    }
}

impl<D: Dataset> fmt::Debug for Batches<D> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Batches")
            .field("position", &self.position())
            .field("end", &self.end)
            .field("workers", &self.workers.len())
            .finish_non_exhaustive()
    }
}

impl<D: Dataset> Plan<D> {
    fn send(&self, numbers: impl Iterator<Item = usize>, finished: &SyncSender<Result<BatchOf<D>, Error>>) {
        for number in numbers {
            if finished.send(self.batch(number)).is_err() {
                return;
            }
        }
    }

    fn batch(&self, number: usize) -> Result<BatchOf<D>, Error> {
        let start = number * self.loader.batch_size;
        let end = self.order.len().min(start + self.loader.batch_size);
        // No gradients flow into the data.
        caught(|| tch::no_grad(|| self.make(number, &self.order[start..end]))).map_err(|error| match error {
            Error::Sample { .. } | Error::Ragged { .. } => error,
            reason => Error::Batch { number, reason: Box::new(reason) },
        })
    }

    fn make(&self, number: usize, indices: &[usize]) -> Result<BatchOf<D>, Error> {
        let loader = &self.loader;
        let random = |purpose| generator(loader.seed, self.epoch, purpose);
        let mut batch = match &loader.transform {
            None => loader.dataset.batch(indices)?,
            Some(transform) => {
                let sample = |&index: &usize| {
                    named(index, || transform(loader.dataset.get(index)?, &mut random(Purpose::Sample(index))))
                };
                Sample::collate(indices.iter().map(sample).collect::<Result<_, _>>()?, indices)?
            }
        };
        if let Some(transform) = &loader.batch_transform {
            batch = transform(batch, &mut random(Purpose::Batch(number)))?;
        }
        match loader.device {
            Some(device) => batch.to_device(device),
            None => Ok(batch),
        }
    }
}
