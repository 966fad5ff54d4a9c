//! A block that calls itself would never end.

use super::Program;
use crate::report::{Mistake, Report};
use crate::tree::{Block, Node, Stage};
use proc_macro2::Ident;
use std::collections::BTreeMap;

/// Reports every call that closes a circle, and takes it out.
pub fn cut(program: &mut Program, report: &mut Report) {
    let names: Vec<String> = program.blocks.keys().cloned().collect();
    let mut finished = Vec::new();
    for name in names {
        visit(&name, &mut Vec::new(), &mut finished, &mut program.blocks, report);
    }
}

fn visit(
    name: &str,
    path: &mut Vec<String>,
    finished: &mut Vec<String>,
    blocks: &mut BTreeMap<String, Block>,
    report: &mut Report,
) {
    if finished.iter().any(|known| known == name) {
        return;
    }
    path.push(name.to_string());
    let mut called: Vec<Ident> = Vec::new();
    if let Some(block) = blocks.get_mut(name) {
        block.body.for_each_stage(&mut |stage| {
            if let Node::Call(call) = &stage.node {
                if let Some(circle) = path.iter().position(|outer| call.name == outer) {
                    report.push(endless(&call.name, &path[circle..]));
                    stage.node = Node::Error;
                    return;
                }
                called.push(call.name.clone());
            }
        });
    }
    for callee in called {
        visit(&callee.to_string(), path, finished, blocks, report);
    }
    path.pop();
    finished.push(name.to_string());
}

fn endless(call: &Ident, circle: &[String]) -> Mistake {
    let mistake = Mistake::new(call, format!("`{call}` calls itself without end"));
    match circle {
        [_] => mistake,
        circle => mistake.note(format!("`{}` calls `{call}`", circle.join("` calls `"))),
    }
}

impl crate::tree::Body {
    /// Visits every stage, also those within stages.
    pub fn for_each_stage(&mut self, visit: &mut dyn FnMut(&mut Stage)) {
        use crate::tree::Statement;
        for statement in &mut self.statements {
            match statement {
                Statement::Let { chain, .. } => chain.for_each_stage(visit),
                Statement::Shared { stage, .. } => stage.for_each_stage(visit),
                Statement::Const { .. } | Statement::Tensor(_) | Statement::Option { .. } => {}
            }
        }
        self.result.for_each_stage(visit);
    }
}

impl crate::tree::Chain {
    fn for_each_stage(&mut self, visit: &mut dyn FnMut(&mut Stage)) {
        for stage in &mut self.stages {
            stage.for_each_stage(visit);
        }
    }
}

impl Stage {
    fn for_each_stage(&mut self, visit: &mut dyn FnMut(&mut Stage)) {
        use crate::tree::{Branches, Else, If, Part};
        fn part(part: &mut Part, visit: &mut dyn FnMut(&mut Stage)) {
            match part {
                Part::Body(body) => body.for_each_stage(visit),
                Part::Stage(stage) => stage.for_each_stage(visit),
            }
        }
        fn choice(choice_: &mut If, visit: &mut dyn FnMut(&mut Stage)) {
            choice_.then.for_each_stage(visit);
            match &mut choice_.otherwise {
                None => {}
                Some(Else::Body(body)) => body.for_each_stage(visit),
                Some(Else::If(next)) => choice(next, visit),
            }
        }
        visit(self);
        match &mut self.node {
            Node::Values(chains) => chains.iter_mut().for_each(|chain| chain.for_each_stage(visit)),
            Node::Group(body) => body.for_each_stage(visit),
            Node::Residual { part: inner, shortcut } => {
                part(inner, visit);
                if let Some(shortcut) = shortcut {
                    part(shortcut, visit);
                }
            }
            Node::Join { branches: Branches::Listed(chains), .. } => {
                chains.iter_mut().for_each(|chain| chain.for_each_stage(visit));
            }
            Node::Join { branches: Branches::Loop(turns), .. } => turns.body.for_each_stage(visit),
            Node::Loop(turns) => turns.body.for_each_stage(visit),
            Node::If(inner) => choice(inner, visit),
            Node::Arithmetic(arithmetic) => arithmetic.for_each_stage(visit),
            Node::Call(_)
            | Node::Field { .. }
            | Node::Shape(_)
            | Node::External { .. }
            | Node::Apply { .. }
            | Node::Error => {}
        }
    }
}

impl crate::tree::Arithmetic {
    fn for_each_stage(&mut self, visit: &mut dyn FnMut(&mut Stage)) {
        use crate::tree::Arithmetic;
        match self {
            Arithmetic::Number(..) | Arithmetic::Value(_) => {}
            Arithmetic::Chain(chain, _) => chain.for_each_stage(visit),
            Arithmetic::Binary { left, right, .. } => {
                left.for_each_stage(visit);
                right.for_each_stage(visit);
            }
        }
    }
}
