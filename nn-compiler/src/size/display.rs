//! Sizes as a user would write them.

use std::cmp::Reverse;
use std::fmt;

use super::floor::Unnested;
use super::monomial::{Atom, Term};
use super::{Result, Size};

/// A size as a tree, for printing and for code generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A number.
    Constant(i64),
    /// The size of an input.
    Symbol(String),
    /// A Rust constant or const generic.
    Opaque(String),
    /// `-a`; in a sum, a term that is subtracted.
    Negative(Box<Expr>),
    /// `a + b + ..`
    Sum(Vec<Expr>),
    /// `a * b * ..`
    Product(Vec<Expr>),
    /// `a / b`, rounded down: `div_euclid` for a positive divisor, and for a numerator that may be negative
    /// (`(H - 7) / 2`) not Rust's `/`.
    Quotient(Box<Expr>, Box<Expr>),
    /// `a % b`, with the sign of `b`: `rem_euclid` for a positive divisor.
    Remainder(Box<Expr>, Box<Expr>),
}

impl Size {
    /// The size as a tree in which `x - 4 * (x / 4)` is `x % 4` again, and a common factor stands before its sum.
    pub fn to_tree(&self) -> Expr {
        if let Some(n) = self.as_constant() {
            return Expr::Constant(n);
        }
        if let Some((remainder, rest)) = self.split_remainder() {
            let mut terms = rest.to_tree().into_addends();
            let at = if matches!(remainder, Expr::Negative(_)) { terms.len() } else { 0 };
            terms.insert(at, remainder);
            return Expr::sum(terms);
        }
        self.quotient_of_difference().or_else(|| self.factored()).unwrap_or_else(|| self.sum_of_terms())
    }

    /// The tree of `factor * (v % g)` and what is left, where that is written with fewer terms.
    fn split_remainder(&self) -> Option<(Expr, Size)> {
        self.variable_terms().find_map(|term| {
            term.monomial.atoms().iter().find_map(|atom| self.split_remainder_at(&term, atom).ok().flatten())
        })
    }

    /// Tries [`Size::split_remainder`] for one atom of one term, the floor of `v / g` in
    /// `-factor * g * floor(v / g)`.
    fn split_remainder_at(&self, term: &Term, atom: &Atom) -> Result<Option<(Expr, Size)>> {
        let (Atom::Floor(quotient), Some(others)) = (atom, term.without(atom)) else {
            return Ok(None);
        };
        let Unnested { outer, divisor, dividend } = Unnested::new(&others, quotient)?;
        let (factor, divisor) = (outer.times(&Term::constant(-1))?, Size::from(divisor));
        let rest = self.sub(&dividend.rem(&divisor)?.mul(&factor.clone().into())?)?;
        let shorter = rest.terms.len() + 2 <= self.terms.len();
        let remainder = || Expr::Remainder(dividend.to_tree().into(), divisor.to_tree().into());
        Ok(shorter.then(|| (factor.to_tree_with(vec![remainder()]), rest)))
    }

    /// `x / m - c` as `(x - c * m) / m`, for a number `m`.
    fn quotient_of_difference(&self) -> Option<Expr> {
        let term = self.leading().filter(|term| self.terms.len() == 1 && term.coefficient == 1)?;
        let Some(Atom::Floor(floor)) = term.monomial.as_atom().filter(|_| self.constant < 0) else {
            return None;
        };
        let shift = floor.denominator.as_constant()?.checked_mul(self.constant)?;
        let numerator = floor.numerator.add(&shift.into()).ok()?;
        Some(Expr::Quotient(numerator.to_tree().into(), floor.denominator.to_tree().into()))
    }

    /// `c * x + c * y` as `c * (x + y)`.
    fn factored(&self) -> Option<Expr> {
        let common =
            self.terms().reduce(|a, b| a.gcd(&b)).filter(|common| !common.is_one() && self.terms().count() > 1)?;
        let mut inner = Size::default();
        for term in self.terms() {
            inner.accumulate(term.divide(&common)?).ok()?;
        }
        Some(common.to_tree_with(vec![inner.sum_of_terms()]))
    }

