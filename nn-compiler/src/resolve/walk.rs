//! A walk over bodies that tracks which names are in scope, and which of them are used.

mod call;

use super::Program;
use crate::nearest;
use crate::place::Place;
use crate::report::{Mistake, Report};
use crate::tree::{
    Argument, Arithmetic, Block, Body, Branches, Call, Chain, Else, Expr, Header, If, Label, Loop, Network, Node,
    Operator, Part, Pattern, Setting, Shape, Stage, Statement,
};
use proc_macro2::Ident;
use std::collections::BTreeSet;

/// What a walk collects besides mistakes.
#[derive(Debug, Default)]
pub struct Findings {
    /// Every use of a layer's name.
    pub keywords: Vec<Ident>,
    /// The stages whose parameters are used by name.
    pub owners: BTreeSet<String>,
    /// Where the stages with reported mistakes begin.
    pub wrong: BTreeSet<(usize, usize)>,
}

/// Checks a network.
pub fn network(network: &Network, program: &Program, report: &mut Report, findings: &mut Findings) {
    let mut walk = Walk::new(program, report, findings);
    let sizes = network.inputs.iter().flat_map(|input| &input.shape.sizes).filter_map(|size| match size {
        Expr::Name(name) => Some(name),
        _ => None,
    });
    network.generics.iter().map(|generic| &generic.name).chain(sizes).for_each(|name| walk.bind(name, Kind::Other));
    for input in &network.inputs {
        if input.name == "train" {
            let mistake = Mistake::new(&input.name, "an input cannot be called `train`");
            walk.report.push(mistake.note("`train` is the mode that a network runs in"));
        }
        if !walk.names.iter().any(|bound| bound.ident == input.name) {
            walk.bind(&input.name, Kind::Input);
        }
    }
    let unnamed = network.inputs.len() > 1;
    if unnamed {
        walk.inputs = network.inputs.iter().map(|input| input.name.to_string()).collect();
    } else {
        walk.names.iter_mut().for_each(|name| name.used = true);
    }
    walk.body(&network.body, unnamed);
    walk.finish();
}

/// Checks a block.
pub fn block(block: &Block, program: &Program, report: &mut Report, findings: &mut Findings) {
    let mut walk = Walk::new(program, report, findings);
    for parameter in &block.parameters {
        walk.bind(&parameter.name, Kind::Other);
    }
    walk.body(&block.body, false);
    walk.finish();
}

