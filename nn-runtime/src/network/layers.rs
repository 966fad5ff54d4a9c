//! What a network consists of, as its constants list it.

use crate::size::{Bindings, Size};
use std::fmt;
use tch::Kind;

/// An input or output as declared.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Empty for an only output.
    pub name: &'static str,
    /// Its shape and element type.
    pub ty: TensorType,
}

/// A shape and an element type.
#[derive(Clone, Copy, Debug)]
pub struct TensorType {
    /// `None` is the network's own float type: that of its parameters.
    pub dtype: Option<Kind>,
    /// The sizes.
    pub dims: &'static [Size],
}

/// A stage of a network.
#[derive(Clone, Copy, Debug)]
pub struct LayerInfo {
    /// What it adds to the names of its parameters; empty if it has none.
    pub name: &'static str,
    /// How many such stages there are in a row; the number at the end of their names counts up.
    pub turns: usize,
    /// The layer's keyword, or the block's name: `conv`, `basic`, `group`.
    pub kind: &'static str,
    /// As it was written, with numbers for the names that stand for them: `conv 64 k=3`.
    pub listing: &'static str,
    /// What it gives.
    pub outputs: &'static [TensorType],
    /// Where it gets what it takes from; of a block or group one for each of its inputs.
    pub from: &'static [Source],
    /// Its own parameters and buffers.
    pub tensors: &'static [TensorSpec],
    /// The stages inside a block or group, or the layers of another network.
    pub children: &'static [LayerInfo],
    /// Where it gets what it gives from among its children.
    pub results: &'static [Source],
    /// The multiply-adds of one turn, besides those of its children.
    pub multiply_adds: Size,
    /// What one place of its output sees of its input; of a layer, and not of a block or group.
    pub sees: Sees,
    /// What it makes, and what of it the backward pass needs; of a layer, and not of a block or group.
    pub memory: Memory,
    /// Whether it has the parameters in it, or runs, or both.
    pub part: Part,
    /// Where it is another network; the sizes of its children are in that network's symbols.
    pub network: Option<Inner>,
}

/// Where a value comes from, among the stages of one network, block or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The stage that stands before; for the first, the first input.
    Previous,
    /// The stage at this place in the list; the last of its turns.
    Layer(usize),
    /// This input of the network, block or group, from 0.
    Input(usize),
    /// A layer's own parameter, which is used as a value.
    Parameter,
}

/// What one place of a layer's output sees of its input, along the spatial dimensions.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Sees {
    /// All, or what no window tells.
    All,
    /// The same place.
    Place,
    /// A window: how far it reaches, and its stride, for each dimension; one stands for all.
    Window(&'static [(Size, Size)]),
    /// A window of the output that each place of the input reaches: a transposed convolution.
    Spread(&'static [(Size, Size)]),
}

/// The tensors that a layer makes, and those that autograd keeps for the backward pass.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Whether its output is a tensor of its own.
    pub gives: Gives,
    /// Whether its inputs are kept.
    pub inputs: bool,
    /// Whether its outputs are kept.
    pub outputs: bool,
    /// The bytes of what is kept besides: indices, masks, statistics.
    pub besides: Size,
}

/// Whether the output of a layer is a tensor of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gives {
    /// It is.
    New,
    /// It is another view of the input.
    View,
    /// In evaluation it is the input itself.
    InputInEvaluation,
}

/// What a stage has a part in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// It has the parameters in it, and runs.
    Whole,
    /// It is the declaration of a `shared`: it has the parameters, and runs where it is used.
    Declared,
    /// It is a use of a `shared`: it runs, and the parameters in it are those of the declaration.
    Used,
}

/// A network inside another.
#[derive(Clone, Copy, Debug)]
pub struct Inner {
    /// What it takes.
    pub inputs: &'static [Signature],
    /// What it is fed with, in the outer network's symbols.
    pub fed: &'static [TensorType],
}

