//! Loops. Each turn is fed with the result of the one before, or, after a join, all with the same values.

use super::array::Start;
use super::expression::Mode;
use super::names::Name;
use super::{Inference, Wrong};
use crate::report::Mistake;
use crate::shaped::{Callee, Content, Operand};
use crate::state::{Datum, Flow, Given};
use crate::tree::{Argument, Body, Expr, Header, Loop, Node, Stage};
use proc_macro2::{Ident, Span};

/// The most turns of all loops of a network, so that a mistyped count does not exhaust the compiler's memory.
const MOST_TURNS: i64 = 10_000;

/// The names bound in a turn, with their values.
type Turn = Vec<(Ident, Datum)>;

/// Describes a turn in messages: its names with their values, or else its number. The first needs none.
fn described(turn: &Turn, index: usize) -> Option<String> {
    let named: Vec<String> = turn.iter().map(|(name, datum)| format!("`{name}` is {}", datum.text())).collect();
    match (named.is_empty(), index) {
        (false, _) => Some(format!("in the turn where {}", named.join(" and "))),
        (true, 0) => None,
        (true, _) => Some(format!("in turn {}", index + 1)),
    }
}

impl Inference<'_> {
    /// Infers a loop in a chain. With a label, its turns are in a group.
    pub fn loop_stage(&mut self, stage: &Stage, turns: &Loop, flow: &Flow) -> Flow {
        self.within_label(stage, flow, |this, flow| this.turns(turns, flow))
    }

    fn turns(&mut self, turns: &Loop, flow: &Flow) -> Flow {
        let Some(list) = self.list(turns, flow) else { return Flow::Broken };
        let mut current = flow.clone();
        let mut starts: Vec<Start> = Vec::new();
        for (index, turn) in list.into_iter().enumerate() {
            let here = Start {
                fed: current.clone(),
                field: self.frame().fields.len(),
                step: self.frame().function.steps.len(),
            };
            let unnamed = turn.is_empty() && turns.body.is_unlabelled();
            let same = starts.last().filter(|before| unnamed && before.fed.has_types_of(&current));
            let copied = same.and_then(|before| self.copy_turn(before.field, before.step, &current));
            current = copied.unwrap_or_else(|| self.turn(&turns.body, turn, index, &current));
            if current.is_broken() {
                return Flow::Broken;
            }
            starts.push(here);
        }
        self.make_array(&starts, &current);
        current
    }

    /// Copies the turn before, instead of inferring the same again, if this one is fed with the same types.
    ///
    /// `field`, `step`: where the turn before begins. It must be one struct and one call.
    fn copy_turn(&mut self, field: usize, step: usize, flow: &Flow) -> Option<Flow> {
        let frame = self.frame();
        let ([made], [called]) = (&frame.fields[field..], &frame.function.steps[step..]) else { return None };
        if !matches!(made.content, Content::Struct(_)) || called.callee != Callee::Field(field) {
            return None;
        }
        let (mut made, called, mut outline) = (made.clone(), called.clone(), frame.outline.last()?.clone());
        let name = frame.naming.next(&outline.kind);
        frame.naming.advance(&outline.kind, false, true);
        made.name = frame.field_name(&name, made.name.span());
        made.key = vec![name.clone()];
        outline.key.clone_from(&made.key);
        let sizes = frame.sizes[frame.sizes.len() - made.content.holes()..].to_vec();
        let field = frame.push_field(made, sizes);

        let reads = self.localise_flow(flow);
        let captures = called.operands[reads.len()..].iter().cloned();
        let operands: Vec<Operand> = reads.iter().copied().map(Operand::Local).chain(captures).collect();
        let captured = outline.from.split_off(reads.len().min(outline.from.len()));
        let locals = self.frame().call_many(Callee::Field(field), operands, called.results.len(), called.form);
        self.frame().add_stage(outline, &reads, &locals);
        self.frame().outline.last_mut().expect("it was added above").from.extend(captured);
        let values = flow.values().iter().zip(locals);
        Some(Flow::Values(
            values.map(|(value, local)| self.value(local, value.ty.clone(), format!("`{name}`"))).collect(),
        ))
    }

    /// The branches of a join that is written as a loop.
    pub fn branches(&mut self, turns: &Loop, flow: &Flow) -> Flow {
        let Some(list) = self.list(turns, flow) else { return Flow::Broken };
        let turns = list.into_iter().enumerate().map(|(index, turn)| self.turn(&turns.body, turn, index, flow));
        let results: Vec<Flow> = turns.collect();
        if results.iter().any(Flow::is_broken) {
            return Flow::Broken;
        }
        Flow::Values(results.iter().flat_map(|result| result.values().to_vec()).collect())
    }

    /// Infers one turn. A body of exactly one stage is that stage, any other is a group.
    fn turn(&mut self, body: &Body, names: Turn, index: usize, flow: &Flow) -> Flow {
        let mark = self.scope.mark();
        let note = described(&names, index);
        for (name, datum) in names {
            self.scope.bind_datum(name, datum);
        }
        let result = self.within(note, |this| match body.only_stage() {
            Some(_) => this.body(body, flow),
            None => {
                let stage = Stage { label: None, node: Node::Group(body.clone()), place: body.place };
                this.group(&stage, body, flow)
            }
        });
        self.scope.reset(mark);
        result
    }

    /// The names of a loop with their values, for each turn.
    fn list(&mut self, turns: &Loop, flow: &Flow) -> Option<Vec<Turn>> {
        let result = match &turns.header {
            Header::Repeat { count } => self.count(count, flow),
            Header::Range { name, start, end, inclusive } => self.range(name.as_ref(), (start, end, *inclusive), flow),
            Header::List { names, list } => return self.items(names, list, flow),
        };
        result.map_err(|mistake| self.say(mistake)).ok()
    }

    fn count(&mut self, count: &Expr, flow: &Flow) -> Result<Vec<Turn>, Wrong> {
        let turns = self.bound(count, flow)?;
        if turns < 0 {
            return Err(Some(Mistake::new(count.place(), format!("a loop cannot run {turns} times"))));
        }
        self.limit(count, turns)?;
        Ok((0..turns).map(|_| Turn::new()).collect())
    }

    fn range(
        &mut self,
        name: Option<&Ident>,
        (start, end, inclusive): (&Expr, &Expr, bool),
        flow: &Flow,
    ) -> Result<Vec<Turn>, Wrong> {
        let (first, last) = (self.bound(start, flow)?, self.bound(end, flow)?);
        let last = last.saturating_add(i64::from(inclusive));
        self.limit(end, last.saturating_sub(first))?;
        let turn = |index: i64| name.map(|name| (name.clone(), Datum::constant(index))).into_iter().collect();
        Ok((first..last).map(turn).collect())
    }

    /// Counts the turns of a loop, and reports the loop that exceeds the limit.
    fn limit(&mut self, place: &Expr, turns: i64) -> Result<(), Wrong> {
        let all = self.turns.saturating_add(turns.max(0));
        if all <= MOST_TURNS {
            self.turns = all;
            return Ok(());
        }
        // Only the first is reported.
        let said = std::mem::replace(&mut self.turns, i64::MAX) == i64::MAX;
        let what = format!("the loops of a network may take {MOST_TURNS} turns in all, and these {turns} are too many");
        Err((!said).then(|| Mistake::new(place.place(), what)))
    }

    /// Evaluates a number of turns, which the macro must know.
    fn bound(&mut self, expr: &Expr, flow: &Flow) -> Result<i64, Wrong> {
        let (size, _) = match self.datum(expr, Mode { flow, float: false })? {
            Datum::Broken => return Err(None),
            Datum::Size(size, code) => (size, code),
            Datum::Word(name) => return Err(Some(self.unknown(&name))),
            other => {
                return Err(Some(Mistake::new(
                    expr.place(),
                    format!("this must be a number of turns, not {}", other.kind()),
                )));
            }
        };
        size.as_constant().ok_or_else(|| {
            let what = format!("the macro must know how often a loop runs, but it does not know `{size}`");
            Some(Mistake::new(expr.place(), what))
        })
    }

    fn items(&mut self, names: &[Option<Ident>], list: &Argument, flow: &Flow) -> Option<Vec<Turn>> {
        let given = self.given(list, Mode { flow, float: false });
        let mistake = match given.datum {
            Datum::List(items) => {
                let turns: Vec<Option<Turn>> = items.into_iter().map(|item| self.item(names, item)).collect();
                return turns.into_iter().collect();
            }
            Datum::Broken => return None,
            Datum::Word(name) => self.unknown(&name),
            other => Mistake::new(given.place, format!("`for` loops over a list, not {}", other.kind())),
        };
        self.say(mistake);
        None
    }

    fn item(&mut self, names: &[Option<Ident>], item: Given) -> Option<Turn> {
        named(names, item).map_err(|mistake| self.say(mistake)).ok()
    }
}

