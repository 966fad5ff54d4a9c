//! What `Accuracy` and `TopK` count.

use tch::{Kind, Tensor};

use crate::Error;
use crate::loss::IGNORED;

/// The fraction of correct samples.
#[derive(Debug, Clone)]
pub(super) struct Share {
    ignore_index: i64,
    right: i64,
    seen: i64,
}

impl Share {
    pub fn new() -> Self {
        Self { ignore_index: IGNORED, right: 0, seen: 0 }
    }

    /// Ignores samples of this class.
    pub fn ignore_index(self, class: i64) -> Self {
        Self { ignore_index: class, ..self }
    }

    /// `right`: whether each sample of `target` is classified correctly.
    pub fn add(&mut self, right: &Tensor, target: &Tensor) -> Result<(), Error> {
        let counted = target.f_ne(self.ignore_index)?;
        let count = |samples: &Tensor| samples.sum(Kind::Int64).int64_value(&[]);
        self.right += count(&right.f_logical_and(&counted)?);
        self.seen += count(&counted);
        Ok(())
    }

    /// NaN if there were no samples.
    pub fn compute(&self) -> f64 {
        self.right as f64 / self.seen as f64
    }

    pub fn state(&self) -> Vec<f64> {
        vec![self.right as f64, self.seen as f64]
    }

    /// Restores a state. Returns whether it is of this kind.
    pub fn load_state(&mut self, state: &[f64]) -> bool {
        let &[right, seen] = state else { return false };
        (self.right, self.seen) = (right as i64, seen as i64);
        true
    }

    pub fn reset(&mut self) {
        (self.right, self.seen) = (0, 0);
    }
}
