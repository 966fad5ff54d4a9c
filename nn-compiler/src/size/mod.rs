//! Sizes: exact integer expressions over what the macro does not know.
//!
//! A [`Size`] is built from numbers, *symbols* (the sizes of the inputs, bound at run time) and *opaque* Rust
//! constants (known to rustc alone) by `+`, `-`, `*`, floor division and remainder. Symbols and opaque constants are
//! never negative.
//!
//! It is kept as a polynomial with integer coefficients over atoms, where an atom is a symbol, an opaque constant or
//! the floor of a quotient that does not come out even. So sums and products that are equal are the same `Size`, and
//! so are nested floor divisions. Some identities between several floors (`H / 2 + (H + 1) / 2 == H`) and everything
//! that follows from a `where` clause are beyond a normal form; [`Facts`] decides them.
//!
//! **Division by zero has no value.** A common factor is therefore cancelled whatever its sign:
//! `(64 * N * h) / (64 * h)` is `N`, because the left side says nothing where `h` is zero.
//!
//! All arithmetic is checked: what leaves `i64` is an [`ArithmeticError`], never a wrong number.

mod bounds;
mod decide;
mod display;
mod facts;
mod floor;
mod goal;
mod interval;
mod learn;
mod monomial;
mod predicate;
mod suggest;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use display::Expr;
pub use facts::Facts;
pub use predicate::{Comparison, Contradiction, Predicate, Verdict};
pub use suggest::{suggest, suggest_all};

use monomial::{Atom, Monomial, Term};

/// A size in normal form. The default is zero.
// The constant stands apart from the other terms so that numbers, which most sizes are, need no allocation.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    /// The coefficients, none of them zero, of the monomials, none of them 1.
    terms: BTreeMap<Monomial, i64>,
    constant: i64,
}

/// Why a size has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticError {
    /// A number left the range of `i64`.
    Overflow,
    /// A division or remainder by zero.
    DivisionByZero,
}

impl fmt::Display for ArithmeticError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "the size does not fit an i64",
            Self::DivisionByZero => "division by zero",
        })
    }
}

impl std::error::Error for ArithmeticError {}

type Result<T, E = ArithmeticError> = std::result::Result<T, E>;

/// The outcome of a checked operation.
fn checked<T>(outcome: Option<T>) -> Result<T> {
    outcome.ok_or(ArithmeticError::Overflow)
}

impl From<i64> for Size {
    fn from(constant: i64) -> Self {
        Self { terms: BTreeMap::new(), constant }
    }
}

impl From<Atom> for Size {
    fn from(atom: Atom) -> Self {
        Self { terms: BTreeMap::from([(Monomial::from(atom), 1)]), constant: 0 }
    }
}

impl From<Term> for Size {
    fn from(term: Term) -> Self {
        let mut size = Self::default();
        if term.monomial.is_one() {
            size.constant = term.coefficient;
        } else if term.coefficient != 0 {
            size.terms.insert(term.monomial, term.coefficient);
        }
        size
    }
}

impl Size {
    pub const ZERO: Size = Size { terms: BTreeMap::new(), constant: 0 };

    /// A number.
    pub fn constant(n: i64) -> Self {
        n.into()
    }

    /// The size of an input, known at run time.
    pub fn symbol(name: &str) -> Self {
        Atom::Symbol(name.into()).into()
    }

    /// A Rust constant or const generic, known to rustc. The text is printed as it is.
    pub fn opaque(text: &str) -> Self {
        Atom::Opaque(text.into()).into()
    }

