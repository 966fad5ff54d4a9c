//! How layers are written in Python, for PyTorch.

use super::Operand;

/// A Python expression, as pieces of text and what is filled in between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Python {
    pub pieces: Vec<Piece>,
    /// The pattern that the results are assigned to, if it is not simply one after another: `{}, ({}, {})`.
    pub results: Option<&'static str>,
    /// Source of the helper functions that it calls.
    pub defines: Vec<&'static str>,
}

/// A piece of a Python expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Operand(Operand),
    /// Several sizes as separate arguments, without parentheses around them.
    Spread(Operand),
    /// A size of one of the module's parameters; only where a module is made.
    Size {
        tensor: &'static str,
        axis: usize,
    },
    /// Its sizes from an axis on: `3` for `(3,)`, and for `(3, 3)` too if `one_for_all`.
    Sizes {
        tensor: &'static str,
        from: usize,
        one_for_all: bool,
    },
    /// A size of a parameter, times the groups.
    Channels {
        tensor: &'static str,
        axis: usize,
        groups: Operand,
    },
}

/// How a step is written in Python.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Written {
    /// The same as in the network: a call of a stage, a size, an operator.
    #[default]
    Alike,
    /// Not at all, since another step of its layer does it.
    Elsewhere,
    As(Box<Python>),
}

impl<T: Into<Operand>> From<T> for Python {
    fn from(operand: T) -> Python {
        Piece::Operand(operand.into()).into()
    }
}

impl From<Piece> for Python {
    fn from(piece: Piece) -> Python {
        Python { pieces: vec![piece], ..Python::default() }
    }
}

/// Constructors.
impl Python {
    /// Code as it is: `torch.relu`.
    pub fn text(text: impl Into<String>) -> Python {
        Piece::Text(text.into()).into()
    }

    /// `a + b + c`
    pub fn infix(operator: &str, operands: impl IntoIterator<Item = impl Into<Python>>) -> Python {
        Python::joined(&format!(" {operator} "), operands)
    }

    /// `function(a, b)`
    pub fn call(function: &str, arguments: impl IntoIterator<Item = impl Into<Python>>) -> Python {
        Python::text(function).called(arguments)
    }

    /// `x.method(a, b)`, where `x` is the first operand.
    pub fn method(method: &str, operands: impl IntoIterator<Item = impl Into<Python>>) -> Python {
        let mut operands = operands.into_iter();
        let object = operands.next().expect("a method has an object").into();
        object.then(Python::text(format!(".{method}"))).called(operands)
    }

    /// Several sizes as separate arguments: `2, 3` of `x.reshape(2, 3)`.
    pub fn spread(sizes: impl Into<Operand>) -> Python {
        Piece::Spread(sizes.into()).into()
    }

    /// A size of one of the module's parameters.
    pub fn size(tensor: &'static str, axis: usize) -> Python {
        Piece::Size { tensor, axis }.into()
    }

    /// The sizes of one of the module's parameters from an axis on: `8`, or `(8, 8)`.
    pub fn sizes(tensor: &'static str, from: usize) -> Python {
        Piece::Sizes { tensor, from, one_for_all: false }.into()
    }

    /// As [`Python::sizes`], but `3` for `(3, 3)`, as PyTorch's windows take them.
    pub fn window(tensor: &'static str, from: usize) -> Python {
        Piece::Sizes { tensor, from, one_for_all: true }.into()
    }

    /// All channels of a grouped convolution, whose weight has those of one group along the axis.
    pub fn channels(tensor: &'static str, axis: usize, groups: &Operand) -> Python {
        Piece::Channels { tensor, axis, groups: groups.clone() }.into()
    }

    fn joined(separator: &str, parts: impl IntoIterator<Item = impl Into<Python>>) -> Python {
        let mut parts = parts.into_iter().map(Into::into);
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |joined, part| joined.then(Python::text(separator)).then(part))
    }
}

/// What is added to an expression.
impl Python {
    /// This, and right behind it `next`.
    pub fn then(mut self, next: Python) -> Python {
        self.pieces.extend(next.pieces);
        self.defines.extend(next.defines);
        self
    }

    /// A call of the function that this is.
    pub fn called(self, arguments: impl IntoIterator<Item = impl Into<Python>>) -> Python {
        self.then(Python::text("(")).then(Python::joined(", ", arguments)).then(Python::text(")"))
    }

    /// A call with one more argument, by name.
    pub fn key(mut self, name: &str, value: impl Into<Python>) -> Python {
        let text = |text: &str| Piece::Text(text.to_string());
        self.pieces.pop_if(|last| *last == text(")")).expect("only calls have arguments");
        let comma = if self.pieces.ends_with(&[text("(")]) { "" } else { ", " };
        self.then(Python::text(format!("{comma}{name}="))).then(value.into()).then(Python::text(")"))
    }

    /// A call with one more argument by name, unless it is PyTorch's default.
    pub fn key_unless(self, default: impl Into<Operand>, name: &str, value: impl Into<Operand>) -> Python {
        let value = value.into();
        if value.is(&default.into()) { self } else { self.key(name, value) }
    }

    /// With the source of a helper function that it calls.
    pub fn defining(mut self, function: &'static str) -> Python {
        self.defines.push(function);
        self
    }

    /// With a pattern for its results.
    pub fn gives(self, results: &'static str) -> Python {
        Python { results: Some(results), ..self }
    }
}

/// What is in an expression.
impl Python {
    /// The operands in it.
    pub fn operands(&self) -> impl Iterator<Item = &Operand> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Operand(operand) | Piece::Spread(operand) | Piece::Channels { groups: operand, .. } => Some(operand),
            Piece::Text(_) | Piece::Size { .. } | Piece::Sizes { .. } => None,
        })
    }

    /// The operands in it, to change them.
    pub fn operands_mut(&mut self) -> impl Iterator<Item = &mut Operand> {
        self.pieces.iter_mut().filter_map(|piece| match piece {
            Piece::Operand(operand) | Piece::Spread(operand) | Piece::Channels { groups: operand, .. } => Some(operand),
            Piece::Text(_) | Piece::Size { .. } | Piece::Sizes { .. } => None,
        })
    }

    /// Whether it uses no variable, so that a module can be constructed with it.
    pub fn is_constant(&self) -> bool {
        self.operands().all(Operand::is_constant)
    }
}

impl Operand {
    /// Whether an optional argument is given.
    pub fn is_some(&self) -> bool {
        matches!(self, Operand::Some(_))
    }

    /// Whether it uses no variable.
    pub fn is_constant(&self) -> bool {
        let mut constant = true;
        self.for_each_local(&mut |_| constant = false);
        constant
    }

    /// Whether it equals `other`, which may be one size that stands for each of several.
    fn is(&self, other: &Operand) -> bool {
        match (self, other) {
            (Operand::Sizes(sizes), Operand::Size(other)) => sizes.iter().all(|size| size == other),
            (Operand::Some(inner), other) => inner.is(other),
            (this, other) => this == other,
        }
    }

    /// Sizes of which one can stand for all, as PyTorch's windows take them: `3` for `(3, 3)`.
    pub fn one_for_all(self) -> Operand {
        match self {
            Operand::Sizes(sizes) if same(&sizes) => Operand::Size(sizes[0].clone()),
            Operand::Slice(sizes) if same(&sizes) => Operand::integer(sizes[0]),
            Operand::List(items) if same(&items) => items[0].clone(),
            other => other,
        }
    }
}

fn same<T: PartialEq>(items: &[T]) -> bool {
    items.first().is_some_and(|first| items.iter().all(|item| item == first))
}
