//! The listings of the book, as documentation tests: a module for each chapter.

#[doc = include_str!("../book/src/introduction.md")]
mod introduction {}

#[doc = include_str!("../book/src/getting-started.md")]
mod getting_started {}

#[doc = include_str!("../book/src/tour.md")]
mod tour {}

#[doc = include_str!("../book/src/shapes.md")]
mod shapes {}

#[doc = include_str!("../book/src/blocks.md")]
mod blocks {}

#[doc = include_str!("../book/src/names.md")]
mod names {}

#[doc = include_str!("../book/src/training.md")]
mod training {}

#[doc = include_str!("../book/src/fast.md")]
mod fast {}

#[doc = include_str!("../book/src/known.md")]
mod known {}

#[doc = include_str!("../book/src/errors.md")]
mod errors {}

#[doc = include_str!("../book/src/extending.md")]
mod extending {}

#[doc = include_str!("../book/src/from-pytorch.md")]
mod from_pytorch {}

#[doc = include_str!("../book/src/from-burn.md")]
mod from_burn {}
