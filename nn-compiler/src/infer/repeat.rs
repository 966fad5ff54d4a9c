//! Loops: turn after turn, each fed with what the one before gave; or, after a join, all fed with the same.

use super::Inference;
use super::expression::Mode;
use super::names::Name;
use super::value::{Datum, Flow};
use crate::report::Mistake;
use crate::shaped::{Callee, Content, Field, Form, Operand, Step};
use crate::tree::{Argument, Body, Expr, Header, Loop, Node, Stage};
use proc_macro2::{Ident, Span};

/// Loops end, and the expansion of a mistyped count should not take the compiler down.
const MOST_TURNS: i64 = 10_000;

/// The names of a turn and what they stand for.
type Turn = Vec<(Ident, Datum)>;

impl Inference<'_> {
    /// A loop in a chain. Labelled, its turns are in a group.
    pub fn loop_stage(&mut self, stage: &Stage, turns: &Loop, flow: &Flow) -> Flow {
        self.within_label(stage, flow, |this, flow| this.turns(turns, flow))
    }

    fn turns(&mut self, turns: &Loop, flow: &Flow) -> Flow {
        let Some(list) = self.list(turns, flow) else { return Flow::Broken };
        let start = (self.frame().fields.len(), self.frame().function.steps.len());
        let count = list.len();
        let mut current = flow.clone();
        for turn in list {
            current = self.turn(&turns.body, turn, &current);
            if current.is_broken() {
                return Flow::Broken;
            }
        }
        self.collapse(start, count);
        current
    }

    /// The branches of a joined loop.
    pub fn branches(&mut self, turns: &Loop, flow: &Flow) -> Flow {
        let Some(list) = self.list(turns, flow) else { return Flow::Broken };
        let results: Vec<Flow> = list.into_iter().map(|turn| self.turn(&turns.body, turn, flow)).collect();
        if results.iter().any(Flow::is_broken) {
            return Flow::Broken;
        }
        Flow::Values(results.iter().flat_map(|result| result.values().to_vec()).collect())
    }

    /// One turn: a stage of its own if it is exactly one, else a group.
    fn turn(&mut self, body: &Body, names: Turn, flow: &Flow) -> Flow {
        let mark = self.scope.mark();
        for (name, datum) in names {
            self.scope.bind_datum(name, datum);
        }
        let result = match body.only_stage() {
            Some(_) => self.body(body, flow),
            None => {
                let stage = Stage { label: None, node: Node::Group(body.clone()), place: body.place };
                self.group(&stage, body, flow)
            }
        };
        self.scope.reset(mark);
        result
    }

    /// What the names of a loop stand for, turn by turn.
    fn list(&mut self, turns: &Loop, flow: &Flow) -> Option<Vec<Turn>> {
        let result = match &turns.header {
            Header::Repeat { count } => self
                .bound(count, flow)
                .and_then(|n| limited(count, 0, n))
                .map(|range| range.map(|_| Vec::new()).collect()),
            Header::Range { name, start, end, inclusive } => self.range(name.as_ref(), (start, end, *inclusive), flow),
            Header::List { names, list } => self.items(names, list, flow),
        };
        match result {
            Ok(list) => Some(list),
            Err(None) => None,
            Err(Some(mistake)) => {
                self.say(mistake);
                None
            }
        }
    }

    fn range(
        &mut self,
        name: Option<&Ident>,
        (start, end, inclusive): (&Expr, &Expr, bool),
        flow: &Flow,
    ) -> Result<Vec<Turn>, Option<Mistake>> {
        let (first, last) = (self.bound(start, flow)?, self.bound(end, flow)?);
        let range = limited(end, first, last.saturating_add(i64::from(inclusive)))?;
        let turn = |index: i64| name.map(|name| (name.clone(), Datum::constant(index))).into_iter().collect();
        Ok(range.map(turn).collect())
    }

    /// A number of turns, which the macro must know.
    fn bound(&mut self, expr: &Expr, flow: &Flow) -> Result<i64, Option<Mistake>> {
        let (size, _) = match self.datum(expr, Mode { flow, float: false })? {
            Datum::Broken => return Err(None),
            Datum::Size(size, code) => (size, code),
            Datum::Word(name) => return Err(Some(self.unknown(&name))),
            other => {
                return Err(Some(Mistake::new(
                    expr.place(),
                    format!("a number of turns is wanted here, not {}", other.kind()),
                )));
            }
        };
        size.as_constant().ok_or_else(|| {
            let what = format!("the macro must know how often a loop turns, and `{size}` is not known to it");
            Some(Mistake::new(expr.place(), what))
        })
    }

    fn items(&mut self, names: &[Option<Ident>], list: &Argument, flow: &Flow) -> Result<Vec<Turn>, Option<Mistake>> {
        let given = self.given(list, Mode { flow, float: false });
        let items = match given.datum {
            Datum::List(items) => items,
            Datum::Broken => return Err(None),
            Datum::Word(name) => return Err(Some(self.unknown(&name))),
            other => {
                return Err(Some(Mistake::new(given.place, format!("`for` goes over a list, not {}", other.kind()))));
            }
        };
        items.into_iter().map(|item| named(names, item)).collect()
    }

    /// Turns that share a struct become one array and one loop.
    fn collapse(&mut self, (first_field, first_step): (usize, usize), count: usize) {
        let frame = self.frame();
        let Some(step) = each(&frame.fields, &frame.function.steps, first_field, first_step, count) else { return };
        let Some((prefix, first)) = series(&frame.fields[first_field..]) else { return };
        let turns = frame.fields[first_field..].iter().filter_map(|field| match &field.content {
            Content::Struct(hole) => Some(hole.clone()),
            _ => None,
        });
        let content = Content::Array { turns: turns.collect(), prefix: prefix.clone(), first };
        let mut field = frame.fields[first_field].clone();
        frame.fields.truncate(first_field);
        let base = prefix.trim_end_matches('_');
        if !base.is_empty() {
            field.name = frame.field_name(base, field.name.span());
        }
        field.key.pop();
        field.content = content;
        frame.fields.push(field);
        frame.function.steps.truncate(first_step);
        frame.function.steps.push(step);
    }
}

