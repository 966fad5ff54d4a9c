//! Runs a network on sizes instead of tensors, to compute memory and receptive fields.

use crate::network::{Gives, LayerInfo, Part, Sees, Source, TensorType};
use crate::size::{Bindings, Size};
use crate::summary::{bytes, inner};
use std::collections::BTreeSet;

/// The measurements of a stage.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// The bytes that the backward pass needs of it, and that nothing before it kept. `None` where a size is open, or they do
    /// not fit.
    pub kept: Option<i64>,
    /// The most bytes that are in use at once while it runs.
    pub live: Option<i64>,
    /// Its receptive field: how many positions of the network's input an output depends on, along each spatial dimension.
    pub field: Option<Vec<i64>>,
}

impl Measured {
    const NOTHING: Measured = Measured { kept: Some(0), live: Some(0), field: None };
}

/// Measures the stages of a network, each followed by those inside it. Of several turns it reports the last.
pub(crate) fn measure(
    (layers, results): (&'static [LayerInfo], &'static [Source]),
    inputs: impl Iterator<Item = TensorType>,
    sizes: &Bindings,
    train: bool,
) -> Vec<Measured> {
    let rows = vec![Measured::NOTHING; layers.iter().map(span).sum()];
    let mut run = Run { train, live: Some(0), storages: Vec::new(), kept: BTreeSet::new(), rows };
    let inputs = inputs.map(|ty| run.input(&ty)).collect();
    run.body((layers, results), inputs, sizes, 0);
    run.rows
}

/// How many rows a stage has, with those inside it.
pub(crate) fn span(layer: &LayerInfo) -> usize {
    1 + layer.children.iter().map(span).sum::<usize>()
}

/// The result of a stage: the memory of its tensors, and their receptive field, if a window describes it.
#[derive(Clone, Debug, Default)]
struct Value {
    storages: Vec<usize>,
    field: Option<Vec<Axis>>,
}

/// A value in a body.
#[derive(Clone, Debug, Default)]
struct Held {
    value: Value,
    /// Whether the body drops it.
    own: bool,
}

/// The receptive field along one spatial dimension: `n` adjacent positions depend on
/// `size + step * ((n - 1 + phase) / period)` positions of the network's input, rounded down. Only transposed convolutions
/// have a period, since several adjacent outputs come from one input.
#[derive(Clone, Copy, Debug)]
struct Axis {
    size: i64,
    step: i64,
    phase: i64,
    period: i64,
}

impl Axis {
    const INPUT: Axis = Axis { size: 1, step: 1, phase: 0, period: 1 };

    /// The field through a window: `n` places depend on `(n - 1) * stride + reach` places.
    fn window(self, reach: i64, stride: i64) -> Option<Axis> {
        let Axis { size, step, phase, period } = self;
        let over = reach.checked_sub(1)?.checked_add(phase)?;
        if period.checked_rem(stride)? == 0 {
            Axis { phase: over / stride, period: period / stride, ..self }.normal()
        } else if stride % period == 0 {
            let size = step.checked_mul(over / period)?.checked_add(size)?;
            Some(Axis { size, step: step.checked_mul(stride / period)?, phase: 0, period: 1 })
        } else {
            None
        }
    }

    /// The field through a transposed window: `n` places depend on `(n + reach - 2) / stride + 1` places.
    fn spread(self, reach: i64, stride: i64) -> Option<Axis> {
        let phase = self.phase.checked_mul(stride)?.checked_add(reach.checked_sub(1)?)?;
        Axis { phase, period: self.period.checked_mul(stride)?, ..self }.normal()
    }

    fn normal(self) -> Option<Axis> {
        let size = self.step.checked_mul(self.phase.checked_div(self.period)?)?.checked_add(self.size)?;
        Some(Axis { size, phase: self.phase % self.period, ..self })
    }

    /// The larger field, if both have the same number of places.
    fn farther(self, other: Axis) -> Option<Axis> {
        let same = i128::from(self.step) * i128::from(other.period) == i128::from(other.step) * i128::from(self.period);
        same.then_some(if self.size < other.size { other } else { self })
    }
}

/// A piece of memory.
struct Storage {
    bytes: Option<i64>,
    /// How many values use it.
    holders: usize,
    /// Whether it belongs to an input of the network.
    is_input: bool,
}

