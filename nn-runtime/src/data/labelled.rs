//! Images with their labels, cut into parts and batches.

use tch::{Device, Kind, Tensor};

/// Images and what each of them shows.
#[derive(Debug)]
pub struct Labelled {
    /// `[N, channels, height, width]`, `f32`.
    pub images: Tensor,
    /// `[N]`, `i64`: the class of each image.
    pub labels: Tensor,
}

impl Labelled {
    /// Puts images and labels together.
    ///
    /// # Panics
    /// If there are not as many labels as images.
    #[track_caller]
    pub fn new(images: Tensor, labels: Tensor) -> Self {
        let count = |tensor: &Tensor| tensor.size().first().copied().unwrap_or(0);
        let (images_count, labels_count) = (count(&images), count(&labels));
        assert_eq!(images_count, labels_count, "there must be one label for each image");
        Self { images, labels }
    }

    /// From bytes of the shapes `[N, height, width]` and `[N]`, where the byte `brightest` becomes 1.
    pub(super) fn from_bytes(images: &Tensor, labels: &Tensor, brightest: u8) -> Self {
        let images = images.unsqueeze(1).to_kind(Kind::Float) / f64::from(brightest);
        Self::new(images, labels.to_kind(Kind::Int64))
    }

    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.size()[0] as usize
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Both tensors on `device`.
    pub fn to_device(&self, device: Device) -> Self {
        Self { images: self.images.to_device(device), labels: self.labels.to_device(device) }
    }

    /// Parts these images at random into those to train on and the fraction `held_out`; the same seed parts them alike.
    ///
    /// # Panics
    /// If `held_out` is not between 0 and 1.
    #[track_caller]
    pub fn split(&self, held_out: f64, seed: u64) -> (Self, Self) {
        assert!((0.0..=1.0).contains(&held_out), "`held_out` is a fraction from 0 to 1, not {held_out}");
        let held_out = (self.len() as f64 * held_out).round() as i64;
        let order = self.permutation(seed);
        let (test, train) = (order.narrow(0, 0, held_out), order.slice(0, held_out, None, 1));
        (self.select(&train), self.select(&test))
    }

    /// Images and labels in batches of `size`, in order; the last batch may be smaller.
    ///
    /// # Panics
    /// If `size` is 0.
    #[track_caller]
    pub fn batches(&self, size: usize) -> impl ExactSizeIterator<Item = (Tensor, Tensor)> {
        chunks(self.len(), size).map(move |(start, length)| {
            let part = |tensor: &Tensor| tensor.narrow(0, start, length);
            (part(&self.images), part(&self.labels))
        })
    }

    /// The same, in an order drawn from `seed`: take another for each epoch.
    ///
    /// # Panics
    /// If `size` is 0.
    #[track_caller]
    pub fn shuffled_batches(&self, size: usize, seed: u64) -> impl ExactSizeIterator<Item = (Tensor, Tensor)> {
        let order = self.permutation(seed);
        chunks(self.len(), size).map(move |(start, length)| {
            let Self { images, labels } = self.select(&order.narrow(0, start, length));
            (images, labels)
        })
    }

    fn select(&self, indices: &Tensor) -> Self {
        Self { images: self.images.index_select(0, indices), labels: self.labels.index_select(0, indices) }
    }

    /// All indices in an order drawn from `seed` alone, so that batches do not depend on what else draws from libtorch's generator.
    fn permutation(&self, seed: u64) -> Tensor {
        let mut indices: Vec<i64> = (0..self.len() as i64).collect();
        fastrand::Rng::with_seed(seed).shuffle(&mut indices);
        Tensor::from_slice(&indices).to_device(self.labels.device())
    }
}

/// Where each chunk of `size` of `length` things starts, and how long it is.
#[track_caller]
fn chunks(length: usize, size: usize) -> impl ExactSizeIterator<Item = (i64, i64)> {
    assert!(size > 0, "a batch has at least 1 image, not 0");
    (0..length).step_by(size).map(move |start| (start as i64, size.min(length - start) as i64))
}

#[cfg(test)]
mod tests;
