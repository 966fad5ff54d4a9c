//! A walk over bodies that keeps the names in scope, and what was used of them.

use super::{Program, arguments};
use crate::layers::Layer;
use crate::nearest;
use crate::report::{Mistake, Report};
use crate::tree::{
    Argument, Arithmetic, Block, Body, Branches, Call, Chain, Else, Expr, Header, If, Label, Loop, Network, Node, Part,
    Pattern, Setting, Shape, Stage, Statement,
};
use proc_macro2::Ident;

/// Checks a network.
pub fn network(network: &Network, program: &Program, report: &mut Report, keywords: &mut Vec<Ident>) {
    let mut walk = Walk::new(program, report, keywords);
    for input in &network.inputs {
        walk.bind(&input.name, Kind::Input);
    }
    let unnamed = network.inputs.len() > 1;
    if unnamed {
        walk.inputs = network.inputs.iter().map(|input| input.name.to_string()).collect();
    } else if let Some(only) = walk.names.first_mut() {
        only.used = true;
    }
    walk.body(&network.body, unnamed);
    walk.finish();
}

/// Checks a block.
pub fn block(block: &Block, program: &Program, report: &mut Report, keywords: &mut Vec<Ident>) {
    let mut walk = Walk::new(program, report, keywords);
    for parameter in &block.parameters {
        walk.bind(&parameter.name, Kind::Other);
    }
    walk.body(&block.body, false);
    walk.finish();
}

/// What a name stands for, as far as its use is concerned.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Input,
    Value,
    Shared,
    /// Need not be used: sizes, parameters, loop names.
    Other,
}

struct Name {
    ident: Ident,
    kind: Kind,
    used: bool,
}

