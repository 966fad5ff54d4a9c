//! Structs within structs: groups, and the bodies of blocks.

use super::Inference;
use super::names::Name;
use crate::shaped::{Callee, Content, Form, Hole, LocalKind, Operand, Outline, Step};
use crate::state::{Flow, Frame, Naming};
use crate::tree::{Body, Stage};

impl Inference<'_> {
    /// Infers a group `{ .. }`: a struct, whose unlabelled stages are named by position.
    pub fn group(&mut self, stage: &Stage, body: &Body, flow: &Flow) -> Flow {
        self.nested(stage, "group", Naming::Positional(0), flow, |this, flow| this.body(body, flow))
    }

    /// Infers a keyword's stage: with a label it is a group, without one it adds no level.
    pub fn within_label(&mut self, stage: &Stage, flow: &Flow, inner: impl FnOnce(&mut Self, &Flow) -> Flow) -> Flow {
        match stage.label {
            Some(_) => self.nested(stage, "group", Naming::Positional(0), flow, inner),
            None => inner(self, flow),
        }
    }

    /// Runs `inner` in a new struct, and calls that struct from here.
    pub fn nested(
        &mut self,
        stage: &Stage,
        stem: &str,
        naming: Naming,
        flow: &Flow,
        inner: impl FnOnce(&mut Self, &Flow) -> Flow,
    ) -> Flow {
        let name = self.name_of(stage, stem);
        // A group's struct is named after its label, a block's after the block.
        let struct_stem = if name.labelled && stem == "group" { &name.text } else { stem };
        let (frame, result) = self.build(struct_stem, naming, flow, inner);
        self.advance(&name, stem, frame.is_named());
        if result.is_broken() {
            return Flow::Broken;
        }
        self.place(frame, &name, (stem, &stage.node.listing()), flow, result)
    }

    /// Builds a struct that takes `flow`.
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
        let results = self.localise_flow(&result);
        let mut frame = self.frames.pop().expect("it was pushed above");
        frame.function.results = results;
        (frame, result)
    }

    /// Adds a finished struct as a field and calls it. The steps of one that owns nothing are inlined instead.
    fn place(
        &mut self,
        mut frame: Frame,
        name: &Name,
        (kind, listing): (&str, &str),
        flow: &Flow,
        result: Flow,
    ) -> Flow {
        let mut operands = self.localise_flow(flow);
        operands.extend(frame.captures.clone().into_iter().map(|(outer, _)| self.localise(outer)));
        let (owns, reads) = (frame.owns(), frame.tensors_of(&operands));
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
        let results = match frame.only_loop() {
            Some(step) if kind == "group" => self.lift(frame, &step, (name, listing), &operands),
            _ if owns => self.hold(frame, (name, listing), operands, result.values().len()),
            _ => self.inline(frame, &operands),
        };
        self.frame().add_stage(outline, &reads, &results);
        let origin = format!("`{}`", name.title(kind));
        let values = result.values().iter().zip(results).map(|(value, local)| {
            let origin = if owns { origin.clone() } else { value.origin.clone() };
            self.value(local, value.ty.clone(), origin)
        });
        Flow::Values(values.collect())
    }

    /// Replaces a group that is just a loop over an array by the array, which needs no struct around it.
    fn lift(
        &mut self,
        mut frame: Frame,
        step: &Step,
        (name, listing): (&Name, &str),
        operands: &[usize],
    ) -> Vec<usize> {
        let parameters = frame.function.parameters.clone();
        let outer = |operand: &Operand| {
            let position = parameters.iter().position(|parameter| *operand == Operand::Local(*parameter));
            position.map_or_else(|| operand.clone(), |position| Operand::Local(operands[position]))
        };
        let fed = step.operands.iter().map(outer).collect();
        let field = self.add_field(name, listing, frame.fields.remove(0).content, frame.sizes);
        let frame = self.frame();
        let results = frame.call_many(Callee::Each(field), fed, step.results.len(), step.form);
        let group = frame.outline.len();
        if let Some(each) = frame.function.steps.last_mut() {
            each.stage = step.clone().inside(group).stage;
        }
        results
    }

    /// Adds a field for a struct and calls it; it returns `count` values.
    fn hold(&mut self, frame: Frame, (name, listing): (&Name, &str), operands: Vec<usize>, count: usize) -> Vec<usize> {
        let instance = self.intern(frame);
        let hole = Hole { of: instance.of, count: instance.sizes.len() };
        let field = self.add_field(name, listing, Content::Struct(hole), instance.sizes);
        let operands = operands.into_iter().map(Operand::Local).collect();
        self.frame().call_many(Callee::Field(field), operands, count, Form::of(count))
    }

    /// Copies the steps of a struct without fields into this one.
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

impl Step {
    /// The same step, seen from the body that this step's group belongs to.
    fn inside(mut self, group: usize) -> Step {
        if let Some(stage) = &mut self.stage {
            stage.insert(0, group);
        }
        self
    }
}
