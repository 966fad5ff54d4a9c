//! Sizes and predicates as a network's signature declares them.

use std::fmt::{self, Display};

/// A size in a signature: a number, a symbol that is bound when a tensor enters, or an expression over them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Size {
    /// A number, a Rust constant, a const generic.
    Known(i64),
    /// A symbol of an input.
    Symbol(&'static str),
    /// The sum of these.
    Sum(&'static [Size]),
    /// The product of these.
    Product(&'static [Size]),
    /// The first by the second, rounded down.
    Quotient(&'static Size, &'static Size),
    /// What the first leaves over when it is divided by the second.
    Remainder(&'static Size, &'static Size),
}

/// The values of symbols.
pub type Bindings<'a> = [(&'a str, i64)];

impl Size {
    /// The symbol that a size of an input gives its value, and what that is multiplied with: `T`, `2 * T`.
    pub(crate) const fn binds(&self) -> Option<(&'static str, i64)> {
        match self {
            Size::Symbol(name) => Some((*name, 1)),
            Size::Product([Size::Known(factor), Size::Symbol(name)]) if *factor > 0 => Some((*name, *factor)),
            _ => None,
        }
    }

    /// Its value, if all of its symbols are bound.
    pub const fn evaluate(&self, bindings: &Bindings) -> Option<i64> {
        match self {
            Size::Known(value) => Some(*value),
            Size::Symbol(name) => lookup(name, bindings),
            Size::Sum(terms) => fold(terms, bindings, true),
            Size::Product(factors) => fold(factors, bindings, false),
            Size::Quotient(dividend, divisor) => match (dividend.evaluate(bindings), divisor.evaluate(bindings)) {
                (Some(dividend), Some(divisor)) => dividend.checked_div_euclid(divisor),
                _ => None,
            },
            Size::Remainder(dividend, divisor) => match (dividend.evaluate(bindings), divisor.evaluate(bindings)) {
                (Some(dividend), Some(divisor)) => dividend.checked_rem_euclid(divisor),
                _ => None,
            },
        }
    }
}

const fn fold(sizes: &[Size], bindings: &Bindings, sum: bool) -> Option<i64> {
    let mut result = if sum { 0i64 } else { 1 };
    let mut index = 0;
    while index < sizes.len() {
        let Some(value) = sizes[index].evaluate(bindings) else { return None };
        let next = if sum { result.checked_add(value) } else { result.checked_mul(value) };
        let Some(next) = next else { return None };
        result = next;
        index += 1;
    }
    Some(result)
}

const fn lookup(name: &str, bindings: &Bindings) -> Option<i64> {
    let mut index = 0;
    while index < bindings.len() {
        if same_text(bindings[index].0, name) {
            return Some(bindings[index].1);
        }
        index += 1;
    }
    None
}

/// Whether two texts are the same, in constant evaluation too.
pub(crate) const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// As many symbols as all inputs of a network may have.
const MOST_SYMBOLS: usize = 32;

/// Symbols and their values, while constants are evaluated. What is more than [`MOST_SYMBOLS`] has no value.
#[derive(Clone, Copy)]
pub(crate) struct Values {
    values: [(&'static str, i64); MOST_SYMBOLS],
    count: usize,
}

impl Values {
    pub(crate) const NONE: Values = Values { values: [("", 0); MOST_SYMBOLS], count: 0 };

    pub(crate) const fn bindings(&self) -> &[(&'static str, i64)] {
        self.values.split_at(self.count).0
    }

    /// With another value for a symbol, or one for another symbol.
    pub(crate) const fn with(mut self, name: &'static str, value: i64) -> Values {
        let mut index = 0;
        while index < self.count && !same_text(self.values[index].0, name) {
            index += 1;
        }
        if index < MOST_SYMBOLS {
            self.values[index] = (name, value);
            self.count = if index == self.count { index + 1 } else { self.count };
        }
        self
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.at(&[]).fmt(f)
    }
}

impl Size {
    /// As text, with numbers for the symbols that have a value.
    pub(crate) fn at<'a>(&'a self, bindings: &'a Bindings<'a>) -> impl Display + 'a {
        At { size: self, bindings }
    }
}

/// A size where some symbols have values.
#[derive(Clone, Copy)]
struct At<'a> {
    size: &'a Size,
    bindings: &'a Bindings<'a>,
}

impl<'a> At<'a> {
    fn of(self, size: &'a Size) -> At<'a> {
        At { size, ..self }
    }

    fn is_atom(self) -> bool {
        matches!(self.size, Size::Known(_) | Size::Symbol(_)) || self.size.evaluate(self.bindings).is_some()
    }

    /// Inside another: in parentheses, where it needs them.
    fn inner(self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.is_atom() { self.fmt(f) } else { write!(f, "({self})") }
    }

    fn pair(self, f: &mut fmt::Formatter, (left, right): (&'a Size, &'a Size), operator: &str) -> fmt::Result {
        self.of(left).inner(f)?;
        f.write_str(operator)?;
        self.of(right).inner(f)
    }

    fn join(self, f: &mut fmt::Formatter, sizes: &'a [Size], separator: &str) -> fmt::Result {
        for (index, size) in sizes.iter().enumerate() {
            if index > 0 {
                f.write_str(separator)?;
            }
            match (size, separator) {
                (Size::Product(_), " + ") => self.of(size).fmt(f)?,
                _ => self.of(size).inner(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(value) = self.size.evaluate(self.bindings) {
            return value.fmt(f);
        }
        match self.size {
            Size::Known(value) => value.fmt(f),
            Size::Symbol(name) => f.write_str(name),
            Size::Sum(terms) => self.join(f, terms, " + "),
            Size::Product(factors) => self.join(f, factors, " * "),
            Size::Quotient(dividend, divisor) => self.pair(f, (dividend, divisor), " / "),
            Size::Remainder(dividend, divisor) => self.pair(f, (dividend, divisor), " % "),
        }
    }
}

/// What must hold of the sizes of the inputs: `H % 16 == 0`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Predicate {
    pub left: Size,
    pub comparison: Comparison,
    pub right: Size,
}

/// How two sizes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    /// As it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
        }
    }
}

impl Predicate {
    /// Whether it holds; not, if a symbol is not bound.
    pub const fn holds(&self, bindings: &Bindings) -> bool {
        let (Some(left), Some(right)) = (self.left.evaluate(bindings), self.right.evaluate(bindings)) else {
            return false;
        };
        match self.comparison {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::LessEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterEqual => left >= right,
        }
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.comparison.symbol(), self.right)
    }
}
