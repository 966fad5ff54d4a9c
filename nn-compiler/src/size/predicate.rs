//! Predicates on sizes, and verdicts about them.

use std::fmt;

use super::Size;

/// How two sizes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl Comparison {
    /// Whether it holds between two numbers.
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterEqual => left >= right,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        })
    }
}

/// A comparison of two sizes: `H % 16 == 0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Predicate {
    /// What stands to the left.
    pub left: Size,
    /// How the two are compared.
    pub comparison: Comparison,
    /// What stands to the right.
    pub right: Size,
}

impl Predicate {
    /// `left comparison right`
    pub fn new(left: impl Into<Size>, comparison: Comparison, right: impl Into<Size>) -> Self {
        Self { left: left.into(), comparison, right: right.into() }
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.comparison, self.right)
    }
}

/// Whether a predicate holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// For every admissible value.
    True,
    /// For no admissible value.
    False,
    /// Exactly when all of these hold, in which there are opaque constants but no symbols: rustc decides.
    Rustc(Vec<Predicate>),
    /// For some values only, or not decided.
    Unknown,
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// An assumption that cannot hold together with those made before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The assumption.
    pub predicate: Predicate,
    /// The earlier assumptions that it contradicts: none where it never holds, one where that suffices, else all of
    /// them.
    pub with: Vec<Predicate>,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with: Vec<_> = self.with.iter().map(|predicate| format!("`{predicate}`")).collect();
        match &with[..] {
            [] => write!(f, "`{}` never holds", self.predicate),
            with => write!(f, "`{}` contradicts {}", self.predicate, with.join(", ")),
        }
    }
}

impl std::error::Error for Contradiction {}