struct Walk<'a> {
    program: &'a Program,
    report: &'a mut Report,
    keywords: &'a mut Vec<Ident>,
    names: Vec<Name>,
    unused: Vec<Mistake>,
    /// Whether a part of the body could not be read: what stood there may have used any name.
    unreadable: bool,
    /// The network's inputs, where there are several.
    inputs: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(program: &'a Program, report: &'a mut Report, keywords: &'a mut Vec<Ident>) -> Self {
        Walk { program, report, keywords, names: Vec::new(), unused: Vec::new(), unreadable: false, inputs: Vec::new() }
    }

    fn finish(mut self) {
        self.leave(0);
        if !self.unreadable {
            self.unused.into_iter().for_each(|mistake| self.report.push(mistake));
        }
    }

    fn bind(&mut self, ident: &Ident, kind: Kind) {
        self.names.push(Name { ident: ident.clone(), kind, used: false });
    }

    /// Ends a body: what was bound in it must have been used.
    fn leave(&mut self, mark: usize) {
        for name in self.names.split_off(mark) {
            let what = match name.kind {
                Kind::Input => "input",
                Kind::Value => "value",
                Kind::Shared => "`shared` stage",
                Kind::Other => continue,
            };
            if !name.used && !name.ident.to_string().starts_with('_') {
                let mistake = Mistake::new(&name.ident, format!("the {what} `{}` is never used", name.ident));
                self.unused.push(mistake.help(format!("if that is meant, call it `_{}`", name.ident)));
            }
        }
    }

    fn touch(&mut self, ident: &Ident) -> Option<Kind> {
        let name = self.names.iter_mut().rev().find(|name| name.ident == *ident)?;
        name.used = true;
        Some(name.kind)
    }

    /// `unnamed`: what reaches the body are several inputs, of which a chain must name one.
    fn body(&mut self, body: &Body, unnamed: bool) {
        let mark = self.names.len();
        for statement in &body.statements {
            self.statement(statement, unnamed);
        }
        self.chain(&body.result, unnamed);
        self.leave(mark);
    }

    fn statement(&mut self, statement: &Statement, unnamed: bool) {
        match statement {
            Statement::Let { pattern, chain } => {
                self.chain(chain, unnamed);
                match pattern {
                    Pattern::Value(name) => self.bind(name, Kind::Value),
                    Pattern::Values(names, _) => names.iter().flatten().for_each(|name| self.bind(name, Kind::Value)),
                    Pattern::Sizes(names, _) => names.iter().flatten().for_each(|name| self.bind(name, Kind::Other)),
                }
            }
            Statement::Const { name, size } => {
                self.expr(size);
                self.bind(name, Kind::Other);
            }
            Statement::Shared { name, stage } => {
                self.stage(stage, true, false);
                self.bind(name, Kind::Shared);
            }
            Statement::Tensor(declaration) => {
                self.shape(&declaration.shape);
                self.settings(&declaration.settings);
                self.bind(&declaration.name, Kind::Value);
            }
            Statement::Option { name, value } => {
                self.expr(value);
                self.bind(name, Kind::Other);
            }
        }
    }

    fn chain(&mut self, chain: &Chain, unnamed: bool) {
        for (index, stage) in chain.stages.iter().enumerate() {
            self.stage(stage, index == 0, unnamed && index == 0);
        }
    }

    fn stage(&mut self, stage: &Stage, first: bool, unnamed: bool) {
        if let Some(label) = &stage.label {
            self.label(label);
        }
        match &stage.node {
            Node::Error => self.unreadable = true,
            Node::Call(call) => self.call(call, first, unnamed, stage.label.as_ref()),
            Node::Values(chains) => chains.iter().for_each(|chain| self.chain(chain, unnamed)),
            Node::Shape(shape) => self.shape(shape),
            Node::Group(body) => self.body(body, unnamed),
            Node::Residual { part, shortcut } => {
                self.part(part, unnamed);
                if let Some(shortcut) = shortcut {
                    self.part(shortcut, unnamed);
                }
            }
            Node::Join { keyword, settings, branches, .. } => {
                self.join(keyword, settings);
                match branches {
                    Branches::Listed(chains) => chains.iter().for_each(|chain| self.chain(chain, unnamed)),
                    Branches::Loop(turns) => self.turns(turns, unnamed),
                }
            }
            Node::Loop(turns) => self.turns(turns, unnamed),
            Node::If(choice) => self.choice(choice, unnamed),
            Node::External { path, .. } => {
                let value = path.get_ident().filter(|_| first).and_then(|name| self.touch(name));
                if unnamed && value.is_none() {
                    self.unnamed(crate::place::Place::of(path));
                }
            }
            Node::Apply { keyword, arguments, settings, .. } => {
                if unnamed {
                    self.unnamed(keyword.into());
                }
                arguments.iter().for_each(|argument| self.argument(argument));
                self.settings(settings);
            }
            Node::Arithmetic(arithmetic) => self.arithmetic(arithmetic, unnamed),
            Node::Field { of, .. } => {
                self.touch(of);
            }
        }
    }

    fn unnamed(&mut self, place: crate::place::Place) {
        let inputs: Vec<&str> = self.inputs.iter().map(String::as_str).collect();
        let what = "with several inputs a chain must name its start";
        self.report.push(Mistake::new(place, what).note(format!("the inputs are {}", nearest::list(&inputs))));
    }

    fn call(&mut self, call: &Call, first: bool, unnamed: bool, label: Option<&Label>) {
        call.arguments.iter().for_each(|argument| self.argument(argument));
        self.settings(&call.settings);
        let name = call.name.to_string();
        let bound = self.names.iter().rev().find(|bound| bound.ident == call.name).map(|bound| bound.kind);
        if name == "id" {
            return;
        }
        if bound == Some(Kind::Shared) || (first && bound.is_some()) {
            self.touch(&call.name);
            self.bare(call, label);
        } else if let Some(block) = self.program.blocks.get(&name) {
            self.start(call, unnamed);
            if !block.body.is_unreadable() {
                arguments::block(block, call, self.report);
            }
        } else if let Some(layer) = Layer::find(&name) {
            self.keywords.push(call.name.clone());
            if !layer.source {
                self.start(call, unnamed);
            }
            arguments::layer(layer, call, self.report);
        } else {
            self.unknown(call, bound, first);
        }
    }

    fn start(&mut self, call: &Call, unnamed: bool) {
        if unnamed {
            self.unnamed((&call.name).into());
        }
    }

    /// A value or a `shared` takes neither arguments nor a label.
    fn bare(&mut self, call: &Call, label: Option<&Label>) {
        let name = &call.name;
        let argument = call.arguments.first().map(Argument::place).or(call.settings.first().map(Setting::place));
        if let Some(place) = argument {
            let mistake = Mistake::new(place, format!("`{name}` is a value, and takes no arguments"));
            self.report.push(mistake.help(format!("to feed it into a layer, write `{name} -> ..`")));
        } else if let Some(label) = label {
            let what = format!("`{name}` has a name already, so it takes no label");
            self.report.push(Mistake::new(label.place, what));
        }
    }

    fn unknown(&mut self, call: &Call, bound: Option<Kind>, first: bool) {
        let name = call.name.to_string();
        if bound.is_some() {
            let mistake = Mistake::new(&call.name, format!("`{name}` is a value, and nothing can be fed into a value"));
            self.report.push(mistake.help(format!("to join values, write `(.., {name}) -> cat`, or `add`, `mul`")));
            self.touch(&call.name);
            return;
        }
        let values =
            self.names.iter().filter(|bound| first || bound.kind == Kind::Shared).map(|bound| bound.ident.to_string());
        let blocks = self.program.blocks.keys().cloned();
        let layers = Layer::all().flat_map(|layer| layer.names).map(|name| name.to_string());
        let known: Vec<String> = values.chain(blocks).chain(layers).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let kinds = if first { "layer, block or value" } else { "layer or block" };
        let mistake = Mistake::new(&call.name, format!("there is no {kinds} `{name}`"));
        self.report.push(match nearest::nearest(&name, &known) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake,
        });
    }

    fn join(&mut self, keyword: &Ident, settings: &[Setting]) {
        self.settings(settings);
        if let Some(layer) = Layer::find(&keyword.to_string()) {
            self.keywords.push(keyword.clone());
            let call = Call { name: keyword.clone(), arguments: Vec::new(), settings: settings.to_vec() };
            arguments::layer(layer, &call, self.report);
        }
    }

    fn part(&mut self, part: &Part, unnamed: bool) {
        match part {
            Part::Body(body) => self.body(body, unnamed),
            Part::Stage(stage) => self.stage(stage, true, unnamed),
        }
    }

    fn turns(&mut self, turns: &Loop, unnamed: bool) {
        let mark = self.names.len();
        match &turns.header {
            Header::Repeat { count } => self.expr(count),
            Header::List { names, list } => {
                self.argument(list);
                names.iter().flatten().for_each(|name| self.bind(name, Kind::Other));
            }
            Header::Range { name, start, end, .. } => {
                self.expr(start);
                self.expr(end);
                name.iter().for_each(|name| self.bind(name, Kind::Other));
            }
        }
        self.body(&turns.body, unnamed);
        self.leave(mark);
    }

    fn choice(&mut self, choice: &If, unnamed: bool) {
        self.expr(&choice.condition);
        self.body(&choice.then, unnamed);
        match &choice.otherwise {
            None => {}
            Some(Else::Body(body)) => self.body(body, unnamed),
            Some(Else::If(next)) => self.choice(next, unnamed),
        }
    }

    fn arithmetic(&mut self, arithmetic: &Arithmetic, unnamed: bool) {
        match arithmetic {
            Arithmetic::Number(..) => {}
            Arithmetic::Value(name) if name == "id" => {}
            Arithmetic::Value(name) => {
                if self.touch(name).is_none() {
                    self.not_a_value(name);
                }
            }
            Arithmetic::Chain(chain, _) => self.chain(chain, unnamed),
            Arithmetic::Binary { left, right, .. } => {
                self.arithmetic(left, unnamed);
                self.arithmetic(right, unnamed);
            }
        }
    }

    fn not_a_value(&mut self, name: &Ident) {
        let text = name.to_string();
        let mistake = Mistake::new(name, format!("there is no value `{text}`"));
        if Layer::find(&text).is_some() || self.program.blocks.contains_key(&text) {
            let note = format!(
                "`{text}` is a layer; its arguments are separated by spaces, an expression stands in parentheses, and a negative number is given by key"
            );
            return self.report.push(mistake.note(note));
        }
        let known: Vec<String> = self.names.iter().map(|name| name.ident.to_string()).collect();
        self.report.push(nearest::help(mistake, &text, known.iter().map(String::as_str)));
    }

    fn settings(&mut self, settings: &[Setting]) {
        settings.iter().for_each(|setting| self.argument(&setting.value));
    }

    fn argument(&mut self, argument: &Argument) {
        match argument {
            Argument::Expr(expr) => self.expr(expr),
            Argument::Tuple(items, _) | Argument::List(items, _) | Argument::Function { arguments: items, .. } => {
                items.iter().for_each(|item| self.argument(item));
            }
            Argument::Shape(shape) => self.shape(shape),
            Argument::Text(_) => {}
        }
    }

    fn shape(&mut self, shape: &Shape) {
        shape.sizes.iter().for_each(|size| self.expr(size));
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) | Expr::Field { of: name, .. } => {
                self.touch(name);
            }
            Expr::Unary { operand, .. } => self.expr(operand),
            Expr::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            Expr::Parenthesised(inner, _) => self.expr(inner),
            Expr::Integer(..) | Expr::Float(..) | Expr::Bool(..) | Expr::Any(_) | Expr::Opaque(..) => {}
        }
    }

    /// `{i}` in a label uses `i`.
    fn label(&mut self, label: &Label) {
        for name in self.names.iter_mut().filter(|_| label.quoted) {
            if label.text.contains(&format!("{{{}}}", name.ident)) {
                name.used = true;
            }
        }
    }
}

impl Body {
    /// Whether nothing is known of it: it, or the signature before it, could not be read.
    fn is_unreadable(&self) -> bool {
        matches!(&self.result.stages[..], [Stage { node: Node::Error, .. }])
    }
}
