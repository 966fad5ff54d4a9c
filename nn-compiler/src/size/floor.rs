//! Floor division, and the normal form of what does not come out even.

use super::monomial::{Atom, Quotient, Term, gcd};
use super::{ArithmeticError, Result, Size, checked};

/// The quotient of two numbers, rounded down.
pub(super) fn floor_div(numerator: i64, denominator: i64) -> Result<i64> {
    if denominator == 0 {
        return Err(ArithmeticError::DivisionByZero);
    }
    let quotient = checked(numerator.checked_div(denominator))?;
    let inexact = numerator % denominator != 0;
    Ok(if inexact && (numerator < 0) != (denominator < 0) { quotient - 1 } else { quotient })
}

/// The quotient of two numbers, rounded up; the denominator is positive.
pub(super) fn ceil_div(numerator: i64, denominator: i64) -> i64 {
    numerator.div_euclid(denominator) + i64::from(numerator.rem_euclid(denominator) != 0)
}

impl Size {
    /// The quotient, rounded down.
    ///
    /// What divides evenly is taken out, common factors are cancelled, and a floor within a floor is merged into it
    /// (`(x / k + y) / m` is `(x + k * y) / (k * m)`); what is left is an atom.
    pub fn div_floor(&self, divisor: &Self) -> Result<Self> {
        if let (Some(numerator), Some(denominator)) = (self.as_constant(), divisor.as_constant()) {
            return floor_div(numerator, denominator).map(Self::constant);
        }
        let Some(leading) = divisor.leading() else {
            return Err(ArithmeticError::DivisionByZero);
        };
        if leading.coefficient < 0 {
            return self.neg()?.div_floor(&divisor.neg()?);
        }
        let (whole, rest) = self.divide(divisor, &leading)?;
        whole.add(&rest.floor_of_rest(divisor)?)
    }

    /// Polynomial division: a quotient and a remainder in which no term can be divided by the leading term of the
    /// divisor. By a divisor of several terms only what comes out even is divided.
    fn divide(&self, divisor: &Self, leading: &Term) -> Result<(Self, Self)> {
        let (mut left, mut whole, mut rest) = (self.clone(), Self::default(), Self::default());
        while let Some(term) = left.leading() {
            if let Some(factor) = term.floor_quotient(leading) {
                left = left.sub(&divisor.mul(&factor.clone().into())?)?;
                whole.accumulate(factor)?;
            } else {
                left = left.sub(&term.clone().into())?;
                rest.accumulate(term)?;
            }
        }
        let even = rest == Self::default();
        Ok(if even || divisor.terms().count() == 1 { (whole, rest) } else { (Self::default(), self.clone()) })
    }

    /// `self / divisor`, rounded down, for the remainder of [`Size::divide`].
    fn floor_of_rest(&self, divisor: &Self) -> Result<Self> {
        if self.as_constant().is_some() && (divisor.as_constant().is_some() || *self == Self::default()) {
            return Ok(Self::default());
        }
        let common = self.common_factor(divisor);
        if !common.is_one() {
            return self.cancel(&common)?.div_floor(&divisor.cancel(&common)?);
        }
        if divisor.is_nonnegative()
            && let Some((numerator, denominator)) = self.merge_inner_floor(divisor)?
        {
            return numerator.div_floor(&denominator);
        }
        Ok(Atom::floor(self.clone(), divisor.clone()).into())
    }

    /// The greatest term by which numerator and divisor can both be divided. The numerator's constant need not be
    /// divisible by a number: `(g * x + c) / (g * m)` is `(x + c / g) / m`, for a positive `m`.
    fn common_factor(&self, divisor: &Self) -> Term {
        let mut common =
            divisor.terms().chain(self.variable_terms()).reduce(|a, b| a.gcd(&b)).unwrap_or(Term::constant(1));
        if self.constant != 0 {
            common = Term::constant(common.coefficient);
            if !divisor.is_nonnegative() {
                common.coefficient = gcd(common.coefficient, self.constant);
            }
        }
        common
    }

    /// Divides every term by `factor`; all but the constant are multiples of it.
    fn cancel(&self, factor: &Term) -> Result<Self> {
        let mut result = Self::default();
        for term in self.terms() {
            let quotient = term.divide(factor).or_else(|| term.floor_quotient(factor));
            result.accumulate(quotient.unwrap_or(Term::constant(0)))?;
        }
        Ok(result)
    }

    /// The numerator and denominator without the first floor that stands alone in the numerator.
    fn merge_inner_floor(&self, divisor: &Self) -> Result<Option<(Self, Self)>> {
        let alone = |term: &Term| (term.coefficient == 1).then(|| term.monomial.as_atom().cloned()).flatten();
        let Some((floor, inner)) = self.variable_terms().find_map(|term| match alone(&term)? {
            Atom::Floor(inner) => Some((term, inner)),
            _ => None,
        }) else {
            return Ok(None);
        };
        let others = self.sub(&floor.into())?;
        let numerator = inner.numerator.add(&inner.denominator.mul(&others)?)?;
        Ok(Some((numerator, inner.denominator.mul(divisor)?)))
    }
}

impl Term {
    /// The term by which `leading` is multiplied to come as close as it can from below; none where that is zero.
    fn floor_quotient(&self, leading: &Self) -> Option<Self> {
        let coefficient = floor_div(self.coefficient, leading.coefficient).ok().filter(|&c| c != 0)?;
        Some(Self { coefficient, monomial: self.monomial.divide(&leading.monomial)? })
    }
}

/// A multiple of a quotient, written as `outer * (divisor * floor(dividend / divisor))`.
pub(super) struct Unnested {
    pub outer: Term,
    pub divisor: Term,
    pub dividend: Size,
}

impl Unnested {
    /// Splits `factor * floor(numerator / denominator)` so that the divisor is as great as it can be: where `g`
    /// divides both `factor` and `m`, `floor(u / m)` is `floor(floor(u / (m / g)) / g)`. So `12 * (H / 16)` is
    /// `3 * (4 * ((H / 4) / 4))`.
    pub fn new(factor: &Term, quotient: &Quotient) -> Result<Self> {
        let Quotient { numerator, denominator } = quotient;
        let divisor = denominator.terms().fold(factor.clone(), |common, term| common.gcd(&term));
        let outer = checked(factor.divide(&divisor))?;
        Ok(Self { outer, dividend: numerator.div_floor(&denominator.cancel(&divisor)?)?, divisor })
    }
}
