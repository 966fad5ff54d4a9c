//! Transforms of images on their way into a batch, with the names and results of `torchvision.transforms`.
//!
//! A tuple of transforms is a transform that applies them in order. [`images`] adapts a transform for a loader.
//!
//! ```
//! use nn_runtime::data::transform::{Normalize, RandomCrop, RandomHorizontalFlip, images};
//! use nn_runtime::data::{self, DataLoader};
//!
//! let augmented = DataLoader::new(data::digits(), 64)
//!     .shuffle()
//!     .transform(images((RandomCrop::new(8, 8).padding(1), RandomHorizontalFlip::new(0.5))))
//!     .transform_batch(images(Normalize::new([0.305], [0.376])));
//! let (images, _) = augmented.epoch(0).next().unwrap()?;
//! assert_eq!(images.size(), [64, 1, 8, 8]);
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod crop;
mod random;
mod resize;
mod value;

pub use crop::{CenterCrop, RandomCrop};
pub use random::{RandomErasing, RandomHorizontalFlip};
pub use resize::Resize;
pub use value::{Normalize, ToFloat};

use tch::Tensor;

use super::Rng;
use crate::Error;
use crate::network::dtype_name;

/// A function of images, `[.., channels, height, width]`.
///
/// Several images in one tensor are treated alike, with the same random numbers.
pub trait Transform: Send + Sync + 'static {
    /// Transforms an image; random transforms draw from `rng`.
    ///
    /// # Errors
    /// If the transform does not work on this image.
    fn apply(&self, image: Tensor, rng: &mut Rng) -> Result<Tensor, Error>;
}

/// Transforms the image of an (image, label) pair, in the form that
/// [`DataLoader::transform`](super::DataLoader::transform) and [`transform_batch`](super::DataLoader::transform_batch)
/// take.
pub fn images<T: Transform, L>(transform: T) -> impl Fn((Tensor, L), &mut Rng) -> Result<(Tensor, L), Error> {
    move |(image, label), rng| Ok((transform.apply(image, rng)?, label))
}

macro_rules! tuple {
    ($($part:ident $field:tt),+) => {
        impl<$($part: Transform),+> Transform for ($($part,)+) {
            fn apply(&self, image: Tensor, rng: &mut Rng) -> Result<Tensor, Error> {
                $(let image = self.$field.apply(image, rng)?;)+
                Ok(image)
            }
        }
    };
}
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);

/// The height and width of the image that `transform` gets.
fn extent(transform: &'static str, image: &Tensor) -> Result<(i64, i64), Error> {
    match image.size()[..] {
        [.., _, height, width] if height > 0 && width > 0 => Ok((height, width)),
        _ => Err(unfit(transform, "an image [.., channels, height, width]", image)),
    }
}

fn unfit(transform: &'static str, needed: impl Into<String>, image: &Tensor) -> Error {
    let found = format!("{}{:?}", dtype_name(image.kind()), image.size());
    Error::Transform { transform, needed: needed.into(), found }
}

/// A rectangle of an image.
fn cut(image: &Tensor, (top, left): (i64, i64), (height, width): (i64, i64)) -> Result<Tensor, Error> {
    Ok(image.f_narrow(-2, top, height)?.f_narrow(-1, left, width)?)
}

#[cfg(test)]
mod tests;
