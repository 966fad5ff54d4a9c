//! Forward functions.

use super::{Dtype, TensorType, Tokens, Written};
use crate::size::Size;
use crate::tree;
use proc_macro2::Ident;

/// The body of a forward function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Function {
    pub locals: Vec<Local>,
    /// The values that flow in, followed by the outer variables that the body uses.
    pub parameters: Vec<usize>,
    pub steps: Vec<Step>,
    pub results: Vec<usize>,
}

/// A variable of a forward function.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    pub kind: LocalKind,
    /// The name given by the user.
    pub name: Option<Ident>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LocalKind {
    Tensor,
    /// A size that is known only at run time.
    Size,
    /// A number that can be set at run time.
    Number,
    /// The struct of a `shared`, passed down to a group: an index into [`Network::structs`](super::Network::structs).
    Shared(usize),
    /// Not a variable, but a tensor in a field of `self` or in a layer's field.
    Field {
        field: usize,
        tensor: Option<String>,
    },
}

/// A statement of a forward function.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub results: Vec<usize>,
    pub form: Form,
    pub callee: Callee,
    pub operands: Vec<Operand>,
    pub written: Written,
    /// The stage that it is the last step of, if any: a path in the outline of the body, through groups without a struct.
    /// For a loop over an array it leads to the first turn. It is empty if the whole function is one stage.
    pub stage: Option<Vec<usize>>,
}

/// How several results are returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    One,
    Tuple,
    Array,
}

impl Form {
    /// How a forward function returns its results.
    pub fn of(count: usize) -> Form {
        if count == 1 { Form::One } else { Form::Tuple }
    }
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub enum Callee {
    /// A method of the first operand.
    Method(&'static str),
    /// A function of the run time.
    Function(&'static str),
    /// A function written by the user.
    User(Tokens),
    /// `forward_t` of a field.
    Field(usize),
    /// `forward_t` of each element of a field, each fed with the results of the one before; the first with the first
    /// `results.len()` operands.
    Each(usize),
    /// `forward_t` of a `shared`, which is the first operand.
    Shared(usize),
    /// The size of the operand along an axis.
    SizeOf(usize),
    /// `a + b`
    Operator(tree::Operator),
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A variable.
    Local(usize),
    /// `self.field`, or `self.field.tensor`.
    Field {
        field: usize,
        tensor: Option<String>,
    },
    /// `&[&a, &b]`
    Tensors(Vec<Operand>),
    /// `&[0.5, 2.0]`
    List(Vec<Operand>),
    Some(Box<Operand>),
    None,
    /// `None` for a tensor, with its type, which rustc could not infer.
    NoTensor,
    Size(Code),
    Sizes(Vec<Code>),
    /// `&[1, 2][..]`, where tch takes no arrays.
    Slice(Vec<i64>),
    Float(f64),
    /// A float that can be set at run time.
    Number(Code),
    Bool(bool),
    Text(String),
    /// An element type; the network's own is that of its parameters.
    Dtype(Dtype),
    /// The description of a tensor's type.
    Type(TensorType),
    /// The values of symbols: `&[("H", h)]`.
    Bindings(Vec<(String, Code)>),
    /// Whether the network is training.
    Train,
    Tokens(Tokens),
}

/// A size or number as the generated code computes it. Variables are the function's locals, except during inference.
#[derive(Clone, Debug, PartialEq)]
pub enum Code<Variable = usize> {
    Literal(i64),
    Float(f64),
    /// A size without symbols.
    Known(Size),
    Rust(Tokens),
    Local(Variable),
    /// A size, or a Rust constant of any numeric type, as a float.
    AsFloat(Box<Code<Variable>>),
    Binary(tree::Operator, Box<Code<Variable>>, Box<Code<Variable>>),
}

impl<V> Code<V> {
    /// Whether it uses no variable.
    pub fn is_constant(&self) -> bool {
        match self {
            Code::Literal(_) | Code::Float(_) | Code::Known(_) | Code::Rust(_) => true,
            Code::Local(_) => false,
            Code::AsFloat(code) => code.is_constant(),
            Code::Binary(_, left, right) => left.is_constant() && right.is_constant(),
        }
    }

    /// The same code over other variables.
    pub fn map<W>(&self, variable: &mut impl FnMut(&V) -> W) -> Code<W> {
        match self {
            Code::Literal(value) => Code::Literal(*value),
            Code::Float(value) => Code::Float(*value),
            Code::Known(size) => Code::Known(size.clone()),
            Code::Rust(tokens) => Code::Rust(tokens.clone()),
            Code::Local(local) => Code::Local(variable(local)),
            Code::AsFloat(code) => Code::AsFloat(Box::new(code.map(variable))),
            Code::Binary(operator, left, right) => {
                Code::Binary(*operator, Box::new(left.map(variable)), Box::new(right.map(variable)))
            }
        }
    }
}

impl From<f64> for Code {
    fn from(value: f64) -> Code {
        Code::Float(value)
    }
}

impl From<&Size> for Code {
    /// The code for a size without symbols.
    fn from(size: &Size) -> Code {
        size.as_constant().map_or_else(|| Code::Known(size.clone()), Code::Literal)
    }
}

impl Operand {
    /// Sizes without symbols.
    pub fn sizes(sizes: &[Size]) -> Operand {
        Operand::Sizes(sizes.iter().map(Code::from).collect())
    }

    /// A size without symbols.
    pub fn size(size: &Size) -> Operand {
        Operand::Size(Code::from(size))
    }

    /// A known integer.
    pub fn integer(value: i64) -> Operand {
        Operand::Size(Code::Literal(value))
    }

    /// Known integers.
    pub fn integers(values: &[i64]) -> Operand {
        Operand::Sizes(values.iter().map(|value| Code::Literal(*value)).collect())
    }

    /// `Some` of this, for an optional argument of libtorch.
    pub fn some(self) -> Operand {
        Operand::Some(Box::new(self))
    }
}

impl From<&Operand> for Operand {
    fn from(operand: &Operand) -> Operand {
        operand.clone()
    }
}

impl From<i64> for Operand {
    fn from(value: i64) -> Operand {
        Operand::integer(value)
    }
}

impl From<f64> for Operand {
    fn from(value: f64) -> Operand {
        Operand::Float(value)
    }
}

impl From<bool> for Operand {
    fn from(value: bool) -> Operand {
        Operand::Bool(value)
    }
}

impl From<&str> for Operand {
    fn from(value: &str) -> Operand {
        Operand::Text(value.to_string())
    }
}
