//! The syntax tree: what was written, with the place of every word. Nothing is resolved or checked here.

mod display;

pub use display::rust_text;

use crate::place::Place;
use proc_macro2::{Ident, TokenStream};

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

/// The attributes of an item: those that the language knows, and the others, which land on what is generated.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// `#[sequential]`: unlabelled stages are named by position.
    pub sequential: Option<Place>,
    /// `#[init(kaiming_uniform)]`: the default initialisation of convolution and linear layers.
    pub init: Option<Argument>,
    /// `#[optimize]`: a network has a second form, for inference alone.
    pub optimize: Option<Place>,
    /// `#[budget(parameters <= 12_000_000)]`: what the network may cost.
    pub budget: Vec<Limit>,
    /// Doc comments, `cfg` and whatever else is there.
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
    /// The text of the body; tokens that another macro made have none.
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
    /// Written as a string: dots nest, `{i}` is replaced.
    pub quoted: bool,
}

/// What a value is fed to, or where it comes from.
#[derive(Clone, Debug)]
pub enum Node {
    /// A layer, a block, a value or a `shared`: which, only the names in scope can tell.
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
    Join { join: Join, keyword: Ident, settings: Vec<Setting>, branches: Branches },
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
    /// Could not be parsed, and was reported: whatever depends on it stays silent.
    Error,
}

/// `conv 6 k=5 p=2`
#[derive(Clone, Debug)]
pub struct Call {
    pub name: Ident,
    pub arguments: Vec<Argument>,
    pub settings: Vec<Setting>,
}

/// `k=5`
#[derive(Clone, Debug)]
pub struct Setting {
    pub key: Ident,
    pub value: Argument,
}

/// What follows `residual` and `shortcut`. Braces right after the keyword are no group.
#[derive(Clone, Debug)]
pub enum Part {
    Body(Body),
    Stage(Box<Stage>),
}

/// The joins that take branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    Add,
    Mul,
    Cat,
    Stack,
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

/// What an argument of a layer, a block or a setting may be.
#[derive(Clone, Debug)]
pub enum Argument {
    /// A number, a boolean, a size, a word, the name of a value, `embed.weight`, `config::WIDTH`.
    Expr(Expr),
    /// `(5, 1)`
    Tuple(Vec<Argument>, Place),
    /// `[N, 1, d]`, `[6, 12, 18]`, `[(1, 16), (6, 24)]`
    List(Vec<Argument>, Place),
    /// `i64[N, T]`: a list with a dtype before it.
    Shape(Shape),
    /// `"b c (h p) (w q) -> b (h w) (p q c)"`
    Text(syn::LitStr),
    /// `uniform(-0.1, 0.1)`
    Function { name: Ident, arguments: Vec<Argument>, place: Place },
}

/// A size, a number, a condition.
#[derive(Clone, Debug)]
pub enum Expr {
    Integer(i64, Place),
    Float(f64, Place),
    Bool(bool, Place),
    /// `_`
    Any(Place),
    Name(Ident),
    /// `embed.weight`
    Field {
        of: Ident,
        name: Ident,
    },
    /// `config::WIDTH`, `config::width(3)`, `{ .. }`: for rustc to know.
    Opaque(TokenStream, Place),
    Unary {
        operator: Unary,
        operand: Box<Expr>,
        place: Place,
    },
    Binary {
        operator: Operator,
        operator_place: Place,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `(a + b)`, with the span of the parentheses.
    Parenthesised(Box<Expr>, Place),
}

/// Operators before their operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Negate,
    Not,
}

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

impl Expr {
    /// Where it was written.
    pub fn place(&self) -> Place {
        match self {
            Expr::Integer(_, place)
            | Expr::Float(_, place)
            | Expr::Bool(_, place)
            | Expr::Any(place)
            | Expr::Opaque(_, place)
            | Expr::Parenthesised(_, place)
            | Expr::Unary { place, .. } => *place,
            Expr::Name(name) => name.into(),
            Expr::Field { of, name } => Place::from(of).to(name),
            Expr::Binary { left, right, .. } => left.place().to(right.place()),
        }
    }
}

impl Argument {
    /// Where it was written.
    pub fn place(&self) -> Place {
        match self {
            Argument::Expr(expr) => expr.place(),
            Argument::Tuple(_, place) | Argument::List(_, place) | Argument::Function { place, .. } => *place,
            Argument::Shape(shape) => shape.place,
            Argument::Text(text) => text.into(),
        }
    }
}

impl Setting {
    /// From the key to the end of the value.
    pub fn place(&self) -> Place {
        Place::from(&self.key).to(self.value.place())
    }
}

impl Operator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
            Operator::ShiftLeft => "<<",
            Operator::ShiftRight => ">>",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterEqual => ">=",
            Operator::And => "&&",
            Operator::Or => "||",
        }
    }
}
