//! The tree as a line of text: calls as `conv(6, k=5)`, operators before their operands, Rust in backticks.

use nn_compiler::tree::{
    Argument, Arithmetic, Attributes, Block, Body, Branches, Call, Chain, Else, Expr, File, Generic, Header, If, Input,
    Label, Loop, Network, Node, Operator, Outputs, Parameter, Part, Pattern, Setting, Shape, Stage, Statement,
    TensorDeclaration, Unary,
};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

/// What can be shown.
pub trait Dump {
    /// One line that shows the structure.
    fn dump(&self) -> String;
}

fn join<'a, T: Dump + 'a>(items: impl IntoIterator<Item = &'a T>, separator: &str) -> String {
    items.into_iter().map(Dump::dump).collect::<Vec<_>>().join(separator)
}

fn rust(tokens: &TokenStream) -> String {
    format!("`{tokens}`")
}

fn call(arguments: &[Argument], settings: &[Setting]) -> String {
    let all: Vec<String> = arguments.iter().map(Dump::dump).chain(settings.iter().map(Dump::dump)).collect();
    if all.is_empty() { String::new() } else { format!("({})", all.join(", ")) }
}

impl<T: Dump> Dump for Box<T> {
    fn dump(&self) -> String {
        (**self).dump()
    }
}

impl Dump for Ident {
    fn dump(&self) -> String {
        self.to_string()
    }
}

impl Dump for Option<Ident> {
    fn dump(&self) -> String {
        self.as_ref().map_or("_".to_owned(), Ident::to_string)
    }
}

impl Dump for (Ident, Shape) {
    fn dump(&self) -> String {
        format!("{}: {}", self.0, self.1.dump())
    }
}

impl Dump for File {
    fn dump(&self) -> String {
        let networks = self.networks.iter().map(Dump::dump);
        networks.chain(self.blocks.iter().map(Dump::dump)).collect::<Vec<_>>().join("\n")
    }
}

impl Dump for Attributes {
    fn dump(&self) -> String {
        let sequential = self.sequential.iter().map(|_| "sequential ".to_owned());
        let init = self.init.iter().map(|init| format!("init={} ", init.dump()));
        let optimize = self.optimize.iter().map(|_| "optimize ".to_owned());
        let others = self.others.iter().map(|other| format!("{} ", rust(&other.to_token_stream())));
        sequential.chain(init).chain(optimize).chain(others).collect()
    }
}

impl Dump for Network {
    fn dump(&self) -> String {
        let Network { attributes, visibility, name, generics, inputs, outputs, predicates, body, listing: _ } = self;
        let visibility = visibility.to_token_stream().to_string();
        let visibility = if visibility.is_empty() { visibility } else { visibility + " " };
        let generics = if generics.is_empty() { String::new() } else { format!("<{}>", join(generics, ", ")) };
        let predicates =
            if predicates.is_empty() { String::new() } else { format!(" where {}", join(predicates, ", ")) };
        let (attributes, inputs, outputs, body) = (attributes.dump(), join(inputs, ", "), outputs.dump(), body.dump());
        format!("{attributes}{visibility}{name}{generics}({inputs}) -> {outputs}{predicates} {body}")
    }
}

impl Dump for Generic {
    fn dump(&self) -> String {
        format!("{}: {}", self.name, self.ty)
    }
}

impl Dump for Input {
    fn dump(&self) -> String {
        format!("{}: {}", self.name, self.shape.dump())
    }
}

impl Dump for Outputs {
    fn dump(&self) -> String {
        match self {
            Outputs::One(shape) => shape.dump(),
            Outputs::Named(outputs) => format!("({})", join(outputs, ", ")),
        }
    }
}

impl Dump for Block {
    fn dump(&self) -> String {
        let Block { attributes, name, parameters, body } = self;
        format!("{}block {name}({}) {}", attributes.dump(), join(parameters, ", "), body.dump())
    }
}

impl Dump for Parameter {
    fn dump(&self) -> String {
        let default = self.default.as_ref().map_or(String::new(), |default| format!("={}", default.dump()));
        format!("{}{default}", self.name)
    }
}

impl Dump for Shape {
    fn dump(&self) -> String {
        format!("{}[{}]", self.dtype.as_ref().map_or(String::new(), Ident::to_string), join(&self.sizes, ", "))
    }
}

impl Dump for Body {
    fn dump(&self) -> String {
        let statements: String = self.statements.iter().map(|statement| format!("{}; ", statement.dump())).collect();
        format!("{{ {statements}{} }}", self.result.dump())
    }
}

impl Dump for Statement {
    fn dump(&self) -> String {
        match self {
            Statement::Let { pattern, chain } => format!("let {} = {}", pattern.dump(), chain.dump()),
            Statement::Const { name, size } => format!("const {name} = {}", size.dump()),
            Statement::Shared { name, stage } => format!("shared {name} = {}", stage.dump()),
            Statement::Tensor(declaration) => declaration.dump(),
            Statement::Option { name, value } => format!("option {name} = {}", value.dump()),
        }
    }
}

impl Dump for TensorDeclaration {
    fn dump(&self) -> String {
        let keyword = if self.trainable { "param" } else { "buffer" };
        format!("{keyword} {}: {}{}", self.name, self.shape.dump(), call(&[], &self.settings))
    }
}

impl Dump for Pattern {
    fn dump(&self) -> String {
        match self {
            Pattern::Value(name) => name.to_string(),
            Pattern::Values(names, _) => format!("({})", join(names, ", ")),
            Pattern::Sizes(names, _) => format!("[{}]", join(names, ", ")),
        }
    }
}

