//! From resolved listings to shaped networks: the listing is walked as an interpreter would walk it, with shapes for values.
//! Blocks are entered, loops turn, conditions are decided; what remains is structs, calls and sizes.

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

/// Infers a network. What is wrong goes to `report`; the network is usable only if nothing was added there.
pub fn infer(network: &tree::Network, program: &Program, report: &mut Report) -> Option<Network> {
    Inference::new(program, report).network(network)
}

/// Why something has no value: a mistake, or one that was reported before.
type Wrong = Option<Mistake>;

/// The state of the walk.
struct Inference<'a> {
    program: &'a Program,
    report: &'a mut Report,
    scope: Scope,
    proofs: Proofs,
    /// The structs being built, outermost first.
    frames: Vec<Frame>,
    /// The structs that are finished.
    structs: Vec<Struct>,
    /// As [`Network::variants`].
    variants: BTreeMap<usize, usize>,
    /// The calls of blocks and the turns of loops that the walk is inside of, for messages.
    calls: Vec<String>,
    /// What rustc is to check of other networks inside this one, and of the budget.
    for_rustc: Vec<Deferred>,
    /// The tokens behind the opaque names in sizes.
    opaques: BTreeMap<String, TokenStream>,
    /// How the network's function gets at the symbols.
    symbols: BTreeMap<String, Code<Reference>>,
    /// The network or block that is being walked.
    item: String,
    /// The frame of the innermost block: it sees the stages of no frame further out.
    floor: usize,
    /// How often loops have turned.
    turns: i64,
    /// Whether a shape was taken from an assertion after a mistake: what was inferred since is for finding mistakes only.
    resumed: bool,
    /// Whether a predicate could not be read: it may say what is not known otherwise.
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

    /// The struct that is being built.
    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a walk is always inside a struct")
    }

    /// Reports a mistake, and says in which call of which block it is.
    fn say(&mut self, mistake: impl Into<Wrong>) {
        let Some(mistake) = mistake.into() else { return };
        let mistake = self.in_calls(mistake);
        self.report.push(mistake);
    }

    /// A mistake with the calls of blocks around it.
    fn in_calls(&self, mistake: Mistake) -> Mistake {
        self.calls.iter().rev().fold(mistake, |mistake, call| mistake.note(call.clone()))
    }

    /// Runs `inner`, and has `note` added to all mistakes in it, also to those that are decided later.
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

    /// Reports a mistake; what follows stays silent.
    fn broken(&mut self, mistake: impl Into<Wrong>) -> Flow {
        self.say(mistake);
        Flow::Broken
    }

    /// The variable of the innermost function that stands for one of an outer function: it is handed down as a parameter.
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

    /// As [`Inference::localise`], for all that flows.
    fn localise_flow(&mut self, flow: &Flow) -> Vec<usize> {
        flow.values().iter().map(|value| self.localise(value.reference)).collect()
    }

    /// As [`Inference::localise`], for a value.
    fn localise_value(&mut self, value: &Value) -> Value {
        let local = self.localise(value.reference);
        Value { reference: Reference { frame: self.frames.len() - 1, local }, ..value.clone() }
    }

    /// A finished struct; equal ones are one.
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

    /// Gives the variable of a value the name that the user gave to it.
    fn christen(&mut self, value: &Value, name: &Ident) {
        let local = &mut self.frames[value.reference.frame].function.locals[value.reference.local];
        if local.kind == LocalKind::Tensor && local.name.is_none() {
            local.name = Some(name.clone());
        }
    }
}