/// A parameter or buffer.
#[derive(Clone, Copy, Debug)]
pub struct TensorSpec {
    /// Its name within the layer: `weight`.
    pub name: &'static str,
    /// Its shape.
    pub shape: &'static [i64],
    /// Whether it is a parameter; else it is a buffer.
    pub trained: bool,
}

impl TensorSpec {
    /// The number of elements.
    pub const fn elements(&self) -> i64 {
        let mut product = 1;
        let mut axis = 0;
        while axis < self.shape.len() {
            product *= self.shape[axis];
            axis += 1;
        }
        product
    }
}

/// A parameter or buffer with its full name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTensor {
    /// `layer1.0.conv1.weight`
    pub name: String,
    /// Its shape.
    pub shape: &'static [i64],
    /// Whether it is a parameter; else it is a buffer.
    pub trained: bool,
}

pub(super) fn collect(layers: &[LayerInfo], prefix: &str, tensors: &mut Vec<NamedTensor>) {
    for layer in layers.iter().filter(|layer| layer.part != Part::Used) {
        for turn in 0..layer.turns {
            let prefix = join(prefix, &counted(layer.name, turn));
            tensors.extend(layer.tensors.iter().map(|tensor| NamedTensor {
                name: join(&prefix, tensor.name),
                shape: tensor.shape,
                trained: tensor.trained,
            }));
            collect(layer.children, &prefix, tensors);
        }
    }
}

pub(crate) fn join(prefix: &str, name: &str) -> String {
    match (prefix, name) {
        ("", name) => name.to_string(),
        (prefix, "") => prefix.to_string(),
        (prefix, name) => format!("{prefix}.{name}"),
    }
}

/// What several turns are called together: the names of the first and the last.
pub(crate) fn turns_name(name: &str, turns: usize) -> String {
    if turns == 1 { name.to_string() } else { format!("{name} .. {}", counted(name, turns - 1)) }
}

/// A name whose number at the end is counted up.
pub(crate) fn counted(name: &str, turn: usize) -> String {
    let digits = name.chars().rev().take_while(char::is_ascii_digit).count();
    let (stem, number) = name.split_at(name.len() - digits);
    number.parse::<usize>().map_or_else(|_| name.to_string(), |number| format!("{stem}{}", number + turn))
}

/// The number of trained parameters in some layers.
pub(crate) const fn count(layers: &[LayerInfo]) -> i64 {
    let mut sum = 0;
    let mut index = 0;
    while index < layers.len() {
        sum += own_count(&layers[index]) * layers[index].turns as i64;
        index += 1;
    }
    sum
}

/// The number of trained parameters in one of a layer's turns.
pub(crate) const fn own_count(layer: &LayerInfo) -> i64 {
    if matches!(layer.part, Part::Used) {
        return 0;
    }
    count(layer.children) + trained(layer.tensors)
}

/// The number of elements of the parameters among some tensors.
pub(crate) const fn trained(tensors: &[TensorSpec]) -> i64 {
    let mut sum = 0;
    let mut index = 0;
    while index < tensors.len() {
        if tensors[index].trained {
            sum += tensors[index].elements();
        }
        index += 1;
    }
    sum
}

impl TensorType {
    /// As text, with numbers for the symbols that have a value.
    pub(crate) fn at(&self, bindings: &Bindings) -> String {
        let sizes: Vec<String> = self.dims.iter().map(|size| size.at(bindings)).collect();
        format!("{}[{}]", self.dtype.map_or("", dtype_name), sizes.join(", "))
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.at(&[]))
    }
}

/// An element type as the language writes it.
pub(crate) fn dtype_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Half => "f16",
        Kind::BFloat16 => "bf16",
        Kind::Float => "f32",
        Kind::Double => "f64",
        Kind::Uint8 => "u8",
        Kind::Int8 => "i8",
        Kind::Int16 => "i16",
        Kind::Int => "i32",
        Kind::Int64 => "i64",
        Kind::Bool => "bool",
        _ => "another element type",
    }
}