impl Dump for Chain {
    fn dump(&self) -> String {
        join(&self.stages, " -> ")
    }
}

impl Dump for Stage {
    fn dump(&self) -> String {
        format!("{}{}", self.label.as_ref().map_or(String::new(), Dump::dump), self.node.dump())
    }
}

impl Dump for Label {
    fn dump(&self) -> String {
        if self.quoted { format!("{:?}: ", self.text) } else { format!("{}: ", self.text) }
    }
}

impl Dump for Node {
    fn dump(&self) -> String {
        match self {
            Node::Call(call) => call.dump(),
            Node::Field { of, name } => format!("{of}.{name}"),
            Node::Values(chains) => format!("({})", join(chains, ", ")),
            Node::Shape(shape) => shape.dump(),
            Node::Group(body) => body.dump(),
            Node::Residual { part, shortcut } => {
                let shortcut = shortcut.as_ref().map_or(String::new(), |part| format!(" shortcut {}", part.dump()));
                format!("residual {}{shortcut}", part.dump())
            }
            Node::Join { call, branches } => format!("{} {}", call.dump(), branches.dump()),
            Node::Loop(turns) => turns.dump(),
            Node::If(choice) => choice.dump(),
            Node::External { path, arguments } => {
                let arguments = arguments.as_ref().map_or(String::new(), |arguments| format!("({})", rust(arguments)));
                format!("{}{arguments}", rust(&path.to_token_stream()))
            }
            Node::Apply { function, arguments, settings, .. } => {
                format!("apply {}{}", rust(&function.to_token_stream()), call(arguments, settings))
            }
            Node::Arithmetic(arithmetic) => arithmetic.dump(),
            Node::Error => "ERROR".to_owned(),
        }
    }
}

impl Dump for Call {
    fn dump(&self) -> String {
        format!("{}{}", self.name, call(&self.arguments, &self.settings))
    }
}

impl Dump for Setting {
    fn dump(&self) -> String {
        format!("{}={}", self.key, self.value.dump())
    }
}

impl Dump for Part {
    fn dump(&self) -> String {
        match self {
            Part::Body(body) => body.dump(),
            Part::Stage(stage) => stage.dump(),
        }
    }
}

impl Dump for Branches {
    fn dump(&self) -> String {
        match self {
            Branches::Listed(chains) => format!("[{}]", join(chains, ", ")),
            Branches::Loop(turns) => turns.dump(),
        }
    }
}

impl Dump for Loop {
    fn dump(&self) -> String {
        format!("{} {} {}", self.keyword, self.header.dump(), self.body.dump())
    }
}

impl Dump for Header {
    fn dump(&self) -> String {
        match self {
            Header::Repeat { count } => count.dump(),
            Header::List { names, list } => format!("{} in {}", join(names, ", "), list.dump()),
            Header::Range { name, start, end, inclusive } => {
                let dots = if *inclusive { "..=" } else { ".." };
                format!("{} in {}{dots}{}", name.dump(), start.dump(), end.dump())
            }
        }
    }
}

impl Dump for If {
    fn dump(&self) -> String {
        let otherwise =
            self.otherwise.as_ref().map_or(String::new(), |otherwise| format!(" else {}", otherwise.dump()));
        format!("if {} {}{otherwise}", self.condition.dump(), self.then.dump())
    }
}

impl Dump for Else {
    fn dump(&self) -> String {
        match self {
            Else::Body(body) => body.dump(),
            Else::If(next) => next.dump(),
        }
    }
}

impl Dump for Arithmetic {
    fn dump(&self) -> String {
        match self {
            Arithmetic::Number(number, _) => format!("{number:?}"),
            Arithmetic::Value(name) => name.to_string(),
            Arithmetic::Chain(chain, _) => format!("[{}]", chain.dump()),
            Arithmetic::Binary { operator, left, right, .. } => {
                format!("({} {} {})", operator.dump(), left.dump(), right.dump())
            }
        }
    }
}

impl Dump for Argument {
    fn dump(&self) -> String {
        match self {
            Argument::Expr(expr) => expr.dump(),
            Argument::Tuple(items, _) => format!("tuple({})", join(items, ", ")),
            Argument::List(items, _) => format!("[{}]", join(items, ", ")),
            Argument::Shape(shape) => shape.dump(),
            Argument::Text(text) => format!("{:?}", text.value()),
            Argument::Function { name, arguments, .. } => format!("{name}!({})", join(arguments, ", ")),
        }
    }
}

impl Dump for Expr {
    fn dump(&self) -> String {
        match self {
            Expr::Integer(number, _) => number.to_string(),
            Expr::Float(number, _) => format!("{number:?}"),
            Expr::Bool(truth, _) => truth.to_string(),
            Expr::Any(_) => "_".to_owned(),
            Expr::Name(name) => name.to_string(),
            Expr::Field { of, name } => format!("{of}.{name}"),
            Expr::Opaque(tokens, _) => rust(tokens),
            Expr::Unary { operator: Unary::Negate, operand, .. } => format!("-{}", operand.dump()),
            Expr::Unary { operator: Unary::Not, operand, .. } => format!("!{}", operand.dump()),
            Expr::Binary { operator, left, right, .. } => {
                format!("({} {} {})", operator.dump(), left.dump(), right.dump())
            }
            // The operators' order shows what the parentheses did.
            Expr::Parenthesised(inner, _) => inner.dump(),
        }
    }
}

impl Dump for Operator {
    fn dump(&self) -> String {
        self.symbol().to_owned()
    }
}
