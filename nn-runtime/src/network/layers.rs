//! The parts of a network, as its constants list them.

use crate::size::{Bindings, Size};
use std::fmt;
use tch::Kind;

/// A declared input or output.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Empty for a single output.
    pub name: &'static str,
    /// Its shape and element type.
    pub ty: TensorType,
}

/// A shape and an element type.
#[derive(Clone, Copy, Debug)]
pub struct TensorType {
    /// `None` means the network's own float type, that of its parameters.
    pub dtype: Option<Kind>,
    /// The sizes.
    pub dims: &'static [Size],
}

/// A stage of a network.
#[derive(Clone, Copy, Debug)]
pub struct LayerInfo {
    /// What it adds to the names of its parameters; empty if it adds nothing.
    pub name: &'static str,
    /// How many such stages follow one another; the number at the end of their names counts up.
    pub turns: usize,
    /// The layer's keyword, or the block's name: `conv`, `basic`, `group`.
    pub kind: &'static str,
    /// Its source text, with names replaced by the numbers they stand for: `conv 64 k=3`.
    pub listing: &'static str,
    /// The types of its outputs.
    pub outputs: &'static [TensorType],
    /// The sources of its inputs.
    pub from: &'static [Source],
    /// Its own parameters and buffers.
    pub tensors: &'static [TensorSpec],
    /// The stages inside a block or group, or the layers of another network.
    pub children: &'static [LayerInfo],
    /// Which children its outputs come from.
    pub results: &'static [Source],
    /// The multiply-adds of one turn, without those of its children.
    pub multiply_adds: Size,
    /// How much of its input one position of its output sees; for layers only, not for blocks and groups.
    pub sees: Sees,
    /// What it creates, and what of that the backward pass needs; for layers only, not for blocks and groups.
    pub memory: Memory,
    /// The statistics it normalises by, if they can be those of a single value.
    pub statistics: Option<Statistics>,
    /// Whether it holds parameters, runs, or both.
    pub part: Part,
    /// Set if it is another network; the sizes of its children then use that network's symbols.
    pub network: Option<Inner>,
}

/// Where a value comes from, within one network, block or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The previous stage; for the first stage, the first input.
    Previous,
    /// The stage at this place in the list, in its last turn.
    Layer(usize),
    /// This input of the network, block or group, from 0.
    Input(usize),
    /// A layer's own parameter, used as a value.
    Parameter,
}

/// How much of the input one position of a layer's output sees, along the spatial dimensions.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Sees {
    /// Everything, or an unknown part.
    All,
    /// The same position.
    Place,
    /// A window: its reach and its stride, for each dimension; a single entry applies to all.
    Window(&'static [(Size, Size)]),
    /// Each input position reaches a window of the output, as in a transposed convolution.
    Spread(&'static [(Size, Size)]),
}

/// The tensors that a layer creates, and those that autograd keeps for the backward pass.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Whether its output is a new tensor.
    pub gives: Gives,
    /// Whether its inputs are kept.
    pub inputs: bool,
    /// Whether its outputs are kept.
    pub outputs: bool,
    /// The bytes of anything else that is kept: indices, masks, statistics.
    pub besides: Size,
}

/// Whether the output of a layer is a new tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gives {
    /// It is new.
    New,
    /// It is a view of the input.
    View,
    /// In evaluation mode it is the input itself.
    InputInEvaluation,
}

/// The mean and variance of each channel that a layer normalises by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Whether they are taken over all samples of the batch, or over each sample alone.
    pub whole_batch: bool,
    /// Whether evaluation uses running statistics instead.
    pub running: bool,
}

impl Statistics {
    /// Whether they are taken in this mode, in training or in evaluation.
    pub(crate) const fn are_taken(self, train: bool) -> bool {
        train || !self.running
    }
}

/// The role of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// It holds its parameters, and runs.
    Whole,
    /// It declares a `shared`: it holds the parameters, and runs where it is used.
    Declared,
    /// It uses a `shared`: it runs with the parameters of the declaration.
    Used,
}

/// A network inside another.
#[derive(Clone, Copy, Debug)]
pub struct Inner {
    /// Its declared inputs.
    pub inputs: &'static [Signature],
    /// The actual inputs, in the outer network's symbols.
    pub fed: &'static [TensorType],
}

/// A parameter or buffer.
#[derive(Clone, Copy, Debug)]
pub struct TensorSpec {
    /// Its name within the layer: `weight`.
    pub name: &'static str,
    /// Its shape.
    pub shape: &'static [i64],
    /// Whether it is a parameter or a buffer.
    pub trained: bool,
}

impl TensorSpec {
    /// Returns the number of elements.
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
    /// Whether it is a parameter or a buffer.
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

/// The name of several turns together: the names of the first and the last.
pub(crate) fn turns_name(name: &str, turns: usize) -> String {
    if turns == 1 { name.to_string() } else { format!("{name} .. {}", counted(name, turns - 1)) }
}

/// A name with the number at its end increased.
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
