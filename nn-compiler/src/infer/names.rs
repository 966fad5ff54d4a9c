//! Names: what a stage's parameters are saved under, and the field that holds them.

use super::frame::Naming;
use super::scope::Binding;
use super::value::{Datum, Flow};
use super::{Frame, Inference};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Callee, Content, Field, Form, Hole, LocalKind, Operand, Outline, Part, Step, Written};
use crate::size::Size;
use crate::tree::{Body, Label, Stage};
use proc_macro2::Span;
use std::collections::BTreeMap;

/// What a stage is called.
#[derive(Clone, Debug)]
pub struct Name {
    /// The levels that it adds to the names of its parameters.
    pub key: Vec<String>,
    /// As one word: `conv2`, `self.query`.
    pub text: String,
    pub labelled: bool,
    pub span: Span,
}

impl Name {
    /// What messages call the stage: a position says nothing, so there the word of the layer or block stands for it.
    pub fn title<'n>(&'n self, word: &'n str) -> &'n str {
        if self.text.parse::<usize>().is_ok() || self.text.is_empty() { word } else { &self.text }
    }
}

impl Inference<'_> {
    /// The name of a stage: its label, or what an unlabelled stage of its kind is called next.
    pub fn name_of(&mut self, stage: &Stage, stem: &str) -> Name {
        match &stage.label {
            Some(label) => {
                let text = self.label_text(label);
                let key = text.split('.').filter(|level| !level.is_empty()).map(str::to_string).collect();
                Name { key, text, labelled: true, span: label.place.first }
            }
            None => {
                let text = self.frame().naming.next(stem);
                Name { key: vec![text.clone()], text, labelled: false, span: stage.place.first }
            }
        }
    }

    /// A label with the names of loops filled in.
    fn label_text(&mut self, label: &Label) -> String {
        if !label.quoted {
            return label.text.clone();
        }
        let mut text = String::new();
        let mut rest = label.text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                self.say(Mistake::new(label.place, "`{` in a label is not closed"));
                break;
            };
            text.push_str(before);
            text.push_str(&self.label_number(label, name));
            rest = after;
        }
        text + rest
    }

    fn label_number(&mut self, label: &Label, name: &str) -> String {
        let ident = syn::parse_str::<proc_macro2::Ident>(name).ok();
        match ident.as_ref().and_then(|ident| self.scope.find(ident)) {
            Some(Binding::Datum(Datum::Size(size, _))) if size.as_constant().is_some() => size.to_string(),
            Some(Binding::Datum(Datum::Word(word))) => word.to_string(),
            Some(Binding::Datum(Datum::Text(text))) => text.value(),
            Some(Binding::Datum(Datum::Broken)) => format!("{{{name}}}"),
            Some(Binding::Datum(other)) => {
                let what = format!("`{{{name}}}` in a label stands for a number, and `{name}` is {}", other.kind());
                self.misread(label, name, what)
            }
            _ => {
                let what = format!("`{{{name}}}` in a label stands for a loop's name, and there is no `{name}` here");
                self.misread(label, name, what)
            }
        }
    }

    /// Reports a mistake in a label. Its braces stay, by which [`Inference::check_names`] knows it.
    fn misread(&mut self, label: &Label, name: &str, what: String) -> String {
        self.say(Mistake::new(label.place, what));
        format!("{{{name}}}")
    }

    /// Reports stages of the same name: their parameters would be saved under one key.
    pub fn check_names(&mut self, outlines: &[Outline]) {
        let mut seen: BTreeMap<String, Vec<&Outline>> = BTreeMap::new();
        let mut mistakes = Vec::new();
        Outline::for_each_path(outlines, &mut Vec::new(), &mut |name, path| {
            // A label that was misread was reported.
            if name.contains('{') {
                return;
            }
            if let Some(other) = seen.insert(name.to_string(), path.to_vec()) {
                mistakes.push(same_name(name, &other, path).note(format!("both would be saved as `{name}`")));
            }
        });
        for (name, stage) in &seen {
            let outer = name.match_indices('.').find_map(|(dot, _)| seen.get_key_value(&name[..dot]));
            if let Some((outer, tensor)) =
                outer.filter(|(_, path)| path.last().is_some_and(|last| last.network.is_none()))
            {
                let note = format!("a parameter is saved as `{outer}`, so nothing can be saved as `{name}`");
                mistakes.push(same_name(name, tensor, stage).note(note));
            }
        }
        mistakes.into_iter().for_each(|mistake| self.report.push(mistake));
    }

    /// Moves the naming on past a stage.
    pub fn advance(&mut self, name: &Name, stem: &str, owns: bool) {
        self.frame().naming.advance(stem, name.labelled, owns);
    }

    /// `{ .. }` as a stage: a struct of its own, whose unlabelled stages are named by position.
    pub fn group(&mut self, stage: &Stage, body: &Body, flow: &Flow) -> Flow {
        self.nested(stage, "group", Naming::Positional(0), flow, |this, flow| this.body(body, flow))
    }

    /// A keyword with a label is a group; without, it adds no level.
    pub fn within_label(&mut self, stage: &Stage, flow: &Flow, inner: impl FnOnce(&mut Self, &Flow) -> Flow) -> Flow {
        match stage.label {
            Some(_) => self.nested(stage, "group", Naming::Positional(0), flow, inner),
            None => inner(self, flow),
        }
    }

    /// Runs `inner` in a struct of its own, and calls that struct from here.
    pub fn nested(
        &mut self,
        stage: &Stage,
        stem: &str,
        naming: Naming,
        flow: &Flow,
        inner: impl FnOnce(&mut Self, &Flow) -> Flow,
    ) -> Flow {
        let name = self.name_of(stage, stem);
        // A group is named after its label; a block after itself.
        let struct_stem = if name.labelled && stem == "group" { &name.text } else { stem };
        let (frame, result) = self.build(struct_stem, naming, flow, inner);
        self.advance(&name, stem, frame.is_named());
        if result.is_broken() {
            return Flow::Broken;
        }
        self.place(frame, &name, (stem, &stage.node.listing()), flow, result)
    }

    /// A struct that takes `flow`.
    pub fn build(
        &mut self,
        stem: &str,
        naming: Naming,
        flow: &Flow,
        inner: impl FnOnce(&mut Self, &Flow) -> Flow,
    ) -> (Frame, Flow) {
        let mut frame = Frame::new(stem, naming);
        let locals: Vec<usize> = flow.values().iter().map(|_| frame.parameter(LocalKind::Tensor, None)).collect();
        self.frames.push(frame);
        let inside = match flow {
            Flow::Broken => Flow::Broken,
            Flow::Values(values) => Flow::Values(
                values.iter().zip(locals).map(|(v, local)| self.value(local, v.ty.clone(), v.origin.clone())).collect(),
            ),
        };
        let result = inner(self, &inside);
        let results: Vec<usize> = result.values().to_vec().iter().map(|value| self.localise(value.reference)).collect();
        let mut frame = self.frames.pop().expect("it was pushed above");
        frame.function.results = results;
        (frame, result)
    }

    /// Makes a finished struct a field of this one, and calls it; one that owns nothing is written out in place.
    fn place(
        &mut self,
        mut frame: Frame,
        name: &Name,
        (kind, listing): (&str, &str),
        flow: &Flow,
        result: Flow,
    ) -> Flow {
        let mut operands: Vec<usize> = flow.values().to_vec().iter().map(|v| self.localise(v.reference)).collect();
        operands.extend(frame.captures.clone().into_iter().map(|(outer, _)| self.localise(outer)));
        let (owns, reads) = (frame.owns(), frame.tensors_of(&operands));
        if kind == "group"
            && let Some(step) = frame.only_loop()
        {
            return self.lift(frame, &step, (name, listing), (&operands, &reads), &result);
        }
        let outline = Outline {
            key: if frame.is_named() { name.key.clone() } else { Vec::new() },
            place: name.span.into(),
            kind: kind.to_string(),
            listing: frame.listing.take().unwrap_or_else(|| listing.to_string()),
            outputs: result.tensor_types(),
            results: frame.results(),
            children: std::mem::take(&mut frame.outline),
            ..Outline::default()
        };
        let results = if owns {
            let instance = self.intern(frame);
            let hole = Hole { of: instance.of, count: instance.sizes.len() };
            let field = self.add_field(name, listing, Content::Struct(hole), instance.sizes);
            let operands = operands.into_iter().map(Operand::Local).collect();
            let count = result.values().len();
            self.frame().call_many(Callee::Field(field), operands, count, Form::of(count))
        } else {
            self.inline(frame, &operands)
        };
        self.frame().add_stage(outline, &reads, &results);
        let origin = format!("`{}`", name.title(kind));
        let values = result.values().iter().zip(results).map(|(value, local)| {
            let origin = if owns { origin.clone() } else { value.origin.clone() };
            self.value(local, value.ty.clone(), origin)
        });
        Flow::Values(values.collect())
    }

    /// A group that is nothing but one loop over an array needs no struct: the array stands for it.
    fn lift(
        &mut self,
        mut frame: Frame,
        step: &Step,
        (name, listing): (&Name, &str),
        (operands, reads): (&[usize], &[usize]),
        result: &Flow,
    ) -> Flow {
        let parameters = frame.function.parameters.clone();
        let outer = |operand: &Operand| {
            let position = parameters.iter().position(|parameter| *operand == Operand::Local(*parameter));
            position.map_or_else(|| operand.clone(), |position| Operand::Local(operands[position]))
        };
        let fed = step.operands.iter().map(outer).collect();
        let content = frame.fields.remove(0).content;
        let outline = Outline {
            key: name.key.clone(),
            place: name.span.into(),
            kind: "group".to_string(),
            listing: listing.to_string(),
            outputs: result.tensor_types(),
            results: frame.results(),
            children: frame.outline,
            ..Outline::default()
        };
        let field = self.add_field(name, listing, content, frame.sizes);
        let frame = self.frame();
        let results = frame.call_many(Callee::Each(field), fed, step.results.len(), step.form);
        let group = frame.outline.len();
        if let Some(each) = frame.function.steps.last_mut() {
            each.stage = step.clone().inside(group).stage;
        }
        frame.add_stage(outline, reads, &results);
        let origin = format!("`{}`", name.title("group"));
        let values = result.values().iter().zip(results);
        Flow::Values(values.map(|(value, local)| self.value(local, value.ty.clone(), origin.clone())).collect())
    }

    /// Adds a field for a stage.
    pub fn add_field(&mut self, name: &Name, listing: &str, content: Content, sizes: Vec<Size>) -> usize {
        let frame = self.frame();
        let text = if name.text.is_empty() { listing } else { &name.text };
        let ident = frame.field_name(text, name.span);
        let field = Field { name: ident, key: name.key.clone(), listing: listing.to_string(), content, module: None };
        frame.push_field(field, sizes)
    }

    /// Writes the steps of a struct without fields into this one.
    fn inline(&mut self, frame: Frame, operands: &[usize]) -> Vec<usize> {
        let function = frame.function;
        let target = self.frame();
        let mut map: Vec<usize> = Vec::with_capacity(function.locals.len());
        for (index, local) in function.locals.iter().enumerate() {
            let parameter = function.parameters.iter().position(|parameter| *parameter == index);
            map.push(match parameter {
                Some(position) => operands[position],
                None => target.local(local.kind.clone(), local.name.clone()),
            });
        }
        let group = target.outline.len();
        let steps = function.steps.iter().map(|step| step.renamed(&map).inside(group));
        target.function.steps.extend(steps);
        function.results.iter().map(|local| map[*local]).collect()
    }
}

