//! The least and the greatest value of a size.

use super::floor::ceil_div;
use super::interval::Interval;
use super::monomial::{Atom, Term};
use super::{Facts, Result, Size};

/// How many combinations of a size with known inequalities are tried.
const COMBINATIONS: usize = 32;

impl Facts {
    /// The least and the greatest value of a size, where they are known.
    pub fn bounds(&self, size: &Size) -> (Option<i64>, Option<i64>) {
        let Interval { low, high } = self.resolve(size).map_or(Interval::UNKNOWN, |size| self.range(&size));
        (low, high)
    }

    /// The bounds of a resolved size.
    pub(super) fn range(&self, size: &Size) -> Interval {
        let negated = size.neg().ok().and_then(|negative| self.least(&negative));
        Interval { low: self.least(size), high: negated.and_then(i64::checked_neg) }
    }

    /// The best lower bound that interval arithmetic finds for the size, or for what remains of it when floors and
    /// known inequalities are taken out (as in Fourier's and Motzkin's elimination).
    pub(super) fn least(&self, size: &Size) -> Option<i64> {
        let mut combinations = vec![(size.clone(), 1)];
        let mut best = None;
        let mut next = 0;
        while next < combinations.len().min(COMBINATIONS) {
            let (current, scale) = combinations[next].clone();
            best = best.max(self.interval(&current).low.map(|low| ceil_div(low, scale)));
            for (reduced, factor) in self.reductions(&current) {
                if let Some(scale) = factor.checked_mul(scale)
                    && combinations.iter().all(|(known, _)| *known != reduced)
                {
                    combinations.push((reduced, scale));
                }
            }
            next += 1;
        }
        best
    }

    /// The bounds by interval arithmetic alone.
    pub(super) fn interval(&self, size: &Size) -> Interval {
        let of_term = |term: Term| {
            term.monomial
                .atoms()
                .iter()
                .fold(Interval::exactly(term.coefficient), |product, atom| product.mul(self.interval_of(atom)))
        };
        size.terms().map(of_term).fold(Interval::exactly(0), Interval::add)
    }

    fn interval_of(&self, atom: &Atom) -> Interval {
        match atom {
            Atom::Floor(quotient) => self.interval(&quotient.numerator).div_floor(self.interval(&quotient.denominator)),
            _ => self.limits(atom),
        }
    }

    /// Sizes `r` with a factor `c` such that `c * size >= r`.
    fn reductions(&self, size: &Size) -> Vec<(Size, i64)> {
        let floors = size.terms().flat_map(|term| {
            let outer = |atom: &Atom| {
                term.without(atom).and_then(|outer| self.without_floor(size, &term, atom, &outer).ok().flatten())
            };
            term.monomial.atoms().iter().filter_map(outer).collect::<Vec<_>>()
        });
        let inequalities = self.inequalities.iter().flat_map(|known| {
            size.variable_terms().filter_map(move |term| without_term(size, &term, known).ok().flatten())
        });
        floors.chain(inequalities).collect()
    }

    /// `floor(u / m)` in a term is at most `u / m`, and at least `(u - (m - 1)) / m`.
    fn without_floor(&self, size: &Size, term: &Term, atom: &Atom, outer: &Term) -> Result<Option<(Size, i64)>> {
        let Atom::Floor(quotient) = atom else {
            return Ok(None);
        };
        let others = Size::from(Term { coefficient: 1, monomial: outer.monomial.clone() });
        let denominator = quotient.denominator.as_constant();
        let Some(m) = denominator.filter(|_| self.interval(&others).is_nonnegative()) else {
            return Ok(None);
        };
        let slack = if outer.coefficient > 0 { m - 1 } else { 0 };
        let replacement = quotient.numerator.sub(&Size::constant(slack))?.mul(&outer.clone().into())?;
        let reduced = size.sub(&term.clone().into())?.mul(&Size::constant(m))?.add(&replacement)?;
        Ok(Some((reduced, m)))
    }
}

/// Takes as much of `known`, which is not negative, out of the size as makes `term` vanish.
fn without_term(size: &Size, term: &Term, known: &Size) -> Result<Option<(Size, i64)>> {
    let coefficient = known.terms.get(&term.monomial).copied().unwrap_or(0);
    if coefficient == 0 || (coefficient > 0) != (term.coefficient > 0) {
        return Ok(None);
    }
    let (Some(scale), Some(factor)) = (coefficient.checked_abs(), term.coefficient.checked_abs()) else {
        return Ok(None);
    };
    let reduced = size.mul(&Size::constant(scale))?.sub(&known.mul(&Size::constant(factor))?)?;
    Ok(Some((reduced, scale)))
}

/// The least number from `low`, which is not negative, to `high` for which `holds`: it does so from there on.
pub(super) fn least_where(mut low: i64, mut high: i64, holds: impl Fn(i64) -> bool) -> i64 {
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}
