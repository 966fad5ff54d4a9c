//! The values of a listing during inference.

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
    /// Its origin, for messages: "`conv2`", "the input `image`".
    pub origin: String,
    /// The parameter that it is, if any.
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
    /// Unknown after a reported mistake, so that nothing that depends on it is reported.
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

    /// No values, as in a signature or a default.
    pub const NONE: Flow = Flow::Values(Vec::new());

    /// Whether the values are unknown after a mistake.
    pub fn is_broken(&self) -> bool {
        matches!(self, Flow::Broken)
    }
}

impl From<Value> for Flow {
    fn from(value: Value) -> Flow {
        Flow::Values(vec![value])
    }
}

/// The value of an argument or a name.
#[derive(Clone, Debug)]
pub enum Datum {
    /// A size, and the code that computes it.
    Size(Size, Code<Reference>),
    Float(f64),
    /// A number that can be set at run time.
    Number(Code<Reference>),
    Bool(bool),
    Text(syn::LitStr),
    /// A name that is not in scope: `same`, `bilinear`, or a mistake.
    Word(Ident),
    Tuple(Vec<Given>),
    List(Vec<Given>),
    Shape(Dtype, Vec<Given>),
    Value(Value),
    /// `uniform(-0.1, 0.1)`
    Function(Ident, Vec<Given>),
    /// `_`
    Any,
    /// Unknown after a reported mistake.
    Broken,
}

/// A datum and where it was written.
#[derive(Clone, Debug)]
pub struct Given {
    pub datum: Datum,
    pub place: Place,
}

impl Given {
    /// Whether the items of a tuple were written inside it, and not where a name was bound.
    pub fn holds(&self, items: &[Given]) -> bool {
        items.iter().all(|item| self.place.start() <= item.place.start() && item.place.end() <= self.place.end())
    }
}

impl Datum {
    /// A known size.
    pub fn constant(value: i64) -> Datum {
        Datum::Size(Size::constant(value), Code::Literal(value))
    }

    /// The number as a float, if the macro knows it.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Datum::Float(value) => Some(*value),
            Datum::Size(size, _) => size.as_constant().map(|value| value as f64),
            _ => None,
        }
    }

    /// The number as a float, if the macro or rustc knows it.
    pub fn as_constant(&self) -> Option<Code> {
        match self {
            Datum::Number(code) if code.is_constant() => {
                Some(code.map(&mut |_| unreachable!("a constant holds no variable")))
            }
            known => known.as_float().map(Code::Float),
        }
    }

    /// The variable that holds it, if any.
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

    /// The datum as it would be written, or else its kind, for messages.
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

    /// Its kind, for messages.
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
