//! How facts learn from a predicate.

use std::mem;

use super::goal::Goal;
use super::interval::Interval;
use super::monomial::{Atom, Quotient, gcd};
use super::{ArithmeticError, Comparison, Facts, Predicate, Result, Size};

/// The largest modulus for which `a * x == b` is solved by trying.
const LARGEST_MODULUS: i64 = 4096;

/// The facts cannot hold together.
#[derive(Debug)]
pub(super) struct Inconsistent;

/// Why something was not learnt.
enum Failure {
    Inconsistent,
    Arithmetic,
}

impl From<ArithmeticError> for Failure {
    fn from(_: ArithmeticError) -> Self {
        Self::Arithmetic
    }
}

type Learnt = Result<(), Failure>;

/// Nothing to learn if it holds.
fn ensure(holds: bool) -> Learnt {
    if holds { Ok(()) } else { Err(Failure::Inconsistent) }
}

impl Facts {
    /// Learns the predicate.
    pub(super) fn learn(&mut self, predicate: &Predicate) -> Result<(), Inconsistent> {
        self.attempt(|facts| match Goal::of(predicate)? {
            Goal::Zero(size) if predicate.comparison == Comparison::NotEqual => facts.learn_nonzero(&size),
            Goal::Zero(size) => facts.learn_zero(&size),
            Goal::NonNegative(size) => facts.learn_nonnegative(&size),
        })
    }

    /// Learns that `variable` is `residue` modulo `modulus`.
    pub(super) fn learn_residue(&mut self, variable: &Atom, modulus: i64, residue: i64) -> Result<(), Inconsistent> {
        self.attempt(|facts| facts.replace_by_quotient(variable, modulus, residue))
    }

    /// Learns everything, or nothing if a number exceeds `i64`.
    fn attempt(&mut self, learn: impl FnOnce(&mut Self) -> Learnt) -> Result<(), Inconsistent> {
        let mut next = self.clone();
        match learn(&mut next) {
            Ok(()) => *self = next,
            Err(Failure::Arithmetic) => {}
            Err(Failure::Inconsistent) => return Err(Inconsistent),
        }
        Ok(())
    }

    fn learn_zero(&mut self, size: &Size) -> Learnt {
        let size = self.resolve(size)?;
        ensure(!size.is_never_zero())?;
        let size = size.primitive()?;
        if size.as_constant().is_some() {
            return ensure(size == Size::default());
        }
        if let Some((variable, value)) = size.solve() {
            return self.replace(variable, value);
        }
        if let Some((quotient, residue)) = size.as_remainder()?
            && self.learn_remainder(&quotient, residue)?
        {
            return Ok(());
        }
        self.learn_nonnegative(&size)?;
        self.learn_nonnegative(&size.neg()?)
    }

    /// Learns that the numerator is `residue` modulo the denominator, if that gives a variable and the quotient
    /// cannot be negative, as variables cannot.
    fn learn_remainder(&mut self, quotient: &Quotient, residue: i64) -> Result<bool, Failure> {
        if !(quotient.numerator.is_nonnegative() && quotient.denominator.is_nonnegative()) {
            return Ok(false);
        }
        let multiple = quotient.numerator.sub(&residue.into())?;
        if let Some((variable, modulus, residue)) = solve_modulo(&multiple, &quotient.denominator) {
            self.replace_by_quotient(&variable, modulus, residue)?;
            return Ok(true);
        }
        let name = Atom::named_quotient(&multiple, &quotient.denominator);
        let equation = multiple.sub(&quotient.denominator.mul(&name.clone().into())?)?;
        let Some((variable, value)) = equation.solve() else {
            return Ok(false);
        };
        self.quotients.insert(name, Quotient { numerator: multiple, denominator: quotient.denominator.clone() });
        self.replace(variable, value)?;
        Ok(true)
    }

