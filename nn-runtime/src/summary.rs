//! Networks as tables, like those of Keras and torchinfo.

mod show;

use crate::cost::{self, CostError, Measured};
use crate::facts::{Facts, Sizes};
use crate::network::{LayerInfo, Part, TensorType, join, own_count};
use crate::size::Bindings;
use serde::Serialize;

/// The layers of a network with their output shapes, parameters and multiply-adds. It needs only the type, no weights.
/// `to_string` formats it for a terminal, 100 columns wide if the text can be wrapped; set another width with
/// `format!("{:80}", Net::summary())`.
#[derive(Clone, Debug)]
pub struct Summary {
    network: Facts,
    sizes: Sizes,
}

/// A line of the table. Its counts cover all of its turns; the lines nested below it are those of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The number of blocks and groups around it.
    pub depth: usize,
    /// Its source text: `conv 64 k=3`.
    pub layer: String,
    /// The name under which its parameters are saved, in its first turn; empty if it has none.
    pub name: String,
    #[serde(skip)]
    own_name: &'static str,
    /// How many such stages follow one another.
    pub turns: usize,
    /// The shapes of its outputs.
    pub outputs: Vec<String>,
    /// The number of trained parameters in it.
    pub parameters: i64,
    /// Its multiply-adds, for one sample unless the batch has a size; `None` if they depend on a size without a value.
    pub multiply_adds: Option<i64>,
    /// What it adds to [`Cost::training_bytes`](crate::Cost::training_bytes), beyond what earlier layers keep.
    pub training_bytes: Option<i64>,
    /// The most bytes alive at once while it runs, counted like
    /// [`Cost::evaluation_bytes`](crate::Cost::evaluation_bytes).
    pub evaluation_bytes: Option<i64>,
    /// Like [`Cost::receptive_field`](crate::Cost::receptive_field), for this layer in its last turn.
    pub receptive_field: Option<Vec<i64>>,
}

/// The totals over all layers, as far as they are known.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Totals {
    pub parameters: i64,
    pub parameter_bytes: i64,
    pub multiply_adds: Option<i64>,
    pub training_bytes: Option<i64>,
    pub evaluation_bytes: Option<i64>,
    pub receptive_field: Option<Vec<i64>>,
}

impl Summary {
    pub(crate) fn of(network: Facts) -> Self {
        Summary { network, sizes: Vec::new() }
    }

    /// Returns the same table with these values of the symbols.
    ///
    /// # Errors
    /// If a size is unknown, or not accepted by the network.
    pub fn at(&self, sizes: &Bindings) -> Result<Self, CostError> {
        Ok(Summary { sizes: self.network.checked(sizes)?, ..self.clone() })
    }

    /// Returns the lines of the table, in the order of the listing.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        collect(self.network.layers, "", (0, 0), (&self.scope(), &self.running()), &mut rows);
        rows
    }

    pub(crate) fn totals(&self) -> Totals {
        let layers = self.network.layers;
        let running = self.running();
        let sum = |sum: Option<i64>, next: Option<i64>| sum?.checked_add(next?);
        let fields = running.evaluation.iter().filter_map(|stage| stage.field.as_ref());
        Totals {
            parameters: crate::network::count(layers),
            parameter_bytes: tensor_bytes(layers),
            multiply_adds: cost::of_layers(layers, &self.scope().counted),
            training_bytes: running.top(layers).map(|stage| running.training[stage].kept).fold(Some(0), sum),
            evaluation_bytes: running.top(layers).map(|stage| running.evaluation[stage].live).try_fold(0, larger),
            receptive_field: fields.cloned().reduce(farther),
        }
    }

    /// Returns the signature: `LeNet(image: [N, 1, 28, 28]) -> [N, 10]`.
    pub fn signature(&self) -> String {
        let side = |signatures: &[crate::Signature]| {
            let named = signatures.iter().map(|one| match one.name {
                "" => one.ty.at(&self.sizes),
                name => format!("{name}: {}", one.ty.at(&self.sizes)),
            });
            named.collect::<Vec<_>>().join(", ")
        };
        let outputs = side(self.network.outputs);
        let outputs = if self.network.outputs.len() == 1 { outputs } else { format!("({outputs})") };
        format!("{}({}) -> {outputs}", self.network.name, side(self.network.inputs))
    }

    /// The measurements of the stages.
    fn running(&self) -> Running {
        let sizes = self.scope().counted;
        let measure = |train| {
            let inputs = self.network.inputs.iter().map(|input| input.ty);
            cost::measure((self.network.layers, self.network.results), inputs, &sizes, train)
        };
        Running { training: measure(true), evaluation: measure(false) }
    }

    fn scope(&self) -> Scope {
        Scope { shown: self.sizes.clone(), counted: self.network.with_batch(&self.sizes) }
    }
}

