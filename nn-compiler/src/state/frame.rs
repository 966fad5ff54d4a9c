//! A struct and its forward function, while they are being built.

use super::value::Reference;
use crate::shaped::{
    Callee, Content, Field, Form, Function, Local, LocalKind, Operand, Outline, Part, Python, Source, Step, Struct,
    Written,
};
use crate::size::Size;
use crate::tree::Attributes;
use proc_macro2::{Ident, Span};
use std::collections::BTreeMap;

/// One struct of the network: the network itself, a block that was called, or a group.
#[derive(Debug)]
pub struct Frame {
    pub stem: String,
    /// The block's call as it was written, with names replaced by their numbers.
    pub listing: Option<String>,
    pub fields: Vec<Field>,
    /// The sizes of the fields' parameters, which may differ between instances of the same struct.
    pub sizes: Vec<Size>,
    pub function: Function,
    pub naming: Naming,
    /// The outer variables that the body uses, each with the parameter that holds it here.
    pub captures: Vec<(Reference, usize)>,
    pub outline: Vec<Outline>,
    /// The PyTorch module that it is derived from.
    pub parent: Option<Python>,
    /// For each variable, the index of the stage that makes it.
    makers: BTreeMap<usize, usize>,
    /// The block's names for the variables that were passed to it.
    pub given: Vec<(Reference, Ident)>,
}

/// How the unlabelled stages of a body are named.
#[derive(Clone, Debug)]
pub enum Naming {
    /// `conv1`, `bn1`, `conv2`
    Counted(BTreeMap<String, usize>),
    /// `0`, `1`, `2`
    Positional(usize),
}

impl Naming {
    /// The naming that the attributes of a network or block ask for.
    pub fn of(attributes: &Attributes) -> Naming {
        match attributes.sequential {
            Some(_) => Naming::Positional(0),
            None => Naming::counted(),
        }
    }

    /// The default naming in a network or block.
    pub fn counted() -> Naming {
        Naming::Counted(BTreeMap::new())
    }

    /// The name of the next unlabelled stage of a kind.
    pub fn next(&self, stem: &str) -> String {
        match self {
            Naming::Counted(counts) => format!("{stem}{}", counts.get(stem).unwrap_or(&0) + 1),
            Naming::Positional(position) => position.to_string(),
        }
    }

    /// Counts a stage. Labelled stages take up a position too; only owners of parameters are counted by kind.
    pub fn advance(&mut self, stem: &str, labelled: bool, owns: bool) {
        match self {
            Naming::Counted(counts) if owns && !labelled => *counts.entry(stem.to_string()).or_default() += 1,
            Naming::Counted(_) => {}
            Naming::Positional(position) => *position += 1,
        }
    }
}

impl Frame {
    /// An empty struct.
    pub fn new(stem: &str, naming: Naming) -> Frame {
        Frame {
            stem: stem.to_string(),
            listing: None,
            fields: Vec::new(),
            sizes: Vec::new(),
            function: Function::default(),
            naming,
            captures: Vec::new(),
            outline: Vec::new(),
            parent: None,
            makers: BTreeMap::new(),
            given: Vec::new(),
        }
    }

    /// A new variable.
    pub fn local(&mut self, kind: LocalKind, name: Option<Ident>) -> usize {
        self.function.locals.push(Local { kind, name });
        self.function.locals.len() - 1
    }

    /// A new parameter of the forward function.
    pub fn parameter(&mut self, kind: LocalKind, name: Option<Ident>) -> usize {
        let local = self.local(kind, name);
        self.function.parameters.push(local);
        local
    }

    /// Calls something that gives one tensor.
    pub fn call(&mut self, callee: Callee, operands: Vec<Operand>) -> usize {
        self.call_many(callee, operands, 1, Form::One)[0]
    }

