//! Names: every call finds its layer or block, every argument its name, before any shape is looked at.
//!
//! The rules, in the order in which they are checked:
//! - no two items have one name, and no block has a layer's;
//! - no two inputs, outputs, generics or parameters of an item have one name;
//! - no block calls itself, directly or through others;
//! - a call names a layer, a block, a `shared`, or (first in its chain) a value;
//! - arguments are known, given once, and complete;
//! - with several inputs, every chain names its start;
//! - what is named by `let`, `param`, `buffer`, `shared`, or as an input, is used.

mod arguments;
mod recursion;
mod walk;

use crate::layers::Layer;
use crate::place::Place;
use crate::report::{Mistake, Report};
use crate::tree::{Block, File, Network, Outputs};
use proc_macro2::Ident;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

/// The items of one `network!`, whose names are known to be right or were reported.
#[derive(Debug, Default)]
pub struct Program {
    pub networks: Vec<Network>,
    pub blocks: BTreeMap<String, Block>,
    /// Every use of a layer's name, for editors to show what it is.
    pub keywords: Vec<Ident>,
    /// For each item, the stages whose parameters are used by name: `embed` in `embed.weight`.
    pub owners: BTreeMap<String, BTreeSet<String>>,
    /// Whether an item could not be read, so that an unknown name may be the name of that.
    incomplete: bool,
    /// Where the stages with reported mistakes begin. Their results are unknown.
    wrong: BTreeSet<(usize, usize)>,
}

impl Program {
    /// Whether a mistake was reported for the stage that begins here.
    pub fn is_wrong(&self, place: impl Into<Place>) -> bool {
        self.wrong.contains(&place.into().start())
    }
}

/// Checks all names.
pub fn resolve(file: File, report: &mut Report) -> Program {
    check_items(&file, report);
    let mut program = Program { networks: file.networks, incomplete: file.incomplete, ..Program::default() };
    for block in file.blocks.into_iter().filter(|block| Layer::find(&block.name.to_string()).is_none()) {
        program.blocks.entry(block.name.to_string()).or_insert(block);
    }
    recursion::cut(&mut program, report);
    let mut findings = walk::Findings::default();
    let mut owners = BTreeMap::new();
    for network in &program.networks {
        walk::network(network, &program, report, &mut findings);
        owners.insert(network.name.to_string(), take(&mut findings.owners));
    }
    for (name, block) in &program.blocks {
        walk::block(block, &program, report, &mut findings);
        owners.insert(name.clone(), take(&mut findings.owners));
    }
    report.settle();
    let walk::Findings { keywords, wrong, .. } = findings;
    Program { keywords, owners, wrong, ..program }
}

fn check_items(file: &File, report: &mut Report) {
    let items = file.networks.iter().map(|network| &network.name).chain(file.blocks.iter().map(|block| &block.name));
    distinct(items, "in this `network!`", report);
    for network in &file.networks {
        distinct(network.generics.iter().map(|generic| &generic.name), "among the generics", report);
        distinct(network.inputs.iter().map(|input| &input.name), "among the inputs", report);
        if let Outputs::Named(outputs) = &network.outputs {
            distinct(outputs.iter().map(|(name, _)| name), "among the outputs", report);
        }
    }
    for block in &file.blocks {
        distinct(block.parameters.iter().map(|parameter| &parameter.name), "among the parameters", report);
        if Layer::find(&block.name.to_string()).is_some() {
            report.push(Mistake::new(
                &block.name,
                format!("`{}` is a layer, so a block cannot be called that", block.name),
            ));
        }
    }
}

/// Reports every name that occurs twice in `scope`.
fn distinct<'a>(names: impl Iterator<Item = &'a Ident>, scope: &str, report: &mut Report) {
    let mut seen: BTreeSet<&Ident> = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            report.push(Mistake::new(name, format!("there is another `{name}` {scope}")));
        }
    }
}
