//! Turns of a loop that share a struct become one array and one loop.

use super::Inference;
use crate::shaped::{Callee, Content, Field, Form, Function, Hole, Instance, Local, LocalKind, Operand, Step, Written};
use crate::state::{Flow, Frame, Naming, rust_name};
use proc_macro2::Ident;
use std::ops::Range;

/// Where a turn begins in its struct, and what it is fed with.
pub struct Start {
    pub fed: Flow,
    pub field: usize,
    pub step: usize,
}

impl Inference<'_> {
    /// Turns a loop with result `result` into an array if all its turns are alike.
    pub fn make_array(&mut self, starts: &[Start], result: &Flow) {
        let [first, _, ..] = starts else { return };
        let frame = self.frame();
        // If the first turn was the first to use a `shared`, the field of that comes before the turn's own.
        let Some(first_field) = frame.fields.len().checked_sub(starts.len()).filter(|at| *at >= first.field) else {
            return;
        };
        let Some((prefix, number)) = series(&frame.fields[first_field..]) else { return };
        let owners = self.program.owners.get(&self.item);
        let named = |field: &Field| owners.is_some_and(|owners| owners.contains(&field.name.to_string()));
        if self.frame().fields[first_field..].iter().any(named) {
            return;
        }
        self.lift_layers(starts, result);
        let frame = self.frame();
        let steps = &frame.function.steps[first.step..];
        let Some(step) = each(&frame.fields, steps, first_field) else { return };
        let turns = frame.fields[first_field..].iter().filter_map(|field| match &field.content {
            Content::Struct(hole) => Some(hole.clone()),
            _ => None,
        });
        let content = Content::Array { turns: turns.collect(), prefix: prefix.clone(), first: number };
        let mut field = frame.fields[first_field].clone();
        frame.fields.truncate(first_field);
        let base = prefix.trim_end_matches('_');
        if !base.is_empty() {
            field.name = frame.field_name(base, field.name.span());
        }
        field.key.pop();
        field.content = content;
        frame.fields.push(field);
        frame.function.steps.truncate(first.step);
        frame.function.steps.push(step);
    }

    /// If every turn is one layer and all are alike, wraps the layer in a struct, so that the turns can become an array.
    fn lift_layers(&mut self, starts: &[Start], result: &Flow) {
        let ends = starts[1..].iter().map(|next| (next.step, &next.fed));
        let ends = ends.chain([(self.frame().function.steps.len(), result)]);
        let turns: Option<Vec<(Call, Frame)>> =
            starts.iter().zip(ends).map(|(start, (end, gives))| self.layer_turn(start, end, gives)).collect();
        let Some(turns) = turns else { return };
        let alike = |(call, frame): &(Call, Frame)| {
            let (one, other) = (&turns[0].1, frame);
            call.captures == turns[0].0.captures
                && (&one.fields, &one.function, &one.parent) == (&other.fields, &other.function, &other.parent)
        };
        if !turns.iter().all(alike) {
            return;
        }
        let ended = self.frame().function.steps.split_off(starts[0].step);
        let mut stages = ended.into_iter().filter_map(|step| step.stage);
        for (start, (call, frame)) in starts.iter().zip(turns) {
            let Instance { of, sizes } = self.intern(frame);
            let frame = self.frame();
            let field = &mut frame.fields[start.field];
            (field.content, field.module) = (Content::Struct(Hole { of, count: sizes.len() }), None);
            let form = Form::of(call.results.len());
            let operands = locals(&call.fed).into_iter().chain(locals(&call.captures)).collect();
            let callee = Callee::Field(start.field);
            frame.function.steps.push(Step {
                results: call.results,
                form,
                callee,
                operands,
                written: Written::default(),
                stage: stages.next(),
            });
        }
    }

    /// Wraps a turn that is exactly one layer in a struct of its own, and returns the call of that struct.
    fn layer_turn(&mut self, start: &Start, end: usize, gives: &Flow) -> Option<(Call, Frame)> {
        let fed = self.localise_flow(&start.fed);
        let results: Vec<usize> = gives.values().iter().map(|value| value.reference.local).collect();
        let outer = self.frame();
        let field = outer.fields.get(start.field)?;
        let Content::Layer { .. } = &field.content else { return None };
        let stem = field.listing.split(' ').next().unwrap_or_default();
        let mut frame = Frame::new(stem, Naming::counted());
        let before: usize = outer.fields[..start.field].iter().map(|field| field.content.holes()).sum();
        let sizes = outer.sizes[before..before + field.content.holes()].to_vec();
        let name = Ident::new(&rust_name(stem), field.name.span());
        frame.push_field(Field { name, key: Vec::new(), ..field.clone() }, sizes);
        let (function, captures) = extract(&outer.function, start.step..end, &fed, &results)?;
        frame.function = function;
        frame.unwrap_layer();
        Some((Call { fed, captures, results }, frame))
    }
}