/// Binds the names of a `for` to the parts of an item.
fn named(names: &[Option<Ident>], item: Given) -> Result<Turn, Wrong> {
    let parts = match (names, item.datum) {
        (_, Datum::Broken) => return Err(None),
        ([_], datum) => vec![datum],
        (_, Datum::Tuple(parts)) => parts.into_iter().map(|part| part.datum).collect(),
        (names, other) => {
            let what = format!("the loop names {} parts, but this item is {}", names.len(), other.kind());
            return Err(Some(Mistake::new(item.place, what)));
        }
    };
    if parts.len() != names.len() {
        let what = format!("the loop names {} parts, but this item has {}", names.len(), parts.len());
        return Err(Some(Mistake::new(item.place, what)));
    }
    Ok(names.iter().zip(parts).filter_map(|(name, part)| name.clone().map(|name| (name, part))).collect())
}

impl Flow {
    /// Whether both have the same number of values, of the same types.
    fn has_types_of(&self, other: &Flow) -> bool {
        let types = |flow: &Flow| flow.values().iter().map(|value| value.ty.clone()).collect::<Vec<_>>();
        types(self) == types(other)
    }
}

impl Body {
    /// Whether turns have no label of their own, and are named by number.
    fn is_unlabelled(&self) -> bool {
        self.only_stage().is_none_or(|stage| stage.label.is_none())
    }

    /// The stage of a body that is exactly one layer, block, network or group.
    fn only_stage(&self) -> Option<&Stage> {
        match self.result.stages.as_slice() {
            [stage] if self.statements.is_empty() => match stage.node {
                Node::Call(_) | Node::External { .. } | Node::Group(_) | Node::Error => Some(stage),
                _ => None,
            },
            // The shape that must follow a network does not count.
            [stage, asserted] if self.statements.is_empty() && asserted.node.is_assertion() => {
                Some(stage).filter(|stage| matches!(stage.node, Node::External { .. }))
            }
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