/// The measurements of each stage in both modes, each followed by the stages inside it.
struct Running {
    training: Vec<Measured>,
    evaluation: Vec<Measured>,
}

impl Running {
    /// The stages that are not inside another.
    fn top(&self, layers: &'static [LayerInfo]) -> impl Iterator<Item = usize> {
        layers.iter().scan(0, |next, layer| Some(std::mem::replace(next, *next + cost::span(layer))))
    }
}

fn larger(most: i64, next: Option<i64>) -> Option<i64> {
    Some(most.max(next?))
}

/// The larger field along each dimension.
fn farther(one: Vec<i64>, other: Vec<i64>) -> Vec<i64> {
    one.into_iter().zip(other).map(|(one, other)| one.max(other)).collect()
}

/// The values of the symbols: for the shapes, and for the counts, which are of one sample.
struct Scope {
    shown: Sizes,
    counted: Sizes,
}

impl Scope {
    /// The scope of the layers in a stage. Another network has its own symbols.
    fn inside(&self, layer: &LayerInfo) -> Scope {
        Scope { shown: inner(layer, &self.shown), counted: inner(layer, &self.counted) }
    }
}

/// The values of the symbols inside a stage, given those outside.
pub(crate) fn inner<'a>(layer: &LayerInfo, outer: &[(&'a str, i64)]) -> Vec<(&'a str, i64)> {
    let Some(network) = layer.network else { return outer.to_vec() };
    let mut sizes = Vec::new();
    for (declared, fed) in network.inputs.iter().zip(network.fed) {
        for (declared, fed) in declared.ty.dims.iter().zip(fed.dims) {
            if let (Some((name, factor)), Some(value)) = (declared.binds(), fed.evaluate(outer)) {
                sizes.push((name, value / factor));
            }
        }
    }
    sizes
}

/// Adds the rows of stages, of which the first is at `place` among all.
fn collect(
    layers: &[LayerInfo],
    prefix: &str,
    (depth, mut place): (usize, usize),
    (scope, running): (&Scope, &Running),
    rows: &mut Vec<Row>,
) {
    for layer in layers {
        let key = join(prefix, layer.name);
        rows.push(Row {
            depth,
            layer: title(layer),
            name: if layer.name.is_empty() { String::new() } else { key.clone() },
            own_name: layer.name,
            turns: layer.turns,
            outputs: layer.outputs.iter().map(|ty| ty.at(&scope.shown)).collect(),
            parameters: own_count(layer) * layer.turns as i64,
            multiply_adds: cost::of_layer(layer, &scope.counted),
            training_bytes: running.training[place].kept,
            evaluation_bytes: running.evaluation[place].live,
            receptive_field: running.evaluation[place].field.clone(),
        });
        if layer.part != Part::Used {
            collect(layer.children, &key, (depth + 1, place + 1), (&scope.inside(layer), running), rows);
        }
        place += cost::span(layer);
    }
}

pub(crate) fn title(layer: &LayerInfo) -> String {
    match (layer.part, layer.listing) {
        (Part::Declared, _) => format!("shared {}", layer.name),
        (_, "{ .. }") => layer.kind.to_string(),
        (_, listing) => listing.to_string(),
    }
}

/// The bytes of a tensor.
pub(crate) fn bytes(ty: &TensorType, sizes: &Bindings) -> Option<i64> {
    let width = ty.dtype.map_or(4, |kind| kind.elt_size_in_bytes() as i64);
    ty.dims.iter().try_fold(width, |product, size| product.checked_mul(size.evaluate(sizes)?))
}

fn tensor_bytes(layers: &[LayerInfo]) -> i64 {
    let owned = layers.iter().filter(|layer| layer.part != Part::Used);
    owned
        .map(|layer| {
            let own: i64 = layer.tensors.iter().map(|tensor| 4 * tensor.elements()).sum();
            (own + tensor_bytes(layer.children)) * layer.turns as i64
        })
        .sum()
}