/// What a name stands for, as far as its uses are concerned.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Input,
    Value,
    Shared,
    /// Sizes, parameters and loop names, which need not be used.
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
    findings: &'a mut Findings,
    names: Vec<Name>,
    unused: Vec<Mistake>,
    /// Whether a part of the body could not be read. It may have used any name.
    unreadable: bool,
    /// The network's inputs, if there are several.
    inputs: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(program: &'a Program, report: &'a mut Report, findings: &'a mut Findings) -> Self {
        Walk { program, report, findings, names: Vec::new(), unused: Vec::new(), unreadable: false, inputs: Vec::new() }
    }

    /// Reports a mistake in the stage that begins at `stage`, whose result is then unknown.
    fn wrong(&mut self, stage: impl Into<Place>, mistake: Mistake) {
        self.findings.wrong.insert(stage.into().start());
        self.report.push(mistake);
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

    /// Binds the names of one pattern, which must be different.
    fn bind_all(&mut self, names: &[Option<Ident>], kind: Kind) {
        super::distinct(names.iter().flatten(), "in this pattern", self.report);
        for (index, name) in names.iter().enumerate() {
            if let Some(name) = name.as_ref().filter(|_| !names[index + 1..].contains(name)) {
                self.bind(name, kind);
            }
        }
    }

    /// Ends a body, and reports the names bound in it that were not used.
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
                self.unused.push(mistake.help(format!("if that is intended, call it `_{}`", name.ident)));
            }
        }
    }

    fn touch(&mut self, ident: &Ident) -> Option<Kind> {
        let name = self.names.iter_mut().rev().find(|name| name.ident == *ident)?;
        name.used = true;
        Some(name.kind)
    }

    /// The block, `shared` or value with the most similar name. All similar ones may have been meant, so they count as used.
    fn near(&mut self, name: &str, values: bool) -> Option<String> {
        let bound = self.names.iter().filter(|bound| values || bound.kind == Kind::Shared);
        let known: Vec<String> =
            bound.map(|bound| bound.ident.to_string()).chain(self.program.blocks.keys().cloned()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let near = nearest::nearest(name, &known)?.to_string();
        let meant = self.names.iter_mut().filter(|bound| nearest::is_near(name, &bound.ident.to_string()));
        meant.for_each(|bound| bound.used = true);
        Some(near)
    }

    /// `unnamed`: whether several inputs flow into the body, so that a chain must name the one it starts from.
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
                    Pattern::Values(names, _) => self.bind_all(names, Kind::Value),
                    Pattern::Sizes(names, _) => self.bind_all(names, Kind::Other),
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
            Node::Values(chains) => {
                chains.iter().for_each(|chain| self.chain(chain, unnamed));
                if stage.node.is_assertion() {
                    self.assertion(stage, false);
                }
            }
            Node::Shape(shape) => {
                self.shape(shape);
                self.assertion(stage, unnamed);
            }
            Node::Group(body) => self.body(body, unnamed),
            Node::Residual { part, shortcut } => {
                std::iter::once(part).chain(shortcut).for_each(|part| self.part(part, unnamed));
            }
            Node::Join { call, branches } => self.joined(call, branches, unnamed),
            Node::Loop(turns) => self.turns(turns, unnamed),
            Node::If(choice) => self.choice(choice, unnamed),
            Node::External { path, .. } => self.external(path, first, unnamed),
            Node::Apply { keyword, arguments, settings, .. } => {
                if unnamed {
                    self.unnamed(keyword.into());
                }
                arguments.iter().for_each(|argument| self.argument(argument));
                self.settings(settings);
            }
            Node::Arithmetic(arithmetic) => self.arithmetic(arithmetic, unnamed),
            Node::Field { of, name } => {
                self.findings.owners.insert(of.to_string());
                self.touch(of);
                self.nameless(stage.label.as_ref(), &format!("`{of}.{name}` is a value"));
            }
        }
    }

    fn joined(&mut self, call: &Call, branches: &Branches, unnamed: bool) {
        self.join(call);
        match branches {
            Branches::Listed(chains) => chains.iter().for_each(|chain| self.chain(chain, unnamed)),
            Branches::Loop(turns) => self.turns(turns, unnamed),
        }
    }

    /// Another network or a Rust module. First in its chain it may also be a value with the name of a type.
    fn external(&mut self, path: &syn::Path, first: bool, unnamed: bool) {
        let value = path.get_ident().filter(|_| first).and_then(|name| self.touch(name));
        if unnamed && value.is_none() {
            self.unnamed(Place::of(path));
        }
    }

    fn assertion(&mut self, stage: &Stage, unnamed: bool) {
        self.nameless(stage.label.as_ref(), "an assertion owns no parameters");
        if unnamed {
            self.unnamed(stage.place);
        }
    }

    fn nameless(&mut self, label: Option<&Label>, why: &str) {
        if let Some(label) = label {
            self.report.push(Mistake::new(label.place, format!("{why}, so it takes no label")));
        }
    }

    /// Reports that the chain at `place` does not name the input it starts from. It may be any, so all count as used.
    fn unnamed(&mut self, place: Place) {
        let inputs: Vec<&str> = self.inputs.iter().map(String::as_str).collect();
        let mistake = Mistake::new(place, "with several inputs a chain must name its start");
        let mistake = mistake.note(format!("the inputs are {}", nearest::list(&inputs)));
        self.wrong(place, mistake);
        self.names.iter_mut().filter(|name| name.kind == Kind::Input).for_each(|name| name.used = true);
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
                self.bind_all(names, Kind::Other);
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
            Arithmetic::Value(name) if name == "id" => {
                if unnamed {
                    self.unnamed(name.into());
                }
            }
            Arithmetic::Value(name) => {
                if self.touch(name).is_none() {
                    self.not_a_value(name);
                }
            }
            Arithmetic::Chain(chain, _) => self.chain(chain, unnamed),
            Arithmetic::Binary { operator: Operator::Subtract, left, right, .. }
                if self.negative_argument(left, right) => {}
            Arithmetic::Binary { left, right, .. } => {
                self.arithmetic(left, unnamed);
                self.arithmetic(right, unnamed);
            }
        }
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
            Expr::Field { of, .. } => {
                self.findings.owners.insert(of.to_string());
                if self.touch(of).is_none() {
                    self.near(&of.to_string(), true);
                }
            }
            Expr::Name(name) => {
                if self.touch(name).is_none() {
                    self.near(&name.to_string(), true);
                }
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