struct Run {
    train: bool,
    storages: Vec<Storage>,
    live: Option<i64>,
    kept: BTreeSet<usize>,
    rows: Vec<Measured>,
}

impl Run {
    /// A tensor of the caller, which does not count.
    fn input(&mut self, ty: &TensorType) -> Held {
        let field = (ty.dims.len() > 2).then(|| vec![Axis::INPUT; ty.dims.len() - 2]);
        self.storages.push(Storage { bytes: Some(0), holders: 1, is_input: true });
        Held { value: Value { storages: vec![self.storages.len() - 1], field }, own: false }
    }

    fn allocate(&mut self, bytes: Option<i64>) -> usize {
        self.live = sum(self.live, bytes);
        self.storages.push(Storage { bytes, holders: 1, is_input: false });
        self.storages.len() - 1
    }

    fn hold(&mut self, storages: &[usize]) {
        storages.iter().for_each(|storage| self.storages[*storage].holders += 1);
    }

    fn release(&mut self, storages: &[usize]) {
        for storage in storages {
            let Storage { bytes, holders, .. } = &mut self.storages[*storage];
            *holders -= 1;
            if *holders == 0 {
                self.live = self.live.zip(*bytes).map(|(live, bytes)| live - bytes);
            }
        }
    }

    fn drop(&mut self, held: &mut Held) {
        if std::mem::take(&mut held.own) {
            self.release(&held.value.storages);
        }
    }

    /// Runs the stages of a body. A value is dropped after the last stage that reads it, as in the generated code; `values` are
    /// the inputs.
    fn body(
        &mut self,
        (layers, results): (&'static [LayerInfo], &'static [Source]),
        mut values: Vec<Held>,
        sizes: &Bindings,
        row: usize,
    ) -> Value {
        let (turns, results) = turns(layers, results, values.len(), row);
        for (index, turn) in turns.iter().enumerate() {
            let later = |read: &usize| {
                let reads = |turn: &Turn| turn.reads.contains(&Some(*read));
                results.contains(read) || turns[index + 1..].iter().any(reads)
            };
            let fed = turn.reads.iter().map(|read| {
                let Some(read) = *read else { return Held::default() };
                let once = turn.reads.iter().filter(|other| **other == Some(read)).count() == 1;
                // An inlined stage drops its inputs. A function leaves that to its caller.
                let own = is_in_place(turn.layer) && once && !later(&read);
                let held = &mut values[read];
                Held { value: held.value.clone(), own: own && std::mem::take(&mut held.own) }
            });
            let fed = fed.collect();
            let value = self.turn(turn, fed, sizes);
            values.push(Held { value, own: true });
            for read in turn.reads.iter().copied().flatten().chain([values.len() - 1]).filter(|read| !later(read)) {
                self.drop(&mut values[read]);
            }
        }
        let results: Vec<Value> = results.iter().map(|read| values[*read].value.clone()).collect();
        results.iter().for_each(|value| self.hold(&value.storages));
        values.iter_mut().for_each(|held| self.drop(held));
        Value {
            storages: results.iter().flat_map(|value| value.storages.iter().copied()).collect(),
            field: joined(&results),
        }
    }

    fn turn(&mut self, turn: &Turn, fed: Vec<Held>, sizes: &Bindings) -> Value {
        let Turn { layer, row, .. } = *turn;
        if layer.part == Part::Declared {
            return Value::default();
        }
        let value = if layer.children.is_empty() {
            let values = fed.into_iter().zip(&turn.reads).filter(|(_, read)| read.is_some());
            let fed: Vec<Value> = values.map(|(held, _)| held.value).collect();
            self.leaf(turn, &fed, sizes)
        } else {
            let inside = row + 1..row + span(layer);
            self.rows[inside].fill(Measured::NOTHING);
            let value = self.body((layer.children, layer.results), fed, &inner(layer, sizes), row + 1);
            let mut child = row + 1;
            for stage in layer.children {
                let (kept, live) = (self.rows[child].kept, self.rows[child].live);
                self.count(row, kept, live);
                child += span(stage);
            }
            value
        };
        self.rows[row].field = value.field.as_ref().map(|axes| axes.iter().map(|axis| axis.size).collect());
        value
    }

