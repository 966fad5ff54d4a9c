//! What the polynomials are made of: atoms, their products, and products with a coefficient.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Result, Size, checked};

/// An integer that is not taken apart any further.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Atom {
    Symbol(Arc<str>),
    Opaque(Arc<str>),
    Floor(Arc<Quotient>),
}

impl Atom {
    /// `floor(numerator / denominator)`, as an atom.
    pub fn floor(numerator: Size, denominator: Size) -> Self {
        Self::Floor(Arc::new(Quotient { numerator, denominator }))
    }
}

/// A quotient, rounded down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Quotient {
    pub numerator: Size,
    pub denominator: Size,
}

/// A product of atoms, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Monomial(Vec<Atom>);

impl From<Atom> for Monomial {
    fn from(atom: Atom) -> Self {
        Self(vec![atom])
    }
}

/// The graded lexicographic order, the leading monomial first: polynomial division needs a monomial order, and
/// readers expect the highest degree first.
impl Ord for Monomial {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.len().cmp(&self.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Monomial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Monomial {
    pub fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    pub fn atoms(&self) -> &[Atom] {
        &self.0
    }

    /// The atom that this is, if it is only one.
    pub fn as_atom(&self) -> Option<&Atom> {
        match &self.0[..] {
            [atom] => Some(atom),
            _ => None,
        }
    }

    /// The symbol or opaque constant that this is, if it is only one.
    pub fn as_variable(&self) -> Option<&Atom> {
        self.as_atom().filter(|atom| !matches!(atom, Atom::Floor(_)))
    }

    pub fn has_floor(&self) -> bool {
        self.0.iter().any(|atom| matches!(atom, Atom::Floor(_)))
    }

    pub fn is_squarefree(&self) -> bool {
        self.0.windows(2).all(|pair| pair[0] != pair[1])
    }

    pub fn times(&self, other: &Self) -> Self {
        let mut atoms: Vec<_> = self.0.iter().chain(&other.0).cloned().collect();
        atoms.sort_unstable();
        Self(atoms)
    }

    pub fn divide(&self, divisor: &Self) -> Option<Self> {
        let mut atoms = self.0.clone();
        for atom in &divisor.0 {
            atoms.remove(atoms.iter().position(|own| own == atom)?);
        }
        Some(Self(atoms))
    }

    /// The greatest common divisor.
    fn gcd(&self, other: &Self) -> Self {
        let mut rest = other.0.clone();
        let common = |atom: &&Atom| rest.iter().position(|own| own == *atom).map(|at| rest.remove(at)).is_some();
        Self(self.0.iter().filter(common).cloned().collect())
    }

    /// The factors that `keep` selects, and the others.
    pub fn partition(&self, keep: impl Fn(&Atom) -> bool) -> (Self, Self) {
        let (kept, others) = self.0.iter().cloned().partition(keep);
        (Self(kept), Self(others))
    }
}

/// A monomial and its coefficient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub coefficient: i64,
    pub monomial: Monomial,
}

impl Term {
    pub fn constant(coefficient: i64) -> Self {
        Self { coefficient, monomial: Monomial::default() }
    }

    pub fn is_one(&self) -> bool {
        self.coefficient == 1 && self.monomial.is_one()
    }

    pub fn times(&self, other: &Self) -> Result<Self> {
        let coefficient = checked(self.coefficient.checked_mul(other.coefficient))?;
        Ok(Self { coefficient, monomial: self.monomial.times(&other.monomial) })
    }

    /// The exact quotient, where there is one.
    pub fn divide(&self, divisor: &Self) -> Option<Self> {
        let exact = self.coefficient.checked_rem(divisor.coefficient)? == 0;
        let coefficient = self.coefficient.checked_div(divisor.coefficient).filter(|_| exact)?;
        Some(Self { coefficient, monomial: self.monomial.divide(&divisor.monomial)? })
    }

    /// The other factors, for an atom that is one of them.
    pub fn without(&self, atom: &Atom) -> Option<Self> {
        let monomial = self.monomial.divide(&atom.clone().into())?;
        Some(Self { coefficient: self.coefficient, monomial })
    }

    /// The greatest common divisor; its coefficient is positive unless both are zero.
    pub fn gcd(&self, other: &Self) -> Self {
        Self { coefficient: gcd(self.coefficient, other.coefficient), monomial: self.monomial.gcd(&other.monomial) }
    }
}

/// The greatest common divisor (or, where that is 2^63, which is no `i64`, the common divisor 1).
pub(super) fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.try_into().unwrap_or(1)
}

/// The least common multiple of two positive numbers.
pub(super) fn lcm(a: i64, b: i64) -> Option<i64> {
    (a / gcd(a, b)).checked_mul(b)
}
