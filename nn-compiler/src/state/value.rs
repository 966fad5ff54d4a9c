//! What the names of a listing stand for while it is inferred.

use crate::place::Place;
use crate::shaped::{Code, Dtype, TensorType};
use crate::size::Size;
use proc_macro2::Ident;

/// A variable of one of the functions that are being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Index into the stack of frames.
    pub frame: usize,
    /// Index into the locals of that frame's function.
    pub local: usize,
}

/// A tensor that flows through the listing.
#[derive(Clone, Debug)]
pub struct Value {
    pub ty: TensorType,
    pub reference: Reference,
    /// Where it comes from, for messages: "`conv2`", "the input `image`".
    pub origin: String,
    /// The parameter that it is, if it is one.
    pub parameter: Option<ParameterName>,
}

/// A parameter, by its name within the struct that holds it.
#[derive(Clone, Debug)]
pub struct ParameterName {
    /// Index into the stack of frames.
    pub frame: usize,
    /// `embed.weight`
    pub name: String,
}

/// What stands between two stages.
#[derive(Clone, Debug)]
pub enum Flow {
    Values(Vec<Value>),
    /// A mistake was reported before; whatever depends on it stays silent.
    Broken,
}

impl Flow {
    /// The values, unless the flow is broken.
    pub fn values(&self) -> &[Value] {
        match self {
            Flow::Values(values) => values,
            Flow::Broken => &[],
        }
    }

    /// The types of the values, for messages.
    pub fn types(&self) -> String {
        let types: Vec<String> = self.values().iter().map(|value| value.ty.to_string()).collect();
        types.join(", ")
    }

    /// The types of the values.
    pub fn tensor_types(&self) -> Vec<TensorType> {
        self.values().iter().map(|value| value.ty.clone()).collect()
    }

    /// Where no value has come yet: in a signature, in a default.
    pub const NONE: Flow = Flow::Values(Vec::new());

    /// Whether a mistake came before.
    pub fn is_broken(&self) -> bool {
        matches!(self, Flow::Broken)
    }
}

impl From<Value> for Flow {
    fn from(value: Value) -> Flow {
        Flow::Values(vec![value])
    }
}

/// What an argument or a name stands for.
#[derive(Clone, Debug)]
pub enum Datum {
    /// A size, and how the generated code gets at it.
    Size(Size, Code<Reference>),
    Float(f64),
    /// A number that can be set at run time.
    Number(Code<Reference>),
    Bool(bool),
    Text(syn::LitStr),
    /// A name that nothing in scope bears: `same`, `bilinear`, or a mistake.
    Word(Ident),
    Tuple(Vec<Given>),
    List(Vec<Given>),
    Shape(Dtype, Vec<Given>),
    Value(Value),
    /// `uniform(-0.1, 0.1)`
    Function(Ident, Vec<Given>),
    /// `_`
    Any,
    /// Stands for something that a mistake was reported of.
    Broken,
}

/// A datum and where it was written.
#[derive(Clone, Debug)]
pub struct Given {
    pub datum: Datum,
    pub place: Place,
}

impl Given {
    /// Whether the items of a tuple were written here, and not where a name was bound.
    pub fn holds(&self, items: &[Given]) -> bool {
        items.iter().all(|item| self.place.start() <= item.place.start() && item.place.end() <= self.place.end())
    }
}

impl Datum {
    /// A size that the macro knows.
    pub fn constant(value: i64) -> Datum {
        Datum::Size(Size::constant(value), Code::Literal(value))
    }

    /// A number that the macro knows, as a float.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Datum::Float(value) => Some(*value),
            Datum::Size(size, _) => size.as_constant().map(|value| value as f64),
            _ => None,
        }
    }

    /// A number that the macro or rustc knows, as a float.
    pub fn as_constant(&self) -> Option<Code> {
        match self {
            Datum::Number(code) if code.is_constant() => {
                Some(code.map(&mut |_| unreachable!("a constant holds no variable")))
            }
            known => known.as_float().map(Code::Float),
        }
    }

    /// The variable that holds it, if it is one.
    pub fn variable(&self) -> Option<Reference> {
        match self {
            Datum::Value(value) => Some(value.reference),
            Datum::Size(_, Code::Local(reference)) | Datum::Number(Code::Local(reference)) => Some(*reference),
            _ => None,
        }
    }

    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Datum::Word(given) if given == word)
    }

    /// As it would be written, or else what it is, for messages.
    pub fn text(&self) -> String {
        match self {
            Datum::Size(size, _) => size.to_string(),
            Datum::Float(value) => value.to_string(),
            Datum::Bool(value) => value.to_string(),
            Datum::Text(text) => format!("{:?}", text.value()),
            Datum::Word(word) => format!("`{word}`"),
            Datum::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| item.datum.text()).collect();
                format!("({})", items.join(", "))
            }
            other => other.kind().to_string(),
        }
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Datum::Size(size, _) if size.as_constant().is_some() => "a number",
            Datum::Size(size, _) if size.symbols().is_empty() => "a Rust constant",
            Datum::Size(..) => "a size of the input",
            Datum::Float(_) => "a float",
            Datum::Number(code) if code.is_constant() => "a Rust constant",
            Datum::Number(Code::AsFloat(_)) => "a size of the input",
            Datum::Number(_) => "a number that is set at run time",
            Datum::Bool(_) => "a boolean",
            Datum::Text(_) => "a string",
            Datum::Word(_) => "a word",
            Datum::Tuple(_) => "a tuple",
            Datum::List(_) | Datum::Shape(..) => "a list",
            Datum::Value(_) => "a value",
            Datum::Function(..) => "a function call",
            Datum::Any => "`_`",
            Datum::Broken => "a mistake",
        }
    }
}
