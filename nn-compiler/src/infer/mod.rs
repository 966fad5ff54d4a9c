//! From resolved listings to shaped networks: an interpreter of the listing, whose values are shapes.
//! It enters blocks, unrolls loops and decides conditions. What remains is structs, calls and sizes.

mod arithmetic;
mod array;
mod body;
mod branch;
mod budget;
mod call;
mod declare;
mod expression;
mod external;
mod layer;
mod listing;
mod names;
mod nested;
mod network;
mod repeat;
mod shared;
mod stage;
mod tied;
mod undecided;

use crate::report::{Mistake, Report};
use crate::resolve::Program;
use crate::shaped::{Code, Content, Deferred, Init, Instance, LocalKind, Network, Struct};
use crate::state::{Flow, Frame, Proofs, Reference, Scope, Value};
use crate::tree;
use proc_macro2::{Ident, TokenStream};
use std::collections::BTreeMap;

/// Infers a network. Mistakes go to `report`; the result is usable only if there were none.
pub fn infer(network: &tree::Network, program: &Program, report: &mut Report) -> Option<Network> {
    Inference::new(program, report).network(network)
}

/// Why something has no value: a mistake, or `None` if that was reported before.
type Wrong = Option<Mistake>;

struct Inference<'a> {
    program: &'a Program,
    report: &'a mut Report,
    scope: Scope,
    proofs: Proofs,
    /// The structs being built, outermost first.
    frames: Vec<Frame>,
    /// The finished structs.
    structs: Vec<Struct>,
    /// See [`Network::variants`].
    variants: BTreeMap<usize, usize>,
    /// The calls of blocks and the turns of loops around the current stage, for messages.
    calls: Vec<String>,
    /// Checks that are left to rustc: the signatures of other networks, and the budget.
    for_rustc: Vec<Deferred>,
    /// The Rust tokens that opaque names in sizes stand for.
    opaques: BTreeMap<String, TokenStream>,
    /// How the network's forward function computes each symbol.
    symbols: BTreeMap<String, Code<Reference>>,
    /// The current network or block.
    item: String,
    /// The frame of the innermost block. Stages of frames further out are not visible in it.
    floor: usize,
    /// How many turns all loops have made.
    turns: i64,
    /// Whether inference went on from an assertion after a mistake; from there on it only looks for more mistakes.
    resumed: bool,
    /// Whether a predicate of the `where` clause could not be read, so that facts may be missing.
    unread: bool,
    /// `#[init(..)]`
    init: Option<Init>,
}

impl<'a> Inference<'a> {
    fn new(program: &'a Program, report: &'a mut Report) -> Self {
        Inference {
            program,
            report,
            scope: Scope::default(),
            proofs: Proofs::default(),
            frames: Vec::new(),
            structs: Vec::new(),
            variants: BTreeMap::new(),
            calls: Vec::new(),
            for_rustc: Vec::new(),
            opaques: BTreeMap::new(),
            symbols: BTreeMap::new(),
            item: String::new(),
            floor: 0,
            turns: 0,
            resumed: false,
            unread: false,
            init: None,
        }
    }

    /// The innermost struct being built.
    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a walk is always inside a struct")
    }

    /// Reports a mistake, with a note on the calls of blocks around it.
    fn say(&mut self, mistake: impl Into<Wrong>) {
        let Some(mistake) = mistake.into() else { return };
        let mistake = self.in_calls(mistake);
        self.report.push(mistake);
    }

    /// Adds the calls of blocks around a mistake as a note.
    fn in_calls(&self, mistake: Mistake) -> Mistake {
        self.calls.iter().rev().fold(mistake, |mistake, call| mistake.note(call.clone()))
    }

    /// Runs `inner`, and adds `note` to all mistakes found in it, also to those that are decided later.
    fn within<T>(&mut self, note: impl Into<Option<String>>, inner: impl FnOnce(&mut Self) -> T) -> T {
        let Some(note) = note.into() else { return inner(self) };
        let mark = self.proofs.mark();
        self.calls.push(note.clone());
        let result = inner(self);
        self.calls.pop();
        for mistake in self.proofs.since(mark) {
            mistake.add_note(note.clone());
        }
        result
    }

    /// Reports a mistake and returns a flow on which nothing more is reported.
    fn broken(&mut self, mistake: impl Into<Wrong>) -> Flow {
        self.say(mistake);
        Flow::Broken
    }

    /// The innermost function's variable for one of an outer function, which is passed down as a parameter.
    fn localise(&mut self, reference: Reference) -> usize {
        let depth = self.frames.len() - 1;
        self.localise_at(depth, reference)
    }

    fn localise_at(&mut self, depth: usize, reference: Reference) -> usize {
        if reference.frame == depth {
            return reference.local;
        }
        if let Some((_, local)) = self.frames[depth].captures.iter().find(|(outer, _)| *outer == reference) {
            return *local;
        }
        let outer = &self.frames[reference.frame].function.locals[reference.local];
        let kind = match &outer.kind {
            LocalKind::Field { tensor: Some(_), .. } => LocalKind::Tensor,
            LocalKind::Field { field, tensor: None } => match &self.frames[reference.frame].fields[*field].content {
                Content::Number(_) => LocalKind::Number,
                Content::Struct(hole) => LocalKind::Shared(hole.of),
                _ => LocalKind::Tensor,
            },
            kind => kind.clone(),
        };
        let given = self.frames[depth].given.iter().find(|(variable, _)| *variable == reference);
        let name = given.map(|(_, name)| name.clone()).or_else(|| outer.name.clone());
        let local = self.frames[depth].parameter(kind, name);
        self.frames[depth].captures.push((reference, local));
        local
    }

    /// [`Inference::localise`] for all values of a flow.
    fn localise_flow(&mut self, flow: &Flow) -> Vec<usize> {
        flow.values().iter().map(|value| self.localise(value.reference)).collect()
    }

    /// [`Inference::localise`] for a value.
    fn localise_value(&mut self, value: &Value) -> Value {
        let local = self.localise(value.reference);
        Value { reference: Reference { frame: self.frames.len() - 1, local }, ..value.clone() }
    }

    /// Finishes a struct. Equal structs are stored once.
    fn intern(&mut self, frame: Frame) -> Instance {
        let (made, sizes, _) = frame.into_struct();
        let of = self.structs.iter().position(|known| *known == made).unwrap_or_else(|| {
            self.structs.push(made);
            self.structs.len() - 1
        });
        Instance { of, sizes }
    }

    /// A new tensor variable of the innermost function, as a value.
    fn value(&self, local: usize, ty: crate::shaped::TensorType, origin: impl Into<String>) -> Value {
        Value {
            ty,
            reference: Reference { frame: self.frames.len() - 1, local },
            origin: origin.into(),
            parameter: None,
        }
    }

    /// Names the variable of a value as the user named the value.
    fn name_variable(&mut self, value: &Value, name: &Ident) {
        let local = &mut self.frames[value.reference.frame].function.locals[value.reference.local];
        if local.kind == LocalKind::Tensor && local.name.is_none() {
            local.name = Some(name.clone());
        }
    }
}
