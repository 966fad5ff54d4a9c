//! The shaped network: what inference makes and code generation reads. Every size is known, every name is final, every
//! operation is a call with its operands; there is nothing left in it that could be wrong.

use crate::place::Place;
use crate::size::{Predicate, Size};
use crate::tree;
use proc_macro2::{Ident, TokenStream};
use std::collections::BTreeMap;

mod function;
mod outline;
pub mod python;
mod types;
mod visit;

pub use function::{Callee, Code, Form, Function, Local, LocalKind, Operand, Step};
pub use outline::{Gives, Memory, Outline, Part, Sees, Source, Statistics, Tied};
pub use python::{Python, Written};
pub use types::{Dtype, TensorType};

/// A network, ready to be written as Rust.
#[derive(Debug)]
pub struct Network {
    pub attributes: Vec<syn::Attribute>,
    pub visibility: syn::Visibility,
    pub name: Ident,
    /// The text of the body, if there is one.
    pub listing: Option<String>,
    /// Whether it has a second form, for inference alone.
    pub optimize: bool,
    pub generics: Vec<tree::Generic>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    /// What must hold of the symbols when tensors enter: the `where` clause, and the lower bounds that the layers need.
    pub entrance: Vec<Predicate>,
    /// What rustc has to decide.
    pub deferred: Vec<Deferred>,
    pub root: Instance,
    /// All structs of the network, each before those that contain it; the root is the last.
    pub structs: Vec<Struct>,
    /// Structs that are one type with an earlier one, of which they are another forward function: they have the same fields.
    pub variants: BTreeMap<usize, usize>,
    pub outline: Vec<Outline>,
    /// Where the outputs come from.
    pub results: Vec<Source>,
    /// The tokens behind the opaque names in sizes.
    pub opaques: BTreeMap<String, TokenStream>,
}

/// An input as declared.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: Ident,
    pub ty: TensorType,
}

/// An output as declared; nameless where there is only one.
#[derive(Clone, Debug)]
pub struct Output {
    pub name: Option<Ident>,
    pub ty: TensorType,
}

/// A check that depends on Rust constants or const generics.
#[derive(Clone, Debug)]
pub struct Deferred {
    pub check: Check,
    pub message: String,
    pub place: Place,
}

/// What rustc is to evaluate.
#[derive(Clone, Debug)]
pub enum Check {
    Predicates(Vec<Predicate>),
    /// Another network takes these shapes and gives those.
    Signature {
        network: Tokens,
        inputs: Vec<TensorType>,
        outputs: Vec<TensorType>,
    },
    /// The network keeps to this limit, with the symbols that it names at these sizes.
    Budget {
        measure: tree::Measure,
        sizes: Vec<(String, Size)>,
        most: Size,
    },
}

impl quote::ToTokens for Tokens {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// Tokens that the user wrote, compared by their text.
#[derive(Clone, Debug)]
pub struct Tokens(pub TokenStream);

impl PartialEq for Tokens {
    fn eq(&self, other: &Tokens) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

/// A struct with the sizes that it is made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Index into [`Network::structs`].
    pub of: usize,
    /// A size for each hole in the struct's fields, in order.
    pub sizes: Vec<Size>,
}

/// A struct with its constructor and forward function. Two blocks that differ only in the sizes of their parameters share one.
#[derive(Clone, Debug, PartialEq)]
pub struct Struct {
    /// What it is named after: the block, the group's label, the network.
    pub stem: String,
    pub fields: Vec<Field>,
    pub function: Function,
    /// The module of PyTorch that it is one of, where its fields are the parameters of a layer.
    pub parent: Option<Python>,
}

/// A field: a stage that owns something.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: Ident,
    /// The levels that it adds to the names of its parameters.
    pub key: Vec<String>,
    /// How it was written, for the documentation.
    pub listing: String,
    pub content: Content,
    /// The module of PyTorch that holds the same parameters under the same names, if there is one.
    pub module: Option<Python>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A layer's parameters, in a struct of the run time.
    Layer { params: &'static str, tensors: Vec<Tensor> },
    /// A `param` or `buffer`: the key is its name.
    Tensor(Tensor),
    /// A block or a group.
    Struct(Hole),
    /// Turns of a loop that share a struct: each adds one more level, `prefix` and a number that counts up from `first`.
    Array { turns: Vec<Hole>, prefix: String, first: usize },
    /// Another network.
    Network(Tokens),
    /// A Rust module, with the arguments of its `new`.
    Module { path: Tokens, arguments: Tokens },
    /// `option p = 0.1`
    Number(Code),
    /// What a layer of a network is in its optimised form.
    Packed(Box<Packed>),
}

/// A layer for inference, of the run time's module `packed`. The operands speak of the fields of the plain struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    pub layer: PackedLayer,
    pub weight: Operand,
    pub bias: Operand,
    /// The batch norm behind it, which becomes part of its weight and bias.
    pub norm: Option<Norm>,
    /// What is computed with it.
    pub activation: Option<Activation>,
}