/// A stage of the same name as another: the first that is not the same on the way to what they hold.
fn same_name(name: &str, one: &[&Outline], other: &[&Outline]) -> Mistake {
    let apart = one.iter().zip(other).position(|(one, other)| !std::ptr::eq(*one, *other));
    let stage = other[apart.unwrap_or(other.len() - 1)];
    let what = match stage.key.as_slice() {
        [] => format!("there is another parameter called `{}`", name.rsplit('.').next().unwrap_or(name)),
        key => format!("there is another stage called `{}`", key.join(".")),
    };
    Mistake::new(stage.place, what)
}

impl Outline {
    /// Visits the full names of all parameters and buffers, and those of networks inside.
    pub fn for_each_name(outlines: &[Outline], visit: &mut dyn FnMut(&str, Place)) {
        Outline::for_each_path(outlines, &mut Vec::new(), &mut |name, path| {
            path.last().into_iter().for_each(|outline| visit(name, outline.place));
        });
    }

    /// The names of parameters that are others, each with the name that the other is saved under.
    pub fn aliases(outlines: &[Outline]) -> Vec<(String, String)> {
        let mut aliases = Vec::new();
        Outline::for_each_path(outlines, &mut Vec::new(), &mut |name, path| {
            let Some((outline, outer)) = path.split_last() else { return };
            let last = name.rsplit('.').next();
            let Some(tied) = outline.tied.iter().find(|tied| Some(tied.name.as_str()) == last) else { return };
            let holder = outer[..outer.len() - tied.up].iter().flat_map(|outline| &outline.key).map(String::as_str);
            let to: Vec<&str> = holder.chain([tied.to.as_str()]).collect();
            aliases.push((name.to_string(), to.join(".")));
        });
        aliases
    }