    /// The number that this is, if it is one.
    pub fn as_constant(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// `self + other`
    pub fn add(&self, other: &Self) -> Result<Self> {
        let mut sum = self.clone();
        for term in other.terms() {
            sum.accumulate(term)?;
        }
        Ok(sum)
    }

    /// `self - other`
    pub fn sub(&self, other: &Self) -> Result<Self> {
        self.add(&other.neg()?)
    }

    /// `-self`
    pub fn neg(&self) -> Result<Self> {
        self.mul(&Self::constant(-1))
    }

    /// `self * other`
    pub fn mul(&self, other: &Self) -> Result<Self> {
        let mut product = Self::default();
        for left in self.terms() {
            for right in other.terms() {
                product.accumulate(left.times(&right)?)?;
            }
        }
        Ok(product)
    }

    /// The remainder of [`Size::div_floor`]. It has the sign of the divisor.
    pub fn rem(&self, divisor: &Self) -> Result<Self> {
        self.sub(&divisor.mul(&self.div_floor(divisor)?)?)
    }

    /// The names of the symbols in it.
    pub fn symbols(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.visit(&mut |atom| {
            if let Atom::Symbol(name) = atom {
                names.insert(&**name);
            }
        });
        names
    }

    /// The texts of the opaque constants in it.
    pub fn opaques(&self) -> BTreeSet<&str> {
        let mut texts = BTreeSet::new();
        self.visit(&mut |atom| {
            if let Atom::Opaque(text) = atom {
                texts.insert(&**text);
            }
        });
        texts
    }

    /// Its value where `lookup` gives the value of each symbol and opaque constant: none where one is missing, or the
    /// value leaves `i64`, or a divisor is zero.
    pub fn evaluate(&self, lookup: &dyn Fn(&str) -> Option<i64>) -> Option<i64> {
        self.terms.iter().try_fold(self.constant, |sum, (monomial, &coefficient)| {
            let product = monomial.atoms().iter().try_fold(coefficient, |product, atom| {
                product.checked_mul(match atom {
                    Atom::Symbol(name) | Atom::Opaque(name) => lookup(name)?,
                    Atom::Floor(quotient) => {
                        floor::floor_div(quotient.numerator.evaluate(lookup)?, quotient.denominator.evaluate(lookup)?)
                            .ok()?
                    }
                })
            })?;
            sum.checked_add(product)
        })
    }

    /// The terms, the constant last, in descending order of their degree.
    fn terms(&self) -> impl Iterator<Item = Term> {
        let constant = (self.constant != 0).then(|| Term::constant(self.constant));
        self.variable_terms().chain(constant)
    }

    /// The term of the highest degree, unless the size is zero.
    fn leading(&self) -> Option<Term> {
        self.terms().next()
    }

    /// The terms except the constant.
    fn variable_terms(&self) -> impl Iterator<Item = Term> {
        self.terms.iter().map(|(monomial, &coefficient)| Term { coefficient, monomial: monomial.clone() })
    }

    /// Adds a term in place.
    fn accumulate(&mut self, term: Term) -> Result<()> {
        if term.monomial.is_one() {
            self.constant = checked(self.constant.checked_add(term.coefficient))?;
            return Ok(());
        }
        let old = self.terms.get(&term.monomial).copied().unwrap_or(0);
        match checked(old.checked_add(term.coefficient))? {
            0 => self.terms.remove(&term.monomial),
            new => self.terms.insert(term.monomial, new),
        };
        Ok(())
    }

    /// Calls `f` for each atom, those within floors too.
    fn visit<'a>(&'a self, f: &mut dyn FnMut(&'a Atom)) {
        for atom in self.terms.keys().flat_map(Monomial::atoms) {
            f(atom);
            if let Atom::Floor(quotient) = atom {
                quotient.numerator.visit(f);
                quotient.denominator.visit(f);
            }
        }
    }

    fn contains(&self, wanted: impl Fn(&Atom) -> bool) -> bool {
        let mut found = false;
        self.visit(&mut |atom| found |= wanted(atom));
        found
    }

    fn has_symbols(&self) -> bool {
        self.contains(|atom| matches!(atom, Atom::Symbol(_)))
    }

    fn has_floors(&self) -> bool {
        self.contains(|atom| matches!(atom, Atom::Floor(_)))
    }

    /// Whether the signs of its coefficients show that it is not negative.
    fn is_nonnegative(&self) -> bool {
        let nonnegative = |atom: &Atom| match atom {
            Atom::Symbol(_) | Atom::Opaque(_) => true,
            Atom::Floor(quotient) => quotient.numerator.is_nonnegative() && quotient.denominator.is_nonnegative(),
        };
        self.constant >= 0
            && self
                .terms
                .iter()
                .all(|(monomial, &coefficient)| coefficient > 0 && monomial.atoms().iter().all(nonnegative))
    }

    /// Whether its coefficients show that it does not decrease when a symbol or opaque constant increases.
    fn grows(&self) -> bool {
        let fixed_divisors = !self
            .contains(|atom| matches!(atom, Atom::Floor(quotient) if quotient.denominator.as_constant().is_none()));
        fixed_divisors && Self { terms: self.terms.clone(), constant: 0 }.is_nonnegative()
    }

    /// The size with some atoms replaced, in normal form again.
    fn substitute(&self, replacement: &dyn Fn(&Atom) -> Result<Option<Size>>) -> Result<Self> {
        let mut result = Self::constant(self.constant);
        for (monomial, &coefficient) in &self.terms {
            let mut product = Self::constant(coefficient);
            for atom in monomial.atoms() {
                let factor = match (replacement(atom)?, atom) {
                    (Some(size), _) => size,
                    (None, Atom::Floor(quotient)) => {
                        let denominator = quotient.denominator.substitute(replacement)?;
                        quotient.numerator.substitute(replacement)?.div_floor(&denominator)?
                    }
                    (None, _) => atom.clone().into(),
                };
                product = product.mul(&factor)?;
            }
            result = result.add(&product)?;
        }
        Ok(result)
    }
}
