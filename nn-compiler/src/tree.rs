//! The syntax tree: the listing as written, with the place of every word. Nothing is resolved or checked here.

mod body;
mod display;
mod expression;
mod visit;

pub use body::{
    Arithmetic, Body, Branches, Call, Chain, Else, Header, If, Label, Loop, Node, Part, Pattern, Stage, Statement,
    TensorDeclaration,
};
pub use display::rust_text;
pub use expression::{Argument, Expr, Operator, Setting, Unary};

use crate::place::Place;
use proc_macro2::Ident;

/// The contents of one `network!`.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// In the order in which they are written.
    pub networks: Vec<Network>,
    /// In the order in which they are written.
    pub blocks: Vec<Block>,
    /// Whether an item could not be read, and is missing.
    pub incomplete: bool,
}

/// The attributes of an item: those of the language, and the others, which are put on the generated items.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// `#[sequential]`: unlabelled stages are named by position.
    pub sequential: Option<Place>,
    /// `#[init(kaiming_uniform)]`: the default initialisation of convolution and linear layers.
    pub init: Option<Argument>,
    /// `#[optimize]`: the network also has an optimised form, for inference only.
    pub optimize: Option<Place>,
    /// `#[budget(parameters <= 12_000_000)]`: what the network may cost.
    pub budget: Vec<Limit>,
    /// Doc comments, `cfg` and all others.
    pub others: Vec<syn::Attribute>,
}

/// `macs(H=224, W=224) <= 2_000_000_000`
#[derive(Clone, Debug)]
pub struct Limit {
    pub measure: Measure,
    /// The word that names the measure.
    pub place: Place,
    /// The sizes at which it is counted.
    pub sizes: Vec<(Ident, Expr)>,
    pub most: Expr,
}

/// What a budget limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Trained parameters.
    Parameters,
    /// Multiply-adds.
    Macs,
}

/// `pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] { .. }`
#[derive(Clone, Debug)]
pub struct Network {
    pub attributes: Attributes,
    pub visibility: syn::Visibility,
    pub name: Ident,
    pub generics: Vec<Generic>,
    pub inputs: Vec<Input>,
    pub outputs: Outputs,
    pub predicates: Vec<Expr>,
    pub body: Body,
    /// The text of the body, unless another macro made it.
    pub listing: Option<String>,
}

/// `const CLASSES: i64`
#[derive(Clone, Debug)]
pub struct Generic {
    pub name: Ident,
    pub ty: Ident,
}

/// `image: [N, 1, 28, 28]`
#[derive(Clone, Debug)]
pub struct Input {
    pub name: Ident,
    pub shape: Shape,
}

/// What follows the arrow of a signature.
#[derive(Clone, Debug)]
pub enum Outputs {
    One(Shape),
    Named(Vec<(Ident, Shape)>),
}

/// `block basic(c, s = 1) { .. }`
#[derive(Clone, Debug)]
pub struct Block {
    pub attributes: Attributes,
    pub name: Ident,
    pub parameters: Vec<Parameter>,
    pub body: Body,
}

/// `s = 1`
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: Ident,
    pub default: Option<Argument>,
}

/// `i64[N, T]`, `[]`, `[N, _, 4 * d]`
#[derive(Clone, Debug)]
pub struct Shape {
    pub dtype: Option<Ident>,
    /// `_` is `Expr::Any`.
    pub sizes: Vec<Expr>,
    /// From the dtype, or else the opening bracket, to the closing bracket.
    pub place: Place,
}