    /// As [`Outline::for_each_name`], with the stages that lead there, outermost first.
    fn for_each_path<'o>(
        outlines: &'o [Outline],
        path: &mut Vec<&'o Outline>,
        visit: &mut dyn FnMut(&str, &[&'o Outline]),
    ) {
        for outline in outlines.iter().filter(|outline| outline.part != Part::Used) {
            path.push(outline);
            let key = || path.iter().flat_map(|outline| &outline.key).map(String::as_str);
            let names = outline.tensors.iter().map(|(tensor, _)| key().chain([tensor.name.as_str()]).collect());
            let tied = outline.tied.iter().map(|tied| key().chain([tied.name.as_str()]).collect());
            let network = outline.network.iter().map(|_| key().collect());
            let names: Vec<Vec<&str>> = names.chain(tied).chain(network).collect();
            names.iter().for_each(|name| visit(&name.join("."), path));
            Outline::for_each_path(&outline.children, path, visit);
            path.pop();
        }
    }
}

impl Written {
    /// The same with other variables.
    fn renamed(self, map: &[usize]) -> Written {
        match self {
            Written::As(mut python) => {
                python.operands = python.operands.iter().map(|operand| operand.renamed(map)).collect();
                Written::As(python)
            }
            other => other,
        }
    }
}

impl Step {
    /// The same step with other variables.
    pub fn renamed(&self, map: &[usize]) -> Step {
        Step {
            results: self.results.iter().map(|local| map[*local]).collect(),
            operands: self.operands.iter().map(|operand| operand.renamed(map)).collect(),
            written: self.written.clone().renamed(map),
            ..self.clone()
        }
    }

    /// The same step where its body is a group of another.
    fn inside(mut self, group: usize) -> Step {
        if let Some(stage) = &mut self.stage {
            stage.insert(0, group);
        }
        self
    }
}

impl Operand {
    /// The same operand with other variables.
    fn renamed(&self, map: &[usize]) -> Operand {
        let code = |code: &crate::shaped::Code| code.map(&mut |local| map[*local]);
        match self {
            Operand::Local(local) => Operand::Local(map[*local]),
            Operand::Tensors(operands) => {
                Operand::Tensors(operands.iter().map(|operand| operand.renamed(map)).collect())
            }
            Operand::List(operands) => Operand::List(operands.iter().map(|operand| operand.renamed(map)).collect()),
            Operand::Some(operand) => Operand::Some(Box::new(operand.renamed(map))),
            Operand::Size(size) => Operand::Size(code(size)),
            Operand::Number(number) => Operand::Number(code(number)),
            Operand::Sizes(sizes) => Operand::Sizes(sizes.iter().map(code).collect()),
            Operand::Bindings(bindings) => {
                Operand::Bindings(bindings.iter().map(|(symbol, value)| (symbol.clone(), code(value))).collect())
            }
            other => other.clone(),
        }
    }
}