/// What kind of layer is packed.
#[derive(Clone, Debug, PartialEq)]
pub enum PackedLayer {
    /// `window`: stride, padding, dilation, groups.
    Conv2d {
        window: [Operand; 4],
    },
    Linear,
    /// Queries, keys and values of attention, for so many heads.
    Heads(Operand),
    /// Weight and bias alone, with the batch norm in them.
    Affine,
}

/// A variant of the run time's `Activation`, with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    pub name: &'static str,
    pub numbers: Vec<Operand>,
}

/// A batch norm in evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    pub weight: Operand,
    pub bias: Operand,
    pub mean: Operand,
    pub variance: Operand,
    pub eps: Operand,
}

/// A struct inside a struct, whose sizes are the containing struct's next `count` sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct Hole {
    pub of: usize,
    pub count: usize,
}

/// A parameter or buffer. Its sizes are the containing struct's next sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    pub name: String,
    pub rank: usize,
    pub dtype: Dtype,
    pub role: Role,
    pub init: Init,
}

/// Whether a tensor is trained and saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Parameter,
    Buffer,
    /// Neither trained nor saved.
    Scratch,
}

/// How a tensor starts; numbers in it are constants. `FanIn` is followed by one more size of the containing struct: the fan.
#[derive(Clone, Debug, PartialEq)]
pub enum Init {
    /// Uniform within `1 / sqrt(fan)`: PyTorch's own for linear, convolution and recurrent layers.
    FanIn,
    Uniform(Code, Code),
    Normal(Code, Code),
    Constant(Code),
    /// A variant of the run time's `Init` without fields.
    Named(&'static str),
    /// `fn(&[i64]) -> Tensor`
    Function(Tokens),
}

impl Network {
    /// The struct whose type this one has.
    pub fn type_of(&self, of: usize) -> usize {
        self.variants.get(&of).copied().unwrap_or(of)
    }
}

impl Struct {
    /// The parameters that it holds, where it is nothing but a layer's parameters.
    pub fn parameters(&self) -> Vec<Tensor> {
        let tensor = |field: &Field| match &field.content {
            Content::Tensor(tensor) => Some(tensor.clone()),
            _ => None,
        };
        self.fields.iter().map(tensor).collect::<Option<_>>().unwrap_or_default()
    }
}

impl Content {
    /// The path of what is defined elsewhere: another network, or a Rust module.
    pub fn outside(&self) -> Option<&Tokens> {
        match self {
            Content::Network(path) | Content::Module { path, .. } => Some(path),
            _ => None,
        }
    }

    /// How many sizes of the struct belong to this.
    pub fn holes(&self) -> usize {
        match self {
            Content::Layer { tensors, .. } => tensors.iter().map(|tensor| tensor.holes()).sum(),
            Content::Tensor(tensor) => tensor.holes(),
            Content::Struct(hole) => hole.count,
            Content::Array { turns, .. } => turns.iter().map(|turn| turn.count).sum(),
            Content::Network(_) | Content::Module { .. } | Content::Number(_) | Content::Packed(_) => 0,
        }
    }
}

impl Tensor {
    /// How many sizes of the containing struct belong to it: its shape, and the fan.
    pub fn holes(&self) -> usize {
        self.rank + usize::from(self.init == Init::FanIn)
    }
}
