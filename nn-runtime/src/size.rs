//! Sizes and predicates in a network's signature.

use std::fmt;

/// A size in a signature: a number, a symbol that gets its value from an input, or an expression of these.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Size {
    /// A number, a Rust constant, or a const generic.
    Known(i64),
    /// A symbol of an input.
    Symbol(&'static str),
    /// The sum of the sizes.
    Sum(&'static [Size]),
    /// The product of the sizes.
    Product(&'static [Size]),
    /// The first divided by the second, rounded down.
    Quotient(&'static Size, &'static Size),
    /// The remainder of the first divided by the second.
    Remainder(&'static Size, &'static Size),
}

/// The values of symbols.
pub type Bindings<'a> = [(&'a str, i64)];

impl Size {
    /// The symbol that an input's size binds, and the symbol's factor: `T`, `2 * T`.
    pub(crate) const fn binds(&self) -> Option<(&'static str, i64)> {
        match self {
            Size::Symbol(name) => Some((*name, 1)),
            Size::Product([Size::Known(factor), Size::Symbol(name)]) if *factor > 0 => Some((*name, *factor)),
            _ => None,
        }
    }

    /// Computes the value, if all symbols have one.
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

/// The most symbols that all inputs of a network may have.
const MOST_SYMBOLS: usize = 32;

/// Symbols and their values, for constant evaluation. Symbols beyond [`MOST_SYMBOLS`] have no value.
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
        f.write_str(&self.at(&[]))
    }
}

impl Size {
    /// As text, with numbers for the symbols that have a value.
    pub(crate) fn at(&self, bindings: &Bindings) -> String {
        if let Some(value) = self.evaluate(bindings) {
            return value.to_string();
        }
        let factor = |size: &Size| size.factor(bindings);
        match self {
            Size::Known(value) => value.to_string(),
            Size::Symbol(name) => (*name).to_string(),
            Size::Sum(terms) => {
                let terms =
                    terms.iter().map(|term| term.at(bindings)).reduce(|sum, term| match term.strip_prefix('-') {
                        Some(subtracted) => format!("{sum} - {subtracted}"),
                        None => format!("{sum} + {term}"),
                    });
                terms.unwrap_or_default()
            }
            Size::Product([Size::Known(-1), negated]) => format!("-{}", factor(negated)),
            Size::Product(factors) => factors.iter().map(factor).collect::<Vec<_>>().join(" * "),
            Size::Quotient(dividend, divisor) => format!("{} / {}", factor(dividend), divisor.divisor(bindings)),
            Size::Remainder(dividend, divisor) => format!("{} % {}", factor(dividend), divisor.divisor(bindings)),
        }
    }

    /// As a factor, in parentheses if needed.
    fn factor(&self, bindings: &Bindings) -> String {
        let text = self.at(bindings);
        let is_open = matches!(self, Size::Sum(_) | Size::Quotient(..) | Size::Remainder(..)) || text.starts_with('-');
        if is_open && self.evaluate(bindings).is_none() { format!("({text})") } else { text }
    }

    /// As a divisor, in parentheses if needed.
    fn divisor(&self, bindings: &Bindings) -> String {
        match self {
            Size::Product(_) if self.evaluate(bindings).is_none() => format!("({})", self.at(bindings)),
            size => size.factor(bindings),
        }
    }
}

/// A condition on the sizes of the inputs: `H % 16 == 0`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Predicate {
    pub left: Size,
    pub comparison: Comparison,
    pub right: Size,
}

/// A comparison of two sizes.
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
    /// Returns the operator as it is written.
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
    /// Whether the predicate holds; it does not if a symbol has no value.
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

#[cfg(test)]
mod tests {
    use super::Size::{self, Known, Product, Quotient, Remainder, Sum, Symbol};

    #[test]
    fn sizes_are_written_as_a_user_would() {
        const H: Size = Symbol("H");
        const LESS: Size = Sum(&[H, Known(-7)]);
        let half: Size = Quotient(&LESS, &Known(2));
        let written = |size: Size| (size.to_string(), size.at(&[("H", 9)]));
        assert_eq!(written(half), ("(H - 7) / 2".to_string(), "1".to_string()));
        assert_eq!(Sum(&[Quotient(&H, &Known(2)), Known(1)]).to_string(), "H / 2 + 1");
        assert_eq!(Product(&[Known(2), Quotient(&H, &Known(4))]).to_string(), "2 * (H / 4)");
        assert_eq!(Sum(&[Known(8), Product(&[Known(-1), Product(&[Known(3), H])])]).to_string(), "8 - 3 * H");
        assert_eq!(Remainder(&Product(&[Known(2), H]), &Product(&[H, Symbol("W")])).to_string(), "2 * H % (H * W)");
        assert_eq!(Sum(&[H, Product(&[Known(-1), Symbol("W")])]).at(&[("W", 3)]), "H - 3");
    }
}
