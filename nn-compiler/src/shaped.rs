//! The shaped network, which inference makes and code generation reads. Every size is known, every name is final, and
//! every operation is a call with its operands. There is nothing left in it that could be wrong.

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
    /// The text of the body, if it comes from a file.
    pub listing: Option<String>,
    /// Whether it also has an optimised form, for inference only.
    pub optimize: bool,
    pub generics: Vec<tree::Generic>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    /// What is checked of the inputs' sizes: the `where` clause, and the lower bounds that the layers need.
    pub entrance: Vec<Predicate>,
    /// The checks that are left to rustc.
    pub deferred: Vec<Deferred>,
    pub root: Instance,
    /// All structs of the network, each before those that contain it; the root is the last.
    pub structs: Vec<Struct>,
    /// Structs with the same fields as an earlier one. They are further forward functions of that one's type.
    pub variants: BTreeMap<usize, usize>,
    pub outline: Vec<Outline>,
    /// The sources of the outputs.
    pub results: Vec<Source>,
    /// The Rust tokens that opaque names in sizes stand for.
    pub opaques: BTreeMap<String, TokenStream>,
}

/// A declared input.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: Ident,
    pub ty: TensorType,
}

/// A declared output, without a name if there is only one.
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

/// A condition that rustc evaluates.
#[derive(Clone, Debug)]
pub enum Check {
    Predicates(Vec<Predicate>),
    /// Another network has these input and output shapes.
    Signature {
        network: Tokens,
        inputs: Vec<TensorType>,
        outputs: Vec<TensorType>,
    },
    /// The network keeps to this limit when its symbols have these sizes.
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

/// Tokens written by the user, compared by their text.
#[derive(Clone, Debug)]
pub struct Tokens(pub TokenStream);

impl PartialEq for Tokens {
    fn eq(&self, other: &Tokens) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

/// A struct with the sizes that it is constructed with.
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
    /// What it is named after: the block, the group's label, or the network.
    pub stem: String,
    pub fields: Vec<Field>,
    pub function: Function,
    /// The PyTorch module that it is derived from, if its fields are the parameters of a layer.
    pub parent: Option<Python>,
}

/// A field: a stage that owns parameters or other values.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: Ident,
    /// The levels that it adds to the names of its parameters.
    pub key: Vec<String>,
    /// The stage as it was written, for the documentation.
    pub listing: String,
    pub content: Content,
    /// The PyTorch module with the same parameters under the same names, if there is one.
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
    /// Turns of a loop that share a struct. Each adds a level to names: `prefix` and a number that counts up from `first`.
    Array { turns: Vec<Hole>, prefix: String, first: usize },
    /// Another network.
    Network(Tokens),
    /// A Rust module, with the arguments of its `new`.
    Module { path: Tokens, arguments: Tokens },
    /// `option p = 0.1`
    Number(Code),
    /// A packed layer, in the optimised form.
    Packed(Box<Packed>),
}

/// A layer for inference, of the run time's module `packed`. Its operands are fields of the plain struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    pub layer: PackedLayer,
    pub weight: Operand,
    pub bias: Operand,
    /// The batch norm after it, which becomes part of its weight and bias.
    pub norm: Option<Norm>,
    /// The activation fused with it.
    pub activation: Option<Activation>,
}

/// The kind of a packed layer.
#[derive(Clone, Debug, PartialEq)]
pub enum PackedLayer {
    /// `window`: stride, padding, dilation, groups.
    Conv2d {
        window: [Operand; 4],
    },
    Linear,
    /// The projections to queries, keys and values of attention, with the number of heads.
    Heads(Operand),
    /// Just the weight and bias, with the batch norm folded in.
    Affine,
}

/// A variant of the run time's `Activation`, with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    pub name: &'static str,
    pub numbers: Vec<Operand>,
}

/// A batch norm in evaluation mode.
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

/// A tensor's initialisation. Numbers in it are constants. `FanIn` has one more size in the containing struct, the fan.
#[derive(Clone, Debug, PartialEq)]
pub enum Init {
    /// Uniform within `1 / sqrt(fan)`, PyTorch's default for linear, convolution and recurrent layers.
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
    /// The parameters in it, if it is just a layer's parameters.
    pub fn parameters(&self) -> Vec<Tensor> {
        let tensor = |field: &Field| match &field.content {
            Content::Tensor(tensor) => Some(tensor.clone()),
            _ => None,
        };
        self.fields.iter().map(tensor).collect::<Option<_>>().unwrap_or_default()
    }
}

impl Content {
    /// The path of another network or a Rust module.
    pub fn outside(&self) -> Option<&Tokens> {
        match self {
            Content::Network(path) | Content::Module { path, .. } => Some(path),
            _ => None,
        }
    }

    /// How many sizes of the containing struct belong to it.
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
    /// How many sizes of the containing struct belong to it: its shape, and perhaps the fan.
    pub fn holes(&self) -> usize {
        self.rank + usize::from(self.init == Init::FanIn)
    }
}
