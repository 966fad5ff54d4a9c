//! The shaped network: what inference makes and code generation reads. Every size is known, every name is final, every
//! operation is a call with its operands; there is nothing left in it that could be wrong.

use crate::place::Place;
use crate::size::{Predicate, Size};
use crate::tree;
use proc_macro2::{Ident, TokenStream};
use std::collections::BTreeMap;
use std::fmt;

pub mod python;

pub use python::{Python, Written};

/// The element type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dtype {
    /// The network's own float type: that of its parameters.
    Own,
    F16,
    Bf16,
    F32,
    F64,
    U8,
    I8,
    I16,
    I32,
    I64,
    Bool,
}

/// What is known of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorType {
    pub dtype: Dtype,
    pub dims: Vec<Size>,
}

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
    Layer { bundle: &'static str, tensors: Vec<Tensor> },
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

/// The body of a forward function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Function {
    /// All that has a name in it.
    pub locals: Vec<Local>,
    /// What comes first in the chain, then what the body uses of its surroundings.
    pub parameters: Vec<usize>,
    pub steps: Vec<Step>,
    pub results: Vec<usize>,
}

/// A variable of a forward function.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    pub kind: LocalKind,
    /// The name that the user gave it.
    pub name: Option<Ident>,
}

/// What a variable holds.
#[derive(Clone, Debug, PartialEq)]
pub enum LocalKind {
    Tensor,
    /// A size known at run time only.
    Size,
    /// A number that can be set at run time.
    Number,
    /// The struct of a `shared`, handed down to a group; index into [`Network::structs`].
    Shared(usize),
    /// Not a variable: a tensor in a field of `self`, or in a layer's field.
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
    /// The stage that it ends, if it ends one: the way to it in the outline of the body, through groups that have no struct.
    /// Of a loop over an array it is the first turn; no way at all where the function is one stage.
    pub stage: Option<Vec<usize>>,
}

/// How several results come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    One,
    Tuple,
    Array,
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub enum Callee {
    /// A method of the first operand.
    Method(&'static str),
    /// A function of the run time.
    Function(&'static str),
    /// A function of the user's.
    User(Tokens),
    /// `forward_t` of a field.
    Field(usize),
    /// `forward_t` of each element of a field, each fed with what the one before gave: the first `results.len()` operands.
    Each(usize),
    /// `forward_t` of a shared struct, as this one has it: the first operand.
    Shared(usize),
    /// The size of the operand along an axis.
    SizeOf(usize),
    /// `a + b`
    Operator(tree::Operator),
}

/// What a call is given.
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
    /// The absence of a tensor, whose type rustc could not infer otherwise.
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
    /// A dtype; the network's own is that of its parameters.
    Dtype(Dtype),
    /// A shape as data.
    Type(TensorType),
    /// The values of symbols: `&[("H", h)]`.
    Bindings(Vec<(String, Code)>),
    /// Whether the network is training.
    Train,
    Tokens(Tokens),
}

/// A size or number as the generated code computes it. A variable is a local of the function, except during inference.
#[derive(Clone, Debug, PartialEq)]
pub enum Code<Variable = usize> {
    Literal(i64),
    Float(f64),
    /// A size without symbols.
    Known(Size),
    Rust(Tokens),
    Local(Variable),
    /// A size, or a Rust constant of any type of number, as a float.
    AsFloat(Box<Code<Variable>>),
    Binary(tree::Operator, Box<Code<Variable>>, Box<Code<Variable>>),
}

/// A parameter that is another one, and is saved as that: `linear 65 bias=false weight=embed.weight`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tied {
    /// `weight`
    pub name: String,
    /// How many structs further out the other is.
    pub up: usize,
    /// The other's name within that struct: `embed.weight`.
    pub to: String,
}

/// The network as a list of layers, for people and exporters: one entry for each stage, nested as the structs are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// The levels that it adds to the names of its parameters; empty for stages that own none.
    pub key: Vec<String>,
    /// Its label, or else its first word.
    pub place: Place,
    /// `conv`, `basic`, `group`
    pub kind: String,
    /// As it was written, with numbers for the names that stand for them: `conv 64 k=3`.
    pub listing: String,
    pub outputs: Vec<TensorType>,
    /// Where it gets what it takes from; of a block or group one for each tensor that its function takes.
    pub from: Vec<Source>,
    pub tensors: Vec<(Tensor, Vec<Size>)>,
    pub tied: Vec<Tied>,
    pub children: Vec<Outline>,
    /// Where it gets what it gives from among its children.
    pub results: Vec<Source>,
    /// Its own multiply-adds, but for those of its children.
    pub macs: Size,
    pub sees: Sees,
    pub memory: Memory,
    pub part: Part,
    /// Another network, whose layers rustc knows, and what it is fed with.
    pub network: Option<(Tokens, Vec<TensorType>)>,
}

/// Where a value comes from, among the stages of one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The stage at this place.
    Stage(usize),
    /// This one of the tensors that the body's function takes.
    Input(usize),
    /// A layer's parameter, used as a value.
    Parameter,
}

