//! Training: from a network and data to a trained model.
//!
//! A [`Trainer`] runs the loop. Its parts come from [`loss`](crate::loss), [`optim`](crate::optim),
//! [`schedule`](crate::schedule), [`metrics`](crate::metrics) and [`data`](crate::data), and each of them also works
//! without it.

mod callback;
mod checkpoint;
mod error;
mod evaluate;
mod faults;
mod history;
mod interrupt;
mod means;
mod monitor;
mod progress;
mod run;
mod step;
mod tensorboard;
mod trainer;

pub use callback::{BatchEnd, Callback, Plan};
pub use checkpoint::Checkpoints;
pub use error::TrainError;
pub use history::{Epoch, History, Scores};
pub use progress::Progress;
pub use step::{Feed, SingleOutput, Step};
pub use tensorboard::TensorBoard;
pub use trainer::{Ended, Trainer};