    fn leaf(&mut self, turn: &Turn, fed: &[Value], sizes: &Bindings) -> Value {
        let memory = &turn.layer.memory;
        let inputs: Vec<usize> = fed.iter().flat_map(|value| value.storages.iter().copied()).collect();
        let outputs: Vec<usize> = match memory.gives {
            Gives::New => turn.layer.outputs.iter().map(|ty| self.allocate(bytes(ty, sizes))).collect(),
            Gives::InputInEvaluation if self.train => {
                turn.layer.outputs.iter().map(|ty| self.allocate(bytes(ty, sizes))).collect()
            }
            Gives::View | Gives::InputInEvaluation => {
                self.hold(&inputs);
                inputs.clone()
            }
        };
        let mut kept = memory.besides.evaluate(sizes);
        let (needed, made) = (inputs.iter().filter(|_| memory.inputs), outputs.iter().filter(|_| memory.outputs));
        for storage in needed.chain(made) {
            if !self.storages[*storage].is_input && self.kept.insert(*storage) {
                kept = sum(kept, self.storages[*storage].bytes);
            }
        }
        self.count(turn.row, kept, self.live);
        Value { storages: outputs, field: seen(&turn.layer.sees, fed, sizes) }
    }

    fn count(&mut self, row: usize, kept: Option<i64>, live: Option<i64>) {
        let row = &mut self.rows[row];
        row.kept = sum(row.kept, kept);
        row.live = row.live.zip(live).map(|(before, live)| before.max(live));
    }
}

fn sum(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a?.checked_add(b?)
}

/// Whether a block or group is inlined in the generated code, because it owns nothing.
fn is_in_place(layer: &LayerInfo) -> bool {
    !layer.children.is_empty() && layer.name.is_empty() && layer.network.is_none() && layer.part != Part::Used
}

/// One turn of a stage, and the values of the body that it reads. Parameters are not among them.
struct Turn {
    layer: &'static LayerInfo,
    row: usize,
    reads: Vec<Option<usize>>,
}

/// The turns of a body in order, and the sources of its results. Values are numbered: first the inputs, then the results of
/// each turn.
fn turns(layers: &'static [LayerInfo], results: &[Source], inputs: usize, mut row: usize) -> (Vec<Turn>, Vec<usize>) {
    let mut turns: Vec<Turn> = Vec::new();
    // The results of the last turn of each stage.
    let mut ends: Vec<usize> = Vec::new();
    let read = |ends: &[usize], source: &Source| match source {
        Source::Previous => Some(ends.last().copied().unwrap_or(0)),
        Source::Layer(place) => ends.get(*place).copied(),
        Source::Input(input) => Some(*input),
        Source::Parameter => None,
    };
    for layer in layers {
        let mut reads: Vec<Option<usize>> = layer.from.iter().map(|source| read(&ends, source)).collect();
        let mut end = 0;
        for _ in 0..layer.turns {
            end = inputs + turns.len();
            turns.push(Turn { layer, row, reads: reads.clone() });
            // The next turn is fed with the results of this one.
            let carried = layer.outputs.len().min(reads.len());
            reads[..carried].fill(Some(end));
        }
        ends.push(end);
        row += span(layer);
    }
    let results = results.iter().filter_map(|source| read(&ends, source)).collect();
    (turns, results)
}

/// The largest receptive field of several values, if all have the same number of places.
fn joined(values: &[Value]) -> Option<Vec<Axis>> {
    let mut fields = values.iter().map(|value| value.field.clone());
    let first = fields.next()??;
    fields.try_fold(first, |axes, other| {
        let other = other.filter(|other| other.len() == axes.len())?;
        axes.into_iter().zip(other).map(|(one, other)| one.farther(other)).collect()
    })
}

/// The receptive field of a layer's output.
fn seen(sees: &Sees, fed: &[Value], sizes: &Bindings) -> Option<Vec<Axis>> {
    let axes = joined(fed)?;
    let through = |steps: &[(Size, Size)], slide: fn(Axis, i64, i64) -> Option<Axis>| {
        let one = |(index, axis)| {
            let (reach, stride) = steps.get(index).or(steps.first())?;
            slide(axis, reach.evaluate(sizes)?, stride.evaluate(sizes)?)
        };
        axes.iter().copied().enumerate().map(one).collect()
    };
    match sees {
        Sees::All => None,
        Sees::Place => Some(axes),
        Sees::Window(steps) => through(steps, Axis::window),
        Sees::Spread(steps) => through(steps, Axis::spread),
    }
}