/// What one place of a layer's output sees of its input, along the spatial dimensions.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Sees {
    /// All, or what no window tells.
    #[default]
    All,
    /// The same place.
    Place,
    /// A window: how far it reaches, and its stride, for each dimension.
    Window(Vec<(Size, Size)>),
    /// A window of the output that each place of the input reaches: the other way round.
    Spread(Vec<(Size, Size)>),
}

/// The tensors that a layer makes, and those that the backward pass needs of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    pub gives: Gives,
    /// Whether its inputs are kept.
    pub inputs: bool,
    /// Whether its outputs are kept.
    pub outputs: bool,
    /// The bytes of what is kept besides.
    pub besides: Size,
}

/// Whether the output is a tensor of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gives {
    #[default]
    New,
    /// Another view of the input.
    View,
    /// In evaluation the input itself.
    InputInEvaluation,
}

/// Of a layer that says nothing.
impl Default for Memory {
    fn default() -> Memory {
        Memory::keeping(true, true)
    }
}

impl Memory {
    /// Nothing is kept.
    pub const NOTHING: Memory = Memory::keeping(false, false);
    /// The inputs are kept.
    pub const INPUTS: Memory = Memory::keeping(true, false);
    /// The outputs are kept.
    pub const OUTPUTS: Memory = Memory::keeping(false, true);
    /// Nothing is made.
    pub const VIEW: Memory = Memory { gives: Gives::View, inputs: false, outputs: false, besides: Size::ZERO };

    const fn keeping(inputs: bool, outputs: bool) -> Memory {
        Memory { gives: Gives::New, inputs, outputs, besides: Size::ZERO }
    }
}

/// What a stage has a part in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// It has the parameters in it, and runs.
    #[default]
    Whole,
    /// The declaration of a `shared`, which has the parameters.
    Declared,
    /// A use of a `shared`, which runs.
    Used,
}

impl Outline {
    /// `a + b`
    pub fn operator(operator: tree::Operator, ty: &TensorType) -> Outline {
        let symbol = operator.symbol().to_string();
        let memory = match operator {
            tree::Operator::Add | tree::Operator::Subtract => Memory::NOTHING,
            _ => Memory::INPUTS,
        };
        let (kind, outputs) = (symbol.clone(), vec![ty.clone()]);
        Outline { kind, listing: symbol, outputs, sees: Sees::Place, memory, ..Outline::default() }
    }
}

impl Dtype {
    /// As the language writes it; nothing for the network's own.
    pub const NAMES: &[(&str, Dtype)] = &[
        ("f16", Dtype::F16),
        ("bf16", Dtype::Bf16),
        ("f32", Dtype::F32),
        ("f64", Dtype::F64),
        ("u8", Dtype::U8),
        ("i8", Dtype::I8),
        ("i16", Dtype::I16),
        ("i32", Dtype::I32),
        ("i64", Dtype::I64),
        ("bool", Dtype::Bool),
    ];

    /// The dtype of that name.
    pub fn find(name: &str) -> Option<Dtype> {
        Dtype::NAMES.iter().find(|(known, _)| *known == name).map(|(_, dtype)| *dtype)
    }

    /// Its name; empty for the network's own.
    pub fn name(self) -> &'static str {
        Dtype::NAMES.iter().find(|(_, dtype)| *dtype == self).map_or("", |(name, _)| name)
    }

    /// Whether gradients flow through it.
    pub fn is_float(self) -> bool {
        matches!(self, Dtype::Own | Dtype::F16 | Dtype::Bf16 | Dtype::F32 | Dtype::F64)
    }
}

impl TensorType {
    /// A tensor of the network's own float type.
    pub fn own(dims: Vec<Size>) -> TensorType {
        TensorType { dtype: Dtype::Own, dims }
    }

    /// The same dtype with other sizes.
    pub fn with(&self, dims: Vec<Size>) -> TensorType {
        TensorType { dtype: self.dtype, dims }
    }

    /// How many dimensions it has.
    pub fn rank(&self) -> usize {
        self.dims.len()
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sizes: Vec<String> = self.dims.iter().map(Size::to_string).collect();
        write!(f, "{}[{}]", self.dtype.name(), sizes.join(", "))
    }
}

impl From<f64> for Code {
    fn from(value: f64) -> Code {
        Code::Float(value)
    }
}

impl From<&Size> for Code {
    /// How rustc computes a size without symbols.
    fn from(size: &Size) -> Code {
        size.as_constant().map_or_else(|| Code::Known(size.clone()), Code::Literal)
    }
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

    /// A number that the macro knows.
    pub fn integer(value: i64) -> Operand {
        Operand::Size(Code::Literal(value))
    }

    /// Numbers that the macro knows.
    pub fn integers(values: &[i64]) -> Operand {
        Operand::Sizes(values.iter().map(|value| Code::Literal(*value)).collect())
    }

    /// An argument that libtorch takes as optional, and gets.
    pub fn some(self) -> Operand {
        Operand::Some(Box::new(self))
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

impl Tensor {
    /// How many sizes of the containing struct belong to it: its shape, and the fan.
    pub fn holes(&self) -> usize {
        self.rank + usize::from(self.init == Init::FanIn)
    }
}
