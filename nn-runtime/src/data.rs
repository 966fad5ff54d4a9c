//! Labelled images to train and test on.
//!
//! ```
//! use nn_runtime::data;
//!
//! let (train, held_out) = data::digits().split(0.2, 1);
//! for (images, labels) in train.shuffled_batches(64, 1) {
//!     assert_eq!(images.size()[1..], [1, 8, 8]);
//!     assert_eq!(images.size()[0], labels.size()[0]);
//! }
//! assert_eq!((train.len(), held_out.len()), (1438, 359));
//! ```

mod digits;
pub mod idx;
mod labelled;
mod mnist;

pub use digits::digits;
pub use labelled::Labelled;
pub use mnist::mnist;
