//! What a layer is called in PyTorch.

use super::Operand;

/// An expression of Python: text in which `{}` stands for the next operand, `{*}` for sizes without parentheses around them,
/// and, where a module is made, `{weight.1}` for a size of one of its parameters, `{weight.2..}` for all from there on, `{weight.2=}` for all or the one that they all are, `{weight.1*}` for one times the next operand.
#[derive(Clone, Debug, PartialEq)]
pub struct Python {
    pub text: String,
    pub operands: Vec<Operand>,
    /// What the results are assigned to, if it is not just one after another: `{}, ({}, {})`.
    pub results: Option<&'static str>,
    /// Functions that it calls, whole.
    pub defines: Vec<&'static str>,
}

/// How a step is written in Python.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Written {
    /// It means the same there: a stage of the network, a size, an operator.
    #[default]
    Alike,
    /// Not at all: another step of its layer stands for it.
    Elsewhere,
    As(Box<Python>),
}

impl Python {
    /// Text with its operands.
    pub fn new(text: impl Into<String>, operands: impl Into<Vec<Operand>>) -> Python {
        Python { text: text.into(), operands: operands.into(), results: None, defines: Vec::new() }
    }

    /// A call of `function`.
    pub fn call(function: &str, operands: impl Into<Vec<Operand>>) -> Python {
        let operands = operands.into();
        Python::new(format!("{function}({})", vec!["{}"; operands.len()].join(", ")), operands)
    }

    /// With one more argument, by name.
    pub fn key(self, name: &str, value: impl Into<Operand>) -> Python {
        self.key_as(name, "{}", [value.into()])
    }

    /// With one more argument, by name: an expression.
    pub fn key_as(mut self, name: &str, text: &str, operands: impl IntoIterator<Item = Operand>) -> Python {
        self.text.pop();
        let comma = if self.text.ends_with('(') { "" } else { ", " };
        self.text.push_str(&format!("{comma}{name}={text})"));
        self.operands.extend(operands);
        self
    }

    /// With one more argument by name, unless it is PyTorch's default.
    pub fn key_unless(self, default: impl Into<Operand>, name: &str, value: impl Into<Operand>) -> Python {
        let value = value.into();
        if value.is(&default.into()) { self } else { self.key(name, value) }
    }

    /// With a function that it calls.
    pub fn defining(mut self, function: &'static str) -> Python {
        self.defines.push(function);
        self
    }

    /// Whether it is the same wherever it stands, so that a module can be made with it.
    pub fn is_constant(&self) -> bool {
        self.operands.iter().all(Operand::is_constant)
    }

    /// With a pattern for its results.
    pub fn gives(self, results: &'static str) -> Python {
        Python { results: Some(results), ..self }
    }
}

impl Operand {
    /// Whether an argument that may be missing is there.
    pub fn is_some(&self) -> bool {
        matches!(self, Operand::Some(_))
    }

    /// Whether it speaks of no variable.
    pub fn is_constant(&self) -> bool {
        let mut constant = true;
        self.for_each_local(&mut |_| constant = false);
        constant
    }

    /// Whether it is that one; sizes, whether each of them is.
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