/// The one step that stands for all turns, if each turn made one struct, called it once, and all are alike.
fn each(fields: &[Field], steps: &[Step], first_field: usize, first_step: usize, count: usize) -> Option<Step> {
    let (fields, steps) = (&fields[first_field..], &steps[first_step..]);
    if count < 2 || fields.len() != count || steps.len() != count {
        return None;
    }
    let same_struct = |a: &Field, b: &Field| matches!((&a.content, &b.content), (Content::Struct(a), Content::Struct(b)) if a.of == b.of);
    let carried = steps[0].results.len();
    for (index, (field, step)) in fields.iter().zip(steps).enumerate() {
        let in_order = step.callee == Callee::Field(first_field + index) && same_struct(field, &fields[0]);
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
    let form = if carried == 1 { Form::One } else { Form::Tuple };
    Some(Step { results, form, callee: Callee::Each(first_field), operands: steps[0].operands.clone() })
}

fn locals(results: &[usize]) -> Vec<Operand> {
    results.iter().map(|local| Operand::Local(*local)).collect()
}

/// The common beginning and the first number of keys that count up: `denselayer1`, `denselayer2`.
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

fn limited(place: &Expr, first: i64, end: i64) -> Result<std::ops::Range<i64>, Option<Mistake>> {
    let turns = end.saturating_sub(first);
    if turns < 0 && first == 0 {
        return Err(Some(Mistake::new(place.place(), format!("a loop cannot turn {turns} times"))));
    }
    if turns > MOST_TURNS {
        let what = format!("a loop of {turns} turns, where at most {MOST_TURNS} are allowed");
        return Err(Some(Mistake::new(place.place(), what)));
    }
    Ok(first..end)
}

/// The names of a `for` and the parts of one item.
fn named(names: &[Option<Ident>], item: super::Given) -> Result<Turn, Option<Mistake>> {
    let parts = match (names, item.datum) {
        (_, Datum::Broken) => return Err(None),
        ([_], datum) => vec![datum],
        (_, Datum::Tuple(parts)) => parts.into_iter().map(|part| part.datum).collect(),
        (names, other) => {
            let what = format!("the loop names {} parts, and this is {}", names.len(), other.kind());
            return Err(Some(Mistake::new(item.place, what)));
        }
    };
    if parts.len() != names.len() {
        let what = format!("the loop names {} parts, and this item has {}", names.len(), parts.len());
        return Err(Some(Mistake::new(item.place, what)));
    }
    Ok(names.iter().zip(parts).filter_map(|(name, part)| name.clone().map(|name| (name, part))).collect())
}

impl Body {
    /// The stage, where a body is exactly one layer, block, network or group.
    fn only_stage(&self) -> Option<&Stage> {
        match self.result.stages.as_slice() {
            [stage] if self.statements.is_empty() => match stage.node {
                Node::Call(_) | Node::External { .. } | Node::Group(_) | Node::Error => Some(stage),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Name {
    /// A name that adds no level.
    pub fn none(text: &str, span: Span) -> Name {
        Name { key: Vec::new(), text: text.to_string(), labelled: true, span }
    }
}
