//! What is given to a stage: sizes, numbers and words.

use super::Shape;
use crate::place::Place;
use proc_macro2::{Ident, TokenStream};

/// What an argument of a layer, a block or a setting may be.
#[derive(Clone, Debug)]
pub enum Argument {
    /// A number, a boolean, a size, a word, the name of a value, `embed.weight`, `config::WIDTH`.
    Expr(Expr),
    /// `(5, 1)`
    Tuple(Vec<Argument>, Place),
    /// `[N, 1, d]`, `[6, 12, 18]`, `[(1, 16), (6, 24)]`
    List(Vec<Argument>, Place),
    /// `i64[N, T]`: a list with a dtype before it.
    Shape(Shape),
    /// `"b c (h p) (w q) -> b (h w) (p q c)"`
    Text(syn::LitStr),
    /// `uniform(-0.1, 0.1)`
    Function { name: Ident, arguments: Vec<Argument>, place: Place },
}

/// `k=5`
#[derive(Clone, Debug)]
pub struct Setting {
    pub key: Ident,
    pub value: Argument,
}

/// A size, a number, a condition.
#[derive(Clone, Debug)]
pub enum Expr {
    Integer(i64, Place),
    Float(f64, Place),
    Bool(bool, Place),
    /// `_`
    Any(Place),
    Name(Ident),
    /// `embed.weight`
    Field {
        of: Ident,
        name: Ident,
    },
    /// `config::WIDTH`, `config::width(3)`, `{ .. }`: evaluated by rustc.
    Opaque(TokenStream, Place),
    Unary {
        operator: Unary,
        operand: Box<Expr>,
        place: Place,
    },
    Binary {
        operator: Operator,
        operator_place: Place,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `(a + b)`, with the span of the parentheses.
    Parenthesised(Box<Expr>, Place),
}

/// Operators before their operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Negate,
    Not,
}

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

impl Expr {
    pub fn place(&self) -> Place {
        match self {
            Expr::Integer(_, place)
            | Expr::Float(_, place)
            | Expr::Bool(_, place)
            | Expr::Any(place)
            | Expr::Opaque(_, place)
            | Expr::Parenthesised(_, place)
            | Expr::Unary { place, .. } => *place,
            Expr::Name(name) => name.into(),
            Expr::Field { of, name } => Place::from(of).to(name),
            Expr::Binary { left, right, .. } => left.place().to(right.place()),
        }
    }
}

impl Argument {
    pub fn place(&self) -> Place {
        match self {
            Argument::Expr(expr) => expr.place(),
            Argument::Tuple(_, place) | Argument::List(_, place) | Argument::Function { place, .. } => *place,
            Argument::Shape(shape) => shape.place,
            Argument::Text(text) => text.into(),
        }
    }
}

impl Setting {
    /// From the key to the end of the value.
    pub fn place(&self) -> Place {
        Place::from(&self.key).to(self.value.place())
    }
}

impl Operator {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
            Operator::ShiftLeft => "<<",
            Operator::ShiftRight => ">>",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterEqual => ">=",
            Operator::And => "&&",
            Operator::Or => "||",
        }
    }
}
