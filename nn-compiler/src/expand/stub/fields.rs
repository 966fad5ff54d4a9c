//! The fields of a network with mistakes, as far as the listing alone tells their names and kinds.

use crate::layers::Layer;
use crate::resolve::Program;
use crate::state::{Naming, rust_name};
use crate::tree::{Arithmetic, Body, Branches, Call, Chain, Else, If, Label, Loop, Node, Part, Stage, Statement};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

/// What a field holds.
pub enum Held {
    Tensor,
    Number,
    /// A layer's parameters, whichever they are.
    Layer,
    Struct(Vec<(Ident, Held)>),
    /// The turns of a loop.
    Turns(Box<Held>),
    /// A type of the user's.
    Type(TokenStream),
}

/// The fields of a body.
pub fn fields(body: &Body, naming: Naming, program: &Program) -> Vec<(Ident, Held)> {
    let mut walk = Walk { program, naming, fields: Vec::new() };
    walk.body(body);
    walk.fields
}

struct Walk<'a> {
    program: &'a Program,
    naming: Naming,
    fields: Vec<(Ident, Held)>,
}

impl Walk<'_> {
    fn body(&mut self, body: &Body) {
        for statement in &body.statements {
            match statement {
                Statement::Let { chain, .. } => self.chain(chain),
                Statement::Shared { name, stage } => {
                    if let Some((_, held)) = self.held(&stage.node) {
                        self.add(name.clone(), held);
                    }
                }
                Statement::Tensor(declaration) => self.add(declaration.name.clone(), Held::Tensor),
                Statement::Option { name, .. } => self.add(name.clone(), Held::Number),
                Statement::Const { .. } => {}
            }
        }
        self.chain(&body.result);
    }

    fn chain(&mut self, chain: &Chain) {
        chain.stages.iter().for_each(|stage| self.stage(stage));
    }

    fn stage(&mut self, stage: &Stage) {
        match (self.held(&stage.node), &stage.label) {
            (Some((stem, held)), label) => {
                let name = label.as_ref().map_or_else(|| self.naming.next(&stem), |label| label.text.clone());
                let place = label.as_ref().map_or(stage.place, |label| label.place);
                self.naming.advance(&stem, label.is_some(), true);
                self.add(Ident::new(&rust_name(&name), place.first), held);
            }
            // A keyword with a label is a group.
            (None, Some(Label { text, place, .. })) => {
                let held = match &stage.node {
                    Node::Loop(turns) => self.turns(turns),
                    node => self.inside(Naming::Positional(0), |walk| walk.keyword(node)),
                };
                self.naming.advance("group", true, true);
                self.add(Ident::new(&rust_name(text), place.first), held);
            }
            (None, None) => self.keyword(&stage.node),
        }
    }

    /// The name and content of a stage's field, if it has one.
    fn held(&self, node: &Node) -> Option<(String, Held)> {
        match node {
            Node::Call(Call { name, .. }) => self.called(&name.to_string()),
            Node::Group(body) => {
                let held = match (&body.statements[..], &body.result.stages[..]) {
                    ([], [Stage { label: None, node: Node::Loop(turns), .. }]) => self.turns(turns),
                    _ => self.inside(Naming::Positional(0), |walk| walk.body(body)),
                };
                Some(("group".to_string(), held))
            }
            Node::External { path, .. } => Some((String::new(), Held::Type(path.to_token_stream()))),
            _ => None,
        }
    }

    fn called(&self, name: &str) -> Option<(String, Held)> {
        if let Some(block) = self.program.blocks.get(name) {
            let naming = Naming::of(&block.attributes);
            return Some((name.to_string(), self.inside(naming, |walk| walk.body(&block.body))));
        }
        let layer = Layer::find(name).filter(|layer| layer.owns())?;
        Some((layer.stem().to_string(), Held::Layer))
    }

    fn turns(&self, turns: &Loop) -> Held {
        let only = match (&turns.body.statements[..], &turns.body.result.stages[..]) {
            ([], [only]) => self.held(&only.node),
            _ => None,
        };
        let turn = only.map(|(_, held)| held);
        Held::Turns(Box::new(turn.unwrap_or_else(|| self.inside(Naming::Positional(0), |walk| walk.body(&turns.body)))))
    }

    fn inside(&self, naming: Naming, walk: impl FnOnce(&mut Self)) -> Held {
        let mut inner = Walk { program: self.program, naming, fields: Vec::new() };
        walk(&mut inner);
        Held::Struct(inner.fields)
    }

    /// Adds the stages inside a keyword, which adds no level of its own.
    fn keyword(&mut self, node: &Node) {
        match node {
            // A layer without parameters has no field, but takes up a position.
            Node::Call(Call { name, .. }) if Layer::find(&name.to_string()).is_some() => {
                self.naming.advance(&name.to_string(), false, false);
            }
            Node::Values(chains) | Node::Join { branches: Branches::Listed(chains), .. } => {
                chains.iter().for_each(|chain| self.chain(chain));
            }
            Node::Residual { part, shortcut } => {
                [Some(part), shortcut.as_ref()].into_iter().flatten().for_each(|part| match part {
                    Part::Body(body) => self.body(body),
                    Part::Stage(stage) => self.stage(stage),
                })
            }
            Node::Join { branches: Branches::Loop(turns), .. } => self.body(&turns.body),
            Node::Loop(turns) => self.body(&turns.body),
            Node::If(choice) => self.choice(choice),
            Node::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
            _ => {}
        }
    }

    fn choice(&mut self, choice: &If) {
        self.body(&choice.then);
        match &choice.otherwise {
            Some(Else::Body(body)) => self.body(body),
            Some(Else::If(next)) => self.choice(next),
            None => {}
        }
    }

    fn arithmetic(&mut self, arithmetic: &Arithmetic) {
        match arithmetic {
            Arithmetic::Chain(chain, _) => self.chain(chain),
            Arithmetic::Binary { left, right, .. } => {
                self.arithmetic(left);
                self.arithmetic(right);
            }
            Arithmetic::Number(..) | Arithmetic::Value(_) => {}
        }
    }

    /// Adds a field. A second stage of the same name, which is a reported mistake, is ignored.
    fn add(&mut self, name: Ident, held: Held) {
        if self.fields.iter().all(|(known, _)| *known != name) {
            self.fields.push((name, held));
        }
    }
}