    /// Calls something that gives several tensors.
    pub fn call_many(&mut self, callee: Callee, operands: Vec<Operand>, count: usize, form: Form) -> Vec<usize> {
        let results: Vec<usize> = (0..count).map(|_| self.local(LocalKind::Tensor, None)).collect();
        let written = Written::default();
        let stage = None;
        self.function.steps.push(Step { results: results.clone(), form, callee, operands, written, stage });
        results
    }

    /// Sets how a layer, whose steps begin at `first`, is written in Python: as `python` in place of the step that makes
    /// `result`, and nothing for the other steps.
    pub fn write(&mut self, first: usize, result: Option<usize>, python: Option<Python>) {
        let mut python = python;
        for step in &mut self.function.steps[first..] {
            let gives = result.is_some_and(|result| step.results.contains(&result));
            step.written = match (&step.callee, python.take_if(|_| gives)) {
                (Callee::SizeOf(_), _) => Written::Alike,
                (_, Some(python)) => Written::As(Box::new(python)),
                (_, None) => Written::Elsewhere,
            };
        }
    }

    /// The size of a tensor along an axis, as a variable.
    pub fn size_of(&mut self, tensor: usize, axis: usize, name: Option<Ident>) -> usize {
        let size = self.local(LocalKind::Size, name);
        let (callee, operands, written) = (Callee::SizeOf(axis), vec![Operand::Local(tensor)], Written::default());
        let (form, stage) = (Form::One, None);
        self.function.steps.push(Step { results: vec![size], form, callee, operands, written, stage });
        size
    }

    /// Adds a stage that takes some variables and gives others.
    pub fn add_stage(&mut self, stage: Outline, reads: &[usize], makes: &[usize]) {
        let from = reads.iter().map(|local| self.source(*local)).collect();
        for local in makes {
            self.makers.entry(*local).or_insert(self.outline.len());
        }
        let ends = |step: &&mut Step| step.results.iter().any(|local| makes.contains(local));
        if let Some(step) = self.function.steps.iter_mut().rev().find(ends).filter(|step| step.stage.is_none()) {
            step.stage = Some(vec![self.outline.len()]);
        }
        self.outline.push(Outline { from, ..stage });
    }

    /// Where the value of a variable comes from.
    pub fn source(&self, local: usize) -> Source {
        let tensors = self.function.parameters.iter().filter(|parameter| self.is_tensor(**parameter));
        match (self.makers.get(&local), tensors.enumerate().find(|(_, parameter)| **parameter == local)) {
            (_, Some((position, _))) => Source::Input(position),
            (Some(stage), None) => Source::Stage(*stage),
            (None, None) => Source::Parameter,
        }
    }

    /// Where the results come from.
    pub fn results(&self) -> Vec<Source> {
        self.function.results.iter().map(|local| self.source(*local)).collect()
    }

    /// The tensors among what the function is given.
    pub fn tensors_of<T: Copy>(&self, given: &[T]) -> Vec<T> {
        let given = self.function.parameters.iter().zip(given);
        given.filter(|(parameter, _)| self.is_tensor(**parameter)).map(|(_, given)| *given).collect()
    }

    /// Whether a variable is a tensor that a function gave or takes.
    pub fn is_tensor(&self, local: usize) -> bool {
        self.function.locals[local].kind == LocalKind::Tensor
    }

    /// The tensors made earlier that the steps since `start` use.
    pub fn reads_since(&self, start: usize) -> Vec<usize> {
        let steps = &self.function.steps[start..];
        let made: Vec<usize> = steps.iter().flat_map(|step| step.results.iter().copied()).collect();
        let mut reads = Vec::new();
        let mut read = |local| {
            if self.is_value(local) && !made.contains(&local) && !reads.contains(&local) {
                reads.push(local);
            }
        };
        steps.iter().for_each(|step| step.for_each_local(&mut read));
        reads
    }

    /// Whether a variable is a tensor, be it in a field or not.
    fn is_value(&self, local: usize) -> bool {
        self.is_tensor(local) || self.makers.contains_key(&local)
    }

