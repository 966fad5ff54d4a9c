//! The network as a list of layers.

use super::{Role, Tensor, TensorType, Tokens};
use crate::place::Place;
use crate::size::{ArithmeticError, Size};
use crate::tree;

/// A parameter that is tied to another and saved under its name: `linear 65 bias=false weight=embed.weight`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tied {
    /// `weight`
    pub name: String,
    /// How many structs further out the other parameter is.
    pub up: usize,
    /// The other parameter's name within that struct: `embed.weight`.
    pub to: String,
}

/// The network as a list of layers, for people and exporters: one entry for each stage, nested as the structs are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// The levels that it adds to the names of its parameters; empty for stages that own none.
    pub key: Vec<String>,
    /// Where its label, or else its first word, is.
    pub place: Place,
    /// `conv`, `basic`, `group`
    pub kind: String,
    /// The call as it was written, with names replaced by their numbers: `conv 64 k=3`.
    pub listing: String,
    pub outputs: Vec<TensorType>,
    /// The sources of its inputs; for a block or group, of each tensor that its function takes.
    pub from: Vec<Source>,
    pub tensors: Vec<(Tensor, Vec<Size>)>,
    pub tied: Vec<Tied>,
    pub children: Vec<Outline>,
    /// The sources of its results among its children.
    pub results: Vec<Source>,
    /// Its own multiply-adds, without those of its children.
    pub multiply_adds: Size,
    pub sees: Sees,
    pub memory: Memory,
    pub statistics: Option<Statistics>,
    pub part: Part,
    /// Another network, whose layers only rustc knows, and the types of its inputs.
    pub network: Option<(Tokens, Vec<TensorType>)>,
}

/// Where a value comes from, among the stages of one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The result of the stage with this index.
    Stage(usize),
    /// The tensor argument of the body's function with this index.
    Input(usize),
    /// A layer's parameter, used as a value.
    Parameter,
}

/// The part of a layer's input that one position of its output depends on, along the spatial dimensions.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Sees {
    /// All of it, or a part that no window describes.
    #[default]
    All,
    /// The same position.
    Place,
    /// A window: its extent and stride in each dimension.
    Window(Vec<(Size, Size)>),
    /// The reverse: each position of the input contributes to a window of the output.
    Spread(Vec<(Size, Size)>),
}

/// The memory of a layer: the tensors that it makes, and those that it keeps for the backward pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    pub gives: Gives,
    /// Whether its inputs are kept.
    pub inputs: bool,
    /// Whether its outputs are kept.
    pub outputs: bool,
    /// How many further bytes are kept.
    pub besides: Size,
}

/// Whether the output has memory of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gives {
    #[default]
    New,
    /// Another view of the input.
    View,
    /// In evaluation mode, the input itself.
    InputInEvaluation,
}

/// For layers that say nothing about it.
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

/// The mean and variance by which a layer normalises each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Whether they are taken over the whole batch, or over each sample.
    pub whole_batch: bool,
    /// Whether evaluation uses running statistics instead.
    pub running: bool,
}

/// The role of a stage: whether it has parameters, and whether it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// It has its parameters, and runs.
    #[default]
    Whole,
    /// The declaration of a `shared`, which only has the parameters.
    Declared,
    /// A use of a `shared`, which only runs.
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
    /// Visits the full names of all parameters and buffers, and those of networks inside.
    pub fn for_each_name(outlines: &[Outline], visit: &mut dyn FnMut(&str, Place)) {
        Outline::for_each_path(outlines, &mut Vec::new(), &mut |name, path| {
            path.last().into_iter().for_each(|outline| visit(name, outline.place));
        });
    }

    /// The names of tied parameters, each with the name under which the other is saved.
    pub fn aliases(outlines: &[Outline]) -> Vec<(String, String)> {
        let mut aliases = Vec::new();
        Outline::for_each_path(outlines, &mut Vec::new(), &mut |name, path| {
            let Some((outline, outer)) = path.split_last() else { return };
            let last = name.rsplit('.').next();
            let Some(tied) = outline.tied.iter().find(|tied| Some(tied.name.as_str()) == last) else { return };
            let holder = outer[..outer.len() - tied.up].iter().flat_map(|outline| &outline.key).map(String::as_str);
            let to: Vec<&str> = holder.chain([tied.to.as_str()]).collect();
            aliases.push((name.to_string(), to.join(".")));
        });
        aliases
    }

    /// [`Outline::for_each_name`], with the stages that lead to each name, outermost first.
    pub fn for_each_path<'o>(
        outlines: &'o [Outline],
        path: &mut Vec<&'o Outline>,
        visit: &mut dyn FnMut(&str, &[&'o Outline]),
    ) {
        for outline in outlines.iter().filter(|outline| outline.part != Part::Used) {
            path.push(outline);
            let key = || path.iter().flat_map(|outline| &outline.key).map(String::as_str);
            let names = outline.tensors.iter().map(|(tensor, _)| key().chain([tensor.name.as_str()]).collect());
            let tied = outline.tied.iter().map(|tied| key().chain([tied.name.as_str()]).collect());
            let network = outline.network.iter().map(|_| key().collect());
            let names: Vec<Vec<&str>> = names.chain(tied).chain(network).collect();
            names.iter().for_each(|name| visit(&name.join("."), path));
            Outline::for_each_path(&outline.children, path, visit);
            path.pop();
        }
    }

    /// The number of its own trained parameters.
    pub fn parameters(&self) -> Result<Size, ArithmeticError> {
        let trained = self.tensors.iter().filter(|(tensor, _)| tensor.role == Role::Parameter);
        let mut counts = trained.map(|(tensor, sizes)| {
            sizes[..tensor.rank].iter().try_fold(Size::constant(1), |product, size| product.mul(size))
        });
        counts.try_fold(Size::default(), |sum, count| sum.add(&count?))
    }
}
