//! The recorder of a traced run.

use super::{Output, Row, Trace};
use crate::facts::Facts;
use crate::network::{LayerInfo, Network, Part, counted, join};
use crate::summary::title;
use std::time::{Duration, Instant};
use tch::{Cuda, Device, Tensor};

/// Records the outputs of a network's layers while it runs. Generated code tells it the position in the listing.
#[doc(hidden)]
#[derive(Debug)]
pub struct Recorder {
    network: Facts,
    rows: Vec<Row>,
    /// The network and the entered blocks, innermost last.
    bodies: Vec<Body>,
    /// When the current layer began. The time for measuring is not included.
    start: Instant,
}

/// A running network or block.
#[derive(Debug)]
struct Body {
    layers: &'static [LayerInfo],
    /// The prefix of its layers' names.
    prefix: String,
    depth: usize,
    /// Its row, except for the network itself.
    row: Option<usize>,
    /// The path of the stage entered last, through groups without a function.
    path: Vec<usize>,
}

/// Runs a network inside another, which has checked its inputs.
#[doc(hidden)]
#[track_caller]
pub fn inner<N: Network>(network: &N, inputs: N::Inputs<'_>, train: bool, trace: &mut Recorder) -> N::Output {
    network.traced(inputs, train, trace).unwrap_or_else(|error| panic!("{error}"))
}

impl Recorder {
    pub(crate) fn new(network: Facts) -> Self {
        let body = Body { layers: network.layers, prefix: String::new(), depth: 0, row: None, path: Vec::new() };
        Recorder { network, rows: Vec::new(), bodies: vec![body], start: Instant::now() }
    }

    /// The inputs. Those of a network inside another are outputs of a layer.
    pub fn inputs(&mut self, tensors: &[&Tensor]) {
        if self.bodies.len() == 1 {
            for (input, tensor) in self.network.inputs.iter().zip(tensors) {
                self.rows.push(Row {
                    outputs: vec![Output::of(tensor)],
                    ..Row::new(0, format!("input {}", input.name), String::new(), String::new())
                });
            }
        }
        self.start = Instant::now();
    }

    /// Called when a layer has run. `path`: its place in the running block.
    pub fn layer(&mut self, path: &[usize], parameters: &[(&str, &Tensor)], outputs: &[&Tensor]) {
        let time = self.elapsed(outputs);
        let row = match path {
            // The block is just this layer.
            [] => self.bodies.last().and_then(|body| body.row).unwrap_or_default(),
            path => self.begin(path).2,
        };
        let spoilt = parameters.iter().filter(|(_, tensor)| !is_finite(tensor));
        let row = &mut self.rows[row];
        row.spoilt = spoilt.map(|(name, _)| name.to_string()).collect();
        row.outputs = outputs.iter().map(|tensor| Output::of(tensor)).collect();
        row.time = time;
        self.start = Instant::now();
    }

    /// Called when a block, a network or a Rust module begins.
    pub fn enter(&mut self, path: &[usize]) {
        let (layer, prefix, row) = self.begin(path);
        let depth = self.rows[row].depth + 1;
        self.bodies.push(Body { layers: layer.children, prefix, depth, row: Some(row), path: Vec::new() });
    }

    /// Called when it ends. If no layer was recorded in it, it is a layer itself.
    pub fn leave(&mut self, outputs: &[&Tensor]) {
        let row = self.bodies.last().and_then(|body| body.row);
        if row.is_some_and(|row| row + 1 == self.rows.len() && self.rows[row].outputs.is_empty()) {
            self.layer(&[], &[], outputs);
        }
        self.bodies.pop();
    }

    /// Adds a row for a stage of the running block, and for groups that begin with it. Returns the stage, its name and row.
    fn begin(&mut self, path: &[usize]) -> (&'static LayerInfo, String, usize) {
        let body = self.bodies.last_mut().expect("the network itself is never left");
        let before = std::mem::replace(&mut body.path, path.to_vec());
        let (mut layers, mut prefix, depth) = (body.layers, body.prefix.clone(), body.depth);
        let shared = path.iter().zip(&before).take_while(|(place, before)| place == before).count();
        let mut found = None;
        for (level, place) in path.iter().enumerate() {
            let (layer, turn) = at(layers, *place);
            let own = counted(layer.name, turn);
            prefix = match layer.part {
                Part::Used => self.declaration(layer.kind),
                _ => join(&prefix, &own),
            };
            if level >= shared || level + 1 == path.len() {
                let named = !own.is_empty() || !layer.tensors.is_empty();
                let name = if named { prefix.clone() } else { String::new() };
                self.rows.push(Row::new(depth + level, title(layer), name, own));
            }
            layers = layer.children;
            found = Some(layer);
        }
        (found.expect("a path has a last place"), prefix, self.rows.len() - 1)
    }

    /// The name under which a `shared` is saved.
    fn declaration(&self, shared: &str) -> String {
        let declares =
            |body: &&Body| body.layers.iter().any(|layer| layer.part == Part::Declared && layer.name == shared);
        self.bodies.iter().rev().find(declares).map_or_else(String::new, |body| join(&body.prefix, shared))
    }

    /// The time of the layer that made these outputs.
    fn elapsed(&self, outputs: &[&Tensor]) -> Duration {
        if let Some(Device::Cuda(index)) = outputs.first().map(|tensor| tensor.device()) {
            Cuda::synchronize(index as i64);
        }
        self.start.elapsed()
    }

    pub(crate) fn finish(mut self) -> Trace {
        for index in 0..self.rows.len() {
            if self.rows[index].outputs.is_empty() {
                let depth = self.rows[index].depth;
                let inside = self.rows[index + 1..].iter().take_while(|row| row.depth > depth);
                self.rows[index].time = inside.filter(|row| !row.outputs.is_empty()).map(|row| row.time).sum();
            }
        }
        Trace { network: self.network, rows: self.rows }
    }
}

impl Row {
    fn new(depth: usize, layer: String, name: String, own_name: String) -> Self {
        Row { depth, layer, name, own_name, outputs: Vec::new(), spoilt: Vec::new(), time: Duration::ZERO }
    }
}

/// The stage at a place, and which turn it is, counting each turn as a place.
fn at(layers: &'static [LayerInfo], place: usize) -> (&'static LayerInfo, usize) {
    let mut first = 0;
    for layer in layers {
        if place < first + layer.turns {
            return (layer, place - first);
        }
        first += layer.turns;
    }
    unreachable!("generated code speaks of the layers that stand in the listing")
}

fn is_finite(tensor: &Tensor) -> bool {
    tensor.isfinite().all().int64_value(&[]) != 0
}
