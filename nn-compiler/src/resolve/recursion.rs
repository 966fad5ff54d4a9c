//! Blocks that call themselves, whose expansion would never end.

use super::Program;
use crate::report::{Mistake, Report};
use crate::tree::{Block, Node};
use proc_macro2::Ident;
use std::collections::BTreeMap;

/// Reports every call that closes a cycle, and removes it.
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
    let mistake = Mistake::new(call, format!("`{call}` calls itself endlessly"));
    match circle {
        [_] => mistake,
        circle => mistake.note(format!("`{}` calls `{call}`", circle.join("` calls `"))),
    }
}
