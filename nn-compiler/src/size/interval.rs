//! Interval arithmetic. A bound that is infinite, or leaves `i64`, is unknown.

use super::floor::floor_div;

/// The least and the greatest value, where they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub low: Option<i64>,
    pub high: Option<i64>,
}

/// Applies a checked operation to two bounds that are both known.
fn both(a: Option<i64>, b: Option<i64>, operation: fn(i64, i64) -> Option<i64>) -> Option<i64> {
    operation(a?, b?)
}

impl Interval {
    /// What is known of a symbol or an opaque constant by itself.
    pub const SIZE: Self = Self { low: Some(0), high: None };
    pub const UNKNOWN: Self = Self { low: None, high: None };

    pub fn exactly(n: i64) -> Self {
        Self { low: Some(n), high: Some(n) }
    }

    pub fn add(self, other: Self) -> Self {
        Self { low: both(self.low, other.low, i64::checked_add), high: both(self.high, other.high, i64::checked_add) }
    }

    pub fn mul(self, other: Self) -> Self {
        if self.is_nonnegative() && other.is_nonnegative() {
            return Self {
                low: both(self.low, other.low, i64::checked_mul),
                high: both(self.high, other.high, i64::checked_mul),
            };
        }
        match (self.single(), other.single()) {
            (Some(factor), _) => other.scale(factor),
            (_, Some(factor)) => self.scale(factor),
            _ => self.mul_finite(other).unwrap_or(Self::UNKNOWN),
        }
    }

    /// The floor of the quotient by a divisor that is not zero.
    pub fn div_floor(self, divisor: Self) -> Self {
        let Some(least) = divisor.low.filter(|&low| low >= 0).map(|low| low.max(1)) else {
            return Self::UNKNOWN;
        };
        let by_least = |n| floor_div(n, least).ok();
        let by_greatest = |n: i64| divisor.high.map_or(Some(n.signum().min(0)), |greatest| floor_div(n, greatest).ok());
        Self {
            low: self.low.and_then(|n| if n < 0 { by_least(n) } else { by_greatest(n) }),
            high: self.high.and_then(|n| if n < 0 { by_greatest(n) } else { by_least(n) }),
        }
    }

    pub fn is_nonnegative(self) -> bool {
        self.low.is_some_and(|low| low >= 0)
    }

    /// The only value there is.
    pub fn single(self) -> Option<i64> {
        self.low.filter(|_| self.low == self.high)
    }

    pub fn is_empty(self) -> bool {
        both(self.low, self.high, |low, high| Some(i64::from(low > high))) == Some(1)
    }

    pub fn intersection(self, other: Self) -> Self {
        let high = match (self.high, other.high) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { low: self.low.max(other.low), high }
    }

    pub fn excludes_zero(self) -> bool {
        self.low.is_some_and(|low| low > 0) || self.high.is_some_and(|high| high < 0)
    }

    fn scale(self, factor: i64) -> Self {
        if factor == 0 {
            return Self::exactly(0);
        }
        let scaled = |bound: Option<i64>| bound?.checked_mul(factor);
        let (low, high) = if factor < 0 { (self.high, self.low) } else { (self.low, self.high) };
        Self { low: scaled(low), high: scaled(high) }
    }

    fn mul_finite(self, other: Self) -> Option<Self> {
        let (a, b, c, d) = (self.low?, self.high?, other.low?, other.high?);
        let corners = [a.checked_mul(c)?, a.checked_mul(d)?, b.checked_mul(c)?, b.checked_mul(d)?];
        Some(Self { low: corners.into_iter().min(), high: corners.into_iter().max() })
    }
}