    /// Replaces a variable that is `residue` modulo `modulus` by `modulus * k + residue`.
    fn replace_by_quotient(&mut self, variable: &Atom, modulus: i64, residue: i64) -> Learnt {
        let one = Quotient { numerator: variable.clone().into(), denominator: 1.into() };
        let Quotient { numerator, denominator } = self.quotients.get(variable).unwrap_or(&one);
        let numerator = numerator.sub(&denominator.mul(&residue.into())?)?;
        let denominator = denominator.mul(&modulus.into())?;
        let name = Atom::named_quotient(&numerator, &denominator);
        let value = Size::from(modulus).mul(&name.clone().into())?.add(&residue.into())?;
        self.quotients.insert(name, Quotient { numerator, denominator });
        self.replace(variable.clone(), value)
    }

    /// Puts `value` in the place of `variable` everywhere.
    fn replace(&mut self, variable: Atom, value: Size) -> Learnt {
        let substitute = |size: &Size| size.substitute(&|atom| Ok((*atom == variable).then(|| value.clone())));
        for size in self.replaced.values_mut() {
            *size = substitute(size)?;
        }
        // Quotients are explained by older quotients and the user's variables alone: so restoring comes to an end.
        if !value.contains(|atom| self.quotients.contains_key(atom)) {
            for quotient in self.quotients.values_mut() {
                quotient.numerator = substitute(&quotient.numerator)?;
                quotient.denominator = substitute(&quotient.denominator)?;
            }
        }
        let limits = self.limits.remove(&variable).unwrap_or(Interval::SIZE);
        let inequalities = mem::take(&mut self.inequalities);
        let nonzero = mem::take(&mut self.nonzero);
        self.replaced.insert(variable, value.clone());
        if let Some(low) = limits.low {
            self.learn_nonnegative(&value.sub(&low.into())?)?;
        }
        if let Some(high) = limits.high {
            self.learn_nonnegative(&Size::from(high).sub(&value)?)?;
        }
        inequalities.iter().try_for_each(|size| self.learn_nonnegative(size))?;
        nonzero.iter().try_for_each(|size| self.learn_nonzero(size))
    }

    fn learn_nonnegative(&mut self, size: &Size) -> Learnt {
        let size = self.resolve(size)?.without_whole_floors()?.primitive()?;
        if let Some(n) = size.as_constant() {
            return ensure(n >= 0);
        }
        if let Some((variable, limits)) = size.as_limit() {
            return self.limit(variable, limits);
        }
        let interval = self.interval(&size);
        ensure(interval.high.is_none_or(|high| high >= 0))?;
        if !interval.is_nonnegative() {
            self.inequalities.push(size);
        }
        Ok(())
    }

    fn limit(&mut self, variable: Atom, limits: Interval) -> Learnt {
        let limits = self.limits(&variable).intersection(limits);
        ensure(!limits.is_empty())?;
        match limits.single() {
            Some(n) => self.replace(variable, n.into()),
            None => {
                self.limits.insert(variable, limits);
                Ok(())
            }
        }
    }

    fn learn_nonzero(&mut self, size: &Size) -> Learnt {
        let size = self.resolve(size)?;
        let range = self.range(&size);
        ensure(range.single() != Some(0))?;
        if range.low == Some(0) {
            return self.learn_nonnegative(&size.sub(&1.into())?);
        }
        if range.high == Some(0) {
            return self.learn_nonnegative(&size.neg()?.sub(&1.into())?);
        }
        if !range.excludes_zero() {
            self.nonzero.push(size);
        }
        Ok(())
    }
}

impl Size {
    /// The greatest common divisor of the coefficients, except the constant.
    fn content(&self) -> i64 {
        self.terms.values().fold(0, |content, &coefficient| gcd(content, coefficient))
    }

    /// Whether the coefficients show that it is never zero: `2 * H == 2 * W + 1`.
    pub(super) fn is_never_zero(&self) -> bool {
        match self.content() {
            0 => self.constant != 0,
            content => self.constant % content != 0,
        }
    }

    /// The size divided by the greatest common divisor of its coefficients, and rounded down. It is zero where the
    /// size is, if the size is zero anywhere, and not negative where the size is not.
    pub(super) fn primitive(&self) -> Result<Self> {
        match self.content() {
            0 | 1 => Ok(self.clone()),
            content => self.div_floor(&content.into()),
        }
    }

