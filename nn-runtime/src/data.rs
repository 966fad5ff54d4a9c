//! Data to train and test on: sources of samples, and their way into batches.
//!
//! A [`Dataset`] gives a sample for an index. A [`DataLoader`] makes batches of them, shuffled, transformed, and ahead of their
//! use. Each works without the other.
//!
//! ```
//! use nn_runtime::data::{self, DataLoader, Dataset};
//!
//! let (train, held_out) = data::digits().split(0.2, 1);
//! assert_eq!((train.len(), held_out.len()), (1438, 359));
//! for batch in DataLoader::new(train, 64).shuffle().epoch(0) {
//!     let (images, labels) = batch?;
//!     assert_eq!(images.size()[1..], [1, 8, 8]);
//!     assert_eq!(images.size()[0], labels.size()[0]);
//! }
//! # Ok::<(), nn_runtime::Error>(())
//! ```

mod dataset;
mod digits;
mod guard;
pub mod idx;
mod loader;
mod mnist;
mod random;
mod sample;
mod tensors;
pub mod transform;

pub use dataset::{BatchOf, Concat, Dataset, FromFn, Map, Subset, from_fn};
pub use digits::digits;
pub use loader::{Batches, DataLoader, Position};
pub use mnist::mnist;
pub use random::Rng;
pub use sample::{Batch, Sample};
pub use tensors::TensorDataset;

/// Images `[N, channels, height, width]` of `f32` in memory, and their classes `[N]` of `i64`.
pub type Images = TensorDataset<(tch::Tensor, tch::Tensor)>;
