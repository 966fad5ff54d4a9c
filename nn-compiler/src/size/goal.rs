//! The two questions that every predicate comes down to.

use super::{Comparison, Predicate, Result, Size};

/// Whether a size is zero, or not negative.
#[derive(Clone, Debug)]
pub(super) enum Goal {
    Zero(Size),
    NonNegative(Size),
}

impl Goal {
    /// What `predicate` asks; for `!=`, the opposite.
    pub fn of(predicate: &Predicate) -> Result<Self> {
        let Predicate { left, comparison, right } = predicate;
        let less_by =
            |margin, small: &Size, great: &Size| great.sub(small)?.sub(&Size::constant(margin)).map(Self::NonNegative);
        match comparison {
            Comparison::Equal | Comparison::NotEqual => left.sub(right).map(Self::Zero),
            Comparison::Less => less_by(1, left, right),
            Comparison::LessEqual => less_by(0, left, right),
            Comparison::Greater => less_by(1, right, left),
            Comparison::GreaterEqual => less_by(0, right, left),
        }
    }

    pub fn size(&self) -> &Size {
        match self {
            Self::Zero(size) | Self::NonNegative(size) => size,
        }
    }

    /// The same question about another size.
    pub fn about(&self, size: Size) -> Self {
        match self {
            Self::Zero(_) => Self::Zero(size),
            Self::NonNegative(_) => Self::NonNegative(size),
        }
    }

    /// The goal as a user would write it: `D % 4 == 1`, `A + 1 >= B`.
    pub fn to_predicate(&self) -> Result<Predicate> {
        let (mut left, mut right) = (self.size().clone(), Size::default());
        // A remainder is a difference: where there are floors, only a number is brought to the other side.
        let floors = self.size().has_floors();
        for term in self.size().terms().filter(|term| term.coefficient < 0) {
            if term.monomial.is_one() || !floors {
                left = left.sub(&term.clone().into())?;
                right = right.sub(&term.into())?;
            }
        }
        let swap = left.as_constant().is_some();
        Ok(match self {
            Self::Zero(_) if swap => Predicate::new(right, Comparison::Equal, left),
            Self::Zero(_) => Predicate::new(left, Comparison::Equal, right),
            Self::NonNegative(_) if swap => Predicate::new(right, Comparison::LessEqual, left),
            Self::NonNegative(_) => Predicate::new(left, Comparison::GreaterEqual, right),
        })
    }
}
