//! Reduction of losses to one number.

use tch::{Kind, Tensor};

use crate::Error;

/// How the losses of samples or elements become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// They are not reduced.
    None,
}

impl Reduction {
    /// For a loss that libtorch does not reduce itself.
    pub(super) fn reduce(self, losses: &Tensor) -> Result<Tensor, Error> {
        Ok(match self {
            Self::Mean => losses.f_mean(None::<Kind>)?,
            Self::Sum => losses.f_sum(None::<Kind>)?,
            Self::None => losses.shallow_clone(),
        })
    }
}

impl From<Reduction> for tch::Reduction {
    fn from(reduction: Reduction) -> Self {
        match reduction {
            Reduction::Mean => Self::Mean,
            Reduction::Sum => Self::Sum,
            Reduction::None => Self::None,
        }
    }
}