    /// What is added first, then what is subtracted, then the constant; but no sum begins with a minus if that can be
    /// helped.
    fn sum_of_terms(&self) -> Expr {
        let mut terms: Vec<_> = self.variable_terms().collect();
        terms.sort_by_key(|term| {
            (term.coefficient < 0, Reverse(term.monomial.atoms().len()), term.coefficient.unsigned_abs())
        });
        let constant_first = self.constant > 0 && terms.iter().all(|term| term.coefficient < 0);
        let constant = (self.constant != 0).then(|| Term::constant(self.constant));
        let at = if constant_first { 0 } else { terms.len() };
        terms.splice(at..at, constant);
        Expr::sum(terms.iter().map(|term| term.to_tree_with(Vec::new())).collect())
    }
}

impl Atom {
    fn to_tree(&self) -> Expr {
        match self {
            Self::Symbol(name) => Expr::Symbol(name.to_string()),
            Self::Opaque(text) => Expr::Opaque(text.to_string()),
            Self::Floor(floor) => Expr::Quotient(floor.numerator.to_tree().into(), floor.denominator.to_tree().into()),
        }
    }
}

impl Term {
    /// The product of the term and `others`, behind a minus where the coefficient is negative.
    fn to_tree_with(&self, others: Vec<Expr>) -> Expr {
        if let (true, Some(positive)) = (self.coefficient < 0, self.coefficient.checked_neg()) {
            let term = Self { coefficient: positive, ..self.clone() };
            return Expr::Negative(term.to_tree_with(others).into());
        }
        let mut factors: Vec<_> = self.monomial.atoms().iter().map(Atom::to_tree).chain(others).collect();
        if self.coefficient != 1 || factors.is_empty() {
            factors.insert(0, Expr::Constant(self.coefficient));
        }
        if factors.len() == 1 { factors.remove(0) } else { Expr::Product(factors) }
    }
}

impl Expr {
    fn sum(mut terms: Vec<Self>) -> Self {
        if terms.len() == 1 { terms.remove(0) } else { Self::Sum(terms) }
    }

    /// What a sum is made of that contains this.
    fn into_addends(self) -> Vec<Self> {
        match self {
            Self::Sum(terms) => terms,
            Self::Constant(0) => Vec::new(),
            Self::Constant(n) => vec![Term::constant(n).to_tree_with(Vec::new())],
            other => vec![other],
        }
    }

    fn needs_parentheses_in_product(&self) -> bool {
        matches!(self, Self::Sum(_) | Self::Quotient(..) | Self::Remainder(..) | Self::Negative(_))
    }

    fn write_sum(&self, f: &mut fmt::Formatter<'_>, terms: &[Self]) -> fmt::Result {
        for (i, term) in terms.iter().enumerate() {
            match term {
                Self::Negative(subtracted) if i > 0 => {
                    f.write_str(" - ")?;
                    write_wrapped(f, subtracted, matches!(**subtracted, Self::Sum(_)))?;
                }
                _ if i > 0 => write!(f, " + {term}")?,
                _ => write!(f, "{term}")?,
            }
        }
        Ok(())
    }
}

/// Writes `expr`, in parentheses where `wrapped`.
fn write_wrapped(f: &mut fmt::Formatter<'_>, expr: &Expr, wrapped: bool) -> fmt::Result {
    if wrapped { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(n) => write!(f, "{n}"),
            Self::Symbol(name) | Self::Opaque(name) => f.write_str(name),
            Self::Negative(inner) => {
                f.write_str("-")?;
                write_wrapped(f, inner, inner.needs_parentheses_in_product())
            }
            Self::Sum(terms) => self.write_sum(f, terms),
            Self::Product(factors) => factors.iter().enumerate().try_for_each(|(i, factor)| {
                f.write_str(if i > 0 { " * " } else { "" })?;
                write_wrapped(f, factor, factor.needs_parentheses_in_product())
            }),
            Self::Quotient(left, right) | Self::Remainder(left, right) => {
                write_wrapped(f, left, left.needs_parentheses_in_product())?;
                f.write_str(if matches!(self, Self::Quotient(..)) { " / " } else { " % " })?;
                write_wrapped(f, right, right.needs_parentheses_in_product() || matches!(**right, Self::Product(_)))
            }
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_tree())
    }
}

impl fmt::Debug for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}