    /// An unused name for a field.
    pub fn field_name(&self, key: &str, span: Span) -> Ident {
        let base = rust_name(key);
        let taken = |name: &str| self.fields.iter().any(|field| field.name == name);
        let mut name = base.clone();
        let mut number = 2;
        while taken(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        Ident::new(&name, span)
    }

    /// Adds a field with the sizes of its parameters.
    pub fn push_field(&mut self, field: Field, sizes: impl IntoIterator<Item = Size>) -> usize {
        self.fields.push(field);
        self.sizes.extend(sizes);
        self.fields.len() - 1
    }

    /// The finished struct.
    pub fn into_struct(self) -> (Struct, Vec<Size>, Vec<Outline>) {
        let Frame { stem, fields, function, sizes, outline, parent, .. } = self;
        (Struct { stem, fields, function, parent }, sizes, outline)
    }

    /// The only step, if it is the loop over the only field, an array.
    pub fn only_loop(&self) -> Option<Step> {
        match (self.fields.as_slice(), self.function.steps.as_slice()) {
            ([Field { content: Content::Array { .. }, key, .. }], [step])
                if key.is_empty() && step.callee == Callee::Each(0) && step.results == self.function.results =>
            {
                Some(step.clone())
            }
            _ => None,
        }
    }

    /// If the only field is a layer without a name, makes the layer's parameters the fields: `encoder.weight`.
    pub fn unwrap_layer(&mut self) {
        let [Field { key, content: Content::Layer { tensors, .. }, .. }] = self.fields.as_slice() else { return };
        if !key.is_empty() || tensors.iter().any(|tensor| tensor.name.contains('.')) {
            return;
        }
        let tensors = tensors.clone();
        self.parent = self.fields.remove(0).module;
        for tensor in &tensors {
            let (name, key) = (self.field_name(&tensor.name, Span::call_site()), vec![tensor.name.clone()]);
            let (listing, content) = (tensor.name.clone(), Content::Tensor(tensor.clone()));
            self.fields.push(Field { name, key, listing, content, module: None });
        }
        let field = |name: &str| tensors.iter().position(|tensor| tensor.name == name);
        let mut unwrap = |at: &mut usize, tensor: &mut Option<String>| {
            if let Some(position) = tensor.as_deref().and_then(field) {
                (*at, *tensor) = (position, None);
            }
        };
        let python = self.parent.is_none();
        self.function.steps.iter_mut().for_each(|step| step.for_each_field(python, &mut unwrap));
    }

    /// Whether it has a layer with this name and a `weight`.
    pub fn has_weight(&self, name: &Ident) -> bool {
        let owns = |content: &Content| match content {
            Content::Layer { tensors, .. } => tensors.iter().any(|tensor| tensor.name == "weight"),
            _ => false,
        };
        self.fields.iter().any(|field| field.name == *name && owns(&field.content))
    }

    /// Whether parameters, its own or tied ones, are saved under its name.
    pub fn is_named(&self) -> bool {
        fn ties(outline: &[Outline]) -> bool {
            outline.iter().any(|stage| stage.part != Part::Used && (!stage.tied.is_empty() || ties(&stage.children)))
        }
        self.owns() || ties(&self.outline)
    }

    /// Whether it owns anything that is worth a struct.
    pub fn owns(&self) -> bool {
        !self.fields.is_empty()
    }
}

/// The nearest Rust name: `self.query` is `self_query`, `0` is `_0`, `type` is `type_`.
pub fn rust_name(key: &str) -> String {
    let fits = |c: char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || c == '_'
        } else {
            // Not every letter or digit of Unicode is allowed in a Rust identifier.
            c.is_alphanumeric() && syn::parse_str::<Ident>(&format!("x{c}")).is_ok()
        }
    };
    let mut name: String = key.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if syn::parse_str::<Ident>(&name).is_err() {
        name.push('_');
    }
    name
}