/// The call of a struct made from a turn: the values that flow through it, and the other variables it uses.
struct Call {
    fed: Vec<usize>,
    captures: Vec<usize>,
    results: Vec<usize>,
}

/// Moves some steps into a function of their own; also returns the variables to pass to it after `fed`.
fn extract(outer: &Function, steps: Range<usize>, fed: &[usize], results: &[usize]) -> Option<(Function, Vec<usize>)> {
    let steps = &outer.steps[steps];
    let made: Vec<usize> = steps.iter().flat_map(|step| step.results.iter().copied()).collect();
    let mut captures = Vec::new();
    let mut capture = |local| {
        if !fed.contains(&local) && !made.contains(&local) && !captures.contains(&local) {
            captures.push(local);
        }
    };
    steps.iter().for_each(|step| step.for_each_local(&mut capture));
    let mut map = vec![usize::MAX; outer.locals.len()];
    let mut function = Function { parameters: (0..fed.len() + captures.len()).collect(), ..Function::default() };
    for local in fed.iter().chain(&captures).chain(&made) {
        map[*local] = function.locals.len();
        let kind = match &outer.locals[*local].kind {
            LocalKind::Field { tensor: Some(_), .. } => LocalKind::Tensor,
            LocalKind::Field { tensor: None, .. } => return None,
            kind => kind.clone(),
        };
        function.locals.push(Local { kind, name: None });
    }
    let whole = |step: &Step| Step { stage: step.stage.as_ref().map(|_| Vec::new()), ..step.renamed(&map) };
    function.steps = steps.iter().map(whole).collect();
    function.steps.iter_mut().for_each(|step| step.for_each_field(true, &mut |field, _| *field = 0));
    function.results = results.iter().map(|local| map[*local]).collect();
    function.results.iter().all(|local| *local != usize::MAX).then_some((function, captures))
}

/// The single step that replaces all turns, if each turn made one struct and called it once, and all are alike.
fn each(fields: &[Field], steps: &[Step], first_field: usize) -> Option<Step> {
    let made = &fields[first_field..];
    if made.len() != steps.len() {
        return None;
    }
    let same_struct = |a: &Field, b: &Field| matches!((&a.content, &b.content), (Content::Struct(a), Content::Struct(b)) if a.of == b.of);
    let carried = steps.first()?.results.len();
    for (index, (field, step)) in made.iter().zip(steps).enumerate() {
        let in_order = step.callee == Callee::Field(first_field + index) && same_struct(field, &made[0]);
        let fed = match index {
            0 => step.operands.len() >= carried,
            _ => step.operands[..carried.min(step.operands.len())] == locals(&steps[index - 1].results)[..],
        };
        let alike = step.results.len() == carried
            && step.operands[carried.min(step.operands.len())..] == steps[0].operands[carried..];
        if !(in_order && fed && alike) {
            return None;
        }
    }
    let results = steps.last()?.results.clone();
    let form = Form::of(carried);
    let (callee, operands) = (Callee::Each(first_field), steps[0].operands.clone());
    Some(Step { results, form, callee, operands, written: Written::default(), stage: steps[0].stage.clone() })
}

fn locals(results: &[usize]) -> Vec<Operand> {
    results.iter().map(|local| Operand::Local(*local)).collect()
}

/// The prefix and first number of keys that count up: `("denselayer", 1)` for `denselayer1`, `denselayer2`.
fn series(fields: &[Field]) -> Option<(String, usize)> {
    let split = |field: &Field| {
        let last = field.key.last()?;
        let digits = last.chars().rev().take_while(char::is_ascii_digit).count();
        let (prefix, number) = last.split_at(last.len() - digits);
        let plain = number == "0" || !number.starts_with('0');
        Some((
            field.key[..field.key.len() - 1].to_vec(),
            prefix.to_string(),
            number.parse::<usize>().ok().filter(|_| plain)?,
        ))
    };
    let (levels, prefix, first) = split(fields.first()?)?;
    let counts_up =
        |(index, field): (usize, &Field)| split(field) == Some((levels.clone(), prefix.clone(), first + index));
    fields.iter().enumerate().all(counts_up).then_some((prefix, first))
}