    /// The variable that `self == 0` gives, and its value: a symbol, or an opaque constant where there are no
    /// symbols.
    pub(super) fn solve(&self) -> Option<(Atom, Self)> {
        let has_symbols = self.has_symbols();
        self.variable_terms().find_map(|term| {
            let variable = term.monomial.as_variable()?;
            let wanted = matches!(variable, Atom::Symbol(_)) || !has_symbols;
            let others = self.sub(&term.clone().into()).ok()?;
            let value = match term.coefficient {
                1 => others.neg().ok()?,
                -1 => others,
                _ => return None,
            };
            (wanted && !value.contains(|atom| atom == variable)).then(|| (variable.clone(), value))
        })
    }

    /// The quotient and remainder in `u % m - r == 0`, whose left side is `u - m * floor(u / m) - r`.
    pub(super) fn as_remainder(&self) -> Result<Option<(Quotient, i64)>> {
        let atoms: Vec<_> = self.terms.keys().flat_map(|monomial| monomial.atoms()).collect();
        for (atom, negated) in atoms.iter().flat_map(|atom| [(atom, false), (atom, true)]) {
            let Atom::Floor(floor) = atom else { continue };
            let size = if negated { self.neg()? } else { self.clone() };
            let remainder = floor.numerator.rem(&floor.denominator)?;
            if let Some(difference) = remainder.sub(&size)?.as_constant()
                && (difference == 0 || floor.denominator.as_constant().is_some_and(|m| (0..m).contains(&difference)))
            {
                return Ok(Some((Quotient::clone(floor), difference)));
            }
        }
        Ok(None)
    }

    /// A size that is not negative where this is not, and nowhere else, without the floors that are a term by
    /// themselves.
    pub(super) fn without_whole_floors(&self) -> Result<Self> {
        for term in self.variable_terms() {
            let Some(Atom::Floor(floor)) = term.monomial.as_atom() else { continue };
            let Some(m) = floor.denominator.as_constant() else { continue };
            let others = self.sub(&term.clone().into())?.mul(&m.into())?;
            let size = match term.coefficient {
                1 => others.add(&floor.numerator)?,
                -1 => others.add(&Self::from(m - 1))?.sub(&floor.numerator)?,
                _ => continue,
            };
            return size.without_whole_floors();
        }
        Ok(self.clone())
    }

    /// The variable and its limits, where `self >= 0` is only that. The size is primitive.
    fn as_limit(&self) -> Option<(Atom, Interval)> {
        let term = self.variable_terms().next().filter(|_| self.terms.len() == 1)?;
        let variable = term.monomial.as_variable()?.clone();
        let limits = match term.coefficient {
            1 => Interval { low: Some(self.constant.checked_neg()?), high: None },
            -1 => Interval { low: None, high: Some(self.constant) },
            _ => return None,
        };
        Some((variable, limits))
    }
}

impl Atom {
    /// A variable for a quotient that comes out even, named after it.
    fn named_quotient(numerator: &Size, denominator: &Size) -> Self {
        let name = format!("({numerator}) / ({denominator})").into();
        if numerator.has_symbols() || denominator.has_symbols() { Self::Symbol(name) } else { Self::Opaque(name) }
    }
}

/// The variable `x` in `a * x + c == 0` modulo `m`, the modulus and its residue.
fn solve_modulo(size: &Size, modulus: &Size) -> Option<(Atom, i64, i64)> {
    let term = size.variable_terms().next().filter(|_| size.terms.len() == 1)?;
    let variable = term.monomial.as_variable()?;
    let modulus = modulus.as_constant().filter(|&m| m <= LARGEST_MODULUS)?;
    let divides = |x: &i64| {
        let value = term.coefficient.checked_mul(*x).and_then(|product| product.checked_add(size.constant));
        value.is_some_and(|value| value % modulus == 0)
    };
    let residue = (0..modulus).find(divides)?;
    Some((variable.clone(), modulus, residue))
}
