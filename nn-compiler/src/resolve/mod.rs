//! Names: every call finds its layer or block, every argument its name, before any shape is looked at.
//!
//! The rules, in the order in which they are checked:
//! - no two items have one name, and no block has a layer's;
//! - no block calls itself, directly or through others;
//! - a call names a layer, a block, a `shared`, or (first in its chain) a value;
//! - arguments are known, given once, and complete;
//! - with several inputs, every chain names its start;
//! - what is named by `let`, `param`, `buffer`, `shared`, or as an input, is used.

mod arguments;
mod recursion;
mod walk;

use crate::layers::Layer;
use crate::report::{Mistake, Report};
use crate::tree::{Block, File, Network};
use proc_macro2::Ident;
use std::collections::BTreeMap;

/// The items of one `network!`, whose names are known to be right or were reported.
#[derive(Debug, Default)]
pub struct Program {
    pub networks: Vec<Network>,
    pub blocks: BTreeMap<String, Block>,
    /// Every use of a layer's name, for editors to show what it is.
    pub keywords: Vec<Ident>,
}

/// Checks all names.
pub fn resolve(file: File, report: &mut Report) -> Program {
    check_items(&file, report);
    let mut program = Program { networks: file.networks, blocks: BTreeMap::new(), keywords: Vec::new() };
    for block in file.blocks {
        program.blocks.entry(block.name.to_string()).or_insert(block);
    }
    recursion::cut(&mut program, report);
    let mut keywords = Vec::new();
    for network in &program.networks {
        walk::network(network, &program, report, &mut keywords);
    }
    for block in program.blocks.values() {
        walk::block(block, &program, report, &mut keywords);
    }
    program.keywords = keywords;
    program
}

fn check_items(file: &File, report: &mut Report) {
    let mut names: Vec<&Ident> = Vec::new();
    for name in file.networks.iter().map(|network| &network.name).chain(file.blocks.iter().map(|block| &block.name)) {
        if names.contains(&name) {
            report.push(Mistake::new(name, format!("there is another `{name}` in this `network!`")));
        }
        names.push(name);
    }
    for block in &file.blocks {
        if Layer::find(&block.name.to_string()).is_some() {
            report.push(Mistake::new(
                &block.name,
                format!("`{}` is a layer, so a block cannot be called that", block.name),
            ));
        }
    }
}
