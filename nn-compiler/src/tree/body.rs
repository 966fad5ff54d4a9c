//! What stands between braces: statements, and chains of stages.

use super::{Argument, Expr, Operator, Setting, Shape};
use crate::place::Place;
use proc_macro2::{Ident, TokenStream};

/// `{ statement* chain }`
#[derive(Clone, Debug)]
pub struct Body {
    pub statements: Vec<Statement>,
    pub result: Chain,
    /// Both braces and what is between them.
    pub place: Place,
}

/// What a body holds before its final chain.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `let a = chain;`, `let (y, h, _) = chain;`, `let [n, c, h, w] = chain;`
    Let { pattern: Pattern, chain: Chain },
    /// `const half = (c / 2);`
    Const { name: Ident, size: Expr },
    /// `shared encoder = stage;`
    Shared { name: Ident, stage: Box<Stage> },
    /// `param cls: [1, 1, 768] init=zeros;`, `buffer mean: [C] init=zeros saved=false;`
    Tensor(TensorDeclaration),
    /// `option p = 0.1;`
    Option { name: Ident, value: Expr },
}

/// `param cls: [1, 1, 768] init=zeros;`
#[derive(Clone, Debug)]
pub struct TensorDeclaration {
    pub trainable: bool,
    pub name: Ident,
    pub shape: Shape,
    pub settings: Vec<Setting>,
}

/// The left-hand side of a `let`. `None` is `_`.
#[derive(Clone, Debug)]
pub enum Pattern {
    Value(Ident),
    Values(Vec<Option<Ident>>, Place),
    Sizes(Vec<Option<Ident>>, Place),
}

/// `conv 6 k=5 -> relu -> ..`: at least one stage.
#[derive(Clone, Debug)]
pub struct Chain {
    pub stages: Vec<Stage>,
}

/// `fc1: linear 120`
#[derive(Clone, Debug)]
pub struct Stage {
    pub label: Option<Label>,
    pub node: Node,
    /// The node without its label: where an error on the whole stage points.
    pub place: Place,
}

/// `fc1:` or `"encoder.layer":`
#[derive(Clone, Debug)]
pub struct Label {
    pub text: String,
    pub place: Place,
    /// Whether it is a string, in which dots nest and `{i}` is replaced.
    pub quoted: bool,
}

/// What a value is fed to, or where it comes from.
#[derive(Clone, Debug)]
pub enum Node {
    /// A layer, a block, a value or a `shared`, depending on the names in scope.
    Call(Call),
    /// `embed.weight`: a layer's parameter as a value.
    Field { of: Ident, name: Ident },
    /// `(a, b -> relu)`, and as an assertion `([N, 64], [1, N, 64])`.
    Values(Vec<Chain>),
    /// `[N, 64, 56, 56]` as an assertion.
    Shape(Shape),
    /// `{ .. }`
    Group(Body),
    /// `residual f shortcut g`
    Residual { part: Part, shortcut: Option<Part> },
    /// `cat dim=1 { f, g }`, `cat for d in [6, 12] { f }`. A join of what came before is a `Call`.
    Join { call: Call, branches: Branches },
    /// `repeat 3 { f }`, `for i in 0..8 { f }`
    Loop(Loop),
    /// `if s == 1 { f } else { g }`
    If(If),
    /// `encoder::Encoder`, `ResNet18<10>`, `Gate(32)`
    External { path: syn::Path, arguments: Option<TokenStream> },
    /// `apply path::to::function argument*`
    Apply { keyword: Ident, function: syn::Path, arguments: Vec<Argument>, settings: Vec<Setting> },
    /// `(1.0 - z) * n + z * h`, first in its chain.
    Arithmetic(Arithmetic),
    /// Could not be parsed, which was reported. Nothing that depends on it is reported.
    Error,
}

/// `conv 6 k=5 p=2`
#[derive(Clone, Debug)]
pub struct Call {
    pub name: Ident,
    pub arguments: Vec<Argument>,
    pub settings: Vec<Setting>,
}

/// What follows `residual` and `shortcut`. Braces right after the keyword are no group.
#[derive(Clone, Debug)]
pub enum Part {
    Body(Body),
    Stage(Box<Stage>),
}

/// The branches of a join.
#[derive(Clone, Debug)]
pub enum Branches {
    Listed(Vec<Chain>),
    Loop(Box<Loop>),
}

/// `repeat 3 { f }`, `for (t, c) in [(1, 16), (6, 24)] { f }`, `for i in 1..=6 { f }`
#[derive(Clone, Debug)]
pub struct Loop {
    pub keyword: Ident,
    pub header: Header,
    pub body: Body,
}

/// What a loop goes over.
#[derive(Clone, Debug)]
pub enum Header {
    Repeat {
        count: Expr,
    },
    /// One name for each part of an item; `None` is `_`.
    List {
        names: Vec<Option<Ident>>,
        list: Argument,
    },
    Range {
        name: Option<Ident>,
        start: Expr,
        end: Expr,
        inclusive: bool,
    },
}

/// `if s == 1 && channels == c { f } else { g }`
#[derive(Clone, Debug)]
pub struct If {
    pub keyword: Ident,
    pub condition: Expr,
    pub then: Body,
    pub otherwise: Option<Else>,
}

/// What follows `else`.
#[derive(Clone, Debug)]
pub enum Else {
    Body(Body),
    If(Box<If>),
}

/// Arithmetic over values.
#[derive(Clone, Debug)]
pub enum Arithmetic {
    Number(f64, Place),
    /// A bound value, or `id`.
    Value(Ident),
    /// `(x -> linear 64)`
    Chain(Box<Chain>, Place),
    Binary {
        operator: Operator,
        operator_place: Place,
        left: Box<Arithmetic>,
        right: Box<Arithmetic>,
    },
}
