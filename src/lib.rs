//! A declarative language for neural networks: you write the list of layers.
//!
//! ```
//! use nn_dsl::prelude::*;
//!
//! network! {
//!     /// LeNet-5 on 28x28 digits (LeCun et al., 1998).
//!     pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
//!         conv 6 k=5 p=2 -> relu -> maxpool 2
//!         -> conv 16 k=5 -> relu -> maxpool 2
//!         -> flatten
//!         -> linear 120 -> relu -> linear 84 -> relu -> linear 10
//!     }
//! }
//!
//! let vs = nn::VarStore::new(Device::cuda_if_available());
//! let net = LeNet::new(&vs.root());
//! let images = Tensor::randn([2, 1, 28, 28], (Kind::Float, vs.device()));
//! assert_eq!(net.forward(&images).size(), [2, 10]);
//! assert_eq!(LeNet::PARAMETERS, 61_706);
//! ```
//!
//! From a network and data to a trained model, with a [`train::Trainer`] or your own loop:
//!
//! ```
//! use nn_dsl::prelude::*;
//!
//! network! { Mlp(image: [N, 1, 8, 8]) -> [N, 10] { flatten -> linear 32 -> relu -> linear 10 } }
//!
//! let (training, testing) = data::digits().train_test_split(0.2, 1);
//! let (training, testing) = (DataLoader::new(training, 32).shuffle(), DataLoader::new(testing, 512));
//!
//! let vs = nn::VarStore::new(Device::cuda_if_available());
//! let net = Mlp::new(&vs.root());
//! let mut trainer = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optim::AdamW::new(1e-2).build(&vs)?)
//!     .metric(metrics::Accuracy::new())
//!     .validate_on(&testing)
//!     .epochs(5)
//!     .progress();
//! let history = trainer.fit(&training)?;
//! assert!(history.last("val_accuracy").unwrap() > 0.9);
//! # Ok::<(), nn_dsl::Error>(())
//! ```
//!
//! [`network!`] infers every shape. A network that cannot work does not compile, and the error points at the exact
//! token. It generates structs and forward code that run on libtorch through
//! [`tch`](https://docs.rs/tch), on CPU and CUDA. [`layers`] lists the layers.

// The expansion of `network!` uses `::nn_dsl`, even in this crate.
extern crate self as nn_dsl;

#[doc(hidden)]
pub use nn_macros::drawing;
#[doc = include_str!("network.md")]
pub use nn_macros::network;
pub use nn_runtime::*;
pub use tch::{self, Device, Kind, Tensor, nn};

/// The layers of the language, each with its arguments. You do not use them in Rust: their names are words of
/// [`network!`](crate::network).
pub mod layers {
    nn_macros::layer_reference!();
}

#[cfg(doctest)]
mod book;
#[cfg(feature = "models")]
pub mod models;

/// Everything that a program with networks usually needs.
pub mod prelude {
    pub use crate::data::{DataLoader, Dataset};
    pub use crate::loss::{self, Loss};
    pub use crate::metrics::{self, Metric};
    pub use crate::optim::{self, Optimizer};
    pub use crate::schedule::{self, Schedule};
    pub use crate::train::{self, Trainer};
    pub use crate::weights::{self, Weights};
    pub use crate::{Network, UnaryNetwork, data, init, manual_seed, network, parameters, picture};
    pub use tch::nn::{Module, ModuleT, OptimizerConfig};
    pub use tch::{Device, Kind, Tensor, nn, no_grad};
}
