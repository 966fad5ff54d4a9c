//! A network as a table, as Keras and torchinfo show it.

mod show;

use crate::cost::{self, CostError};
use crate::facts::{Facts, Sizes};
use crate::network::{Layer, Part, TensorType, join, own_count};
use crate::size::Bindings;
use serde::Serialize;

/// The layers of a network with their output shapes, parameters and multiply-adds. It is made of the type: no weights are
/// needed. `to_string` aligns it for a terminal, and the width of a format, 100 unless given, is not exceeded where words
/// can be wrapped: `format!("{:80}", Net::summary())`.
#[derive(Clone, Debug)]
pub struct Summary {
    network: Facts,
    sizes: Sizes,
}

/// A line of the table. What it counts is of all its turns together; what stands below it is of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// How many blocks and groups it is in.
    pub depth: usize,
    /// As it was written: `conv 64 k=3`.
    pub layer: String,
    /// What its parameters are saved under, in its first turn; empty if it has none.
    pub name: String,
    #[serde(skip)]
    own_name: &'static str,
    /// How many such stages there are in a row.
    pub turns: usize,
    /// The shapes of what it gives.
    pub outputs: Vec<String>,
    /// The number of trained parameters in it.
    pub parameters: i64,
    /// Its multiply-adds, for one sample unless the batch has a size; `None` where a size is left open that they depend on.
    pub multiply_adds: Option<i64>,
    /// The bytes of what the layers in it give, which training keeps for the backward pass: for one sample unless the batch
    /// has a size, in `f32` where the float type is the network's own. A view counts as what it shows. `None` where a size
    /// is left open that they depend on.
    pub activation_bytes: Option<i64>,
}

/// All layers together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// The number of trained parameters.
    pub parameters: i64,
    /// Their bytes in `f32`, and those of the buffers.
    pub parameter_bytes: i64,
    /// As [`Row::multiply_adds`].
    pub multiply_adds: Option<i64>,
    /// As [`Row::activation_bytes`].
    pub activation_bytes: Option<i64>,
}

impl Summary {
    pub(crate) fn of(network: Facts) -> Self {
        Summary { network, sizes: Vec::new() }
    }

    /// The same, where the symbols have these values.
    ///
    /// # Errors
    /// If a size is unknown, or not one that the network takes.
    pub fn at(&self, sizes: &Bindings) -> Result<Self, CostError> {
        Ok(Summary { sizes: self.network.checked(sizes)?, ..self.clone() })
    }

    /// The lines of the table, in the order of the listing.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        collect(self.network.layers, "", 0, &self.scope(), &mut rows);
        rows
    }

    /// All layers together.
    pub fn totals(&self) -> Totals {
        let (layers, sizes) = (self.network.layers, self.scope().counted);
        Totals {
            parameters: crate::network::count(layers),
            parameter_bytes: tensor_bytes(layers),
            multiply_adds: cost::of_layers(layers, &sizes),
            activation_bytes: activations(layers, &sizes),
        }
    }

    /// The signature: `LeNet(image: [N, 1, 28, 28]) -> [N, 10]`.
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

    fn scope(&self) -> Scope {
        Scope { shown: self.sizes.clone(), counted: self.network.with_batch(&self.sizes) }
    }
}

/// The values of the symbols: for the shapes, and for the counts, which are of one sample.
struct Scope {
    shown: Sizes,
    counted: Sizes,
}

impl Scope {
    /// The scope of the layers in a stage: another network has symbols of its own.
    fn inside(&self, layer: &Layer) -> Scope {
        Scope { shown: inner(layer, &self.shown), counted: inner(layer, &self.counted) }
    }
}

/// The values of the symbols inside a stage, where those around it have these.
pub(crate) fn inner(layer: &Layer, outer: &[(&'static str, i64)]) -> Sizes {
    let Some(network) = layer.network else { return outer.to_vec() };
    let mut sizes = Sizes::new();
    for (declared, fed) in network.inputs.iter().zip(network.fed) {
        for (declared, fed) in declared.ty.dims.iter().zip(fed.dims) {
            if let (Some((name, factor)), Some(value)) = (declared.binds(), fed.evaluate(outer)) {
                sizes.push((name, value / factor));
            }
        }
    }
    sizes
}

fn collect(layers: &[Layer], prefix: &str, depth: usize, scope: &Scope, rows: &mut Vec<Row>) {
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
            activation_bytes: layer_activations(layer, &scope.counted),
        });
        if layer.part != Part::Used {
            collect(layer.children, &key, depth + 1, &scope.inside(layer), rows);
        }
    }
}

pub(crate) fn title(layer: &Layer) -> String {
    match (layer.part, layer.listing) {
        (Part::Declared, _) => format!("shared {}", layer.name),
        (_, "{ .. }") => layer.kind.to_string(),
        (_, listing) => listing.to_string(),
    }
}

fn activations(layers: &[Layer], sizes: &[(&'static str, i64)]) -> Option<i64> {
    layers.iter().try_fold(0i64, |sum, layer| sum.checked_add(layer_activations(layer, sizes)?))
}

fn layer_activations(layer: &Layer, sizes: &[(&'static str, i64)]) -> Option<i64> {
    let one = match (layer.part, layer.children) {
        (Part::Declared, _) => 0,
        (_, []) => layer.outputs.iter().try_fold(0i64, |sum, ty| sum.checked_add(bytes(ty, sizes)?))?,
        (_, children) => activations(children, &inner(layer, sizes))?,
    };
    one.checked_mul(layer.turns as i64)
}

/// The bytes of a tensor.
fn bytes(ty: &TensorType, sizes: &[(&'static str, i64)]) -> Option<i64> {
    let width = ty.dtype.map_or(4, |kind| kind.elt_size_in_bytes() as i64);
    ty.dims.iter().try_fold(width, |product, size| product.checked_mul(size.evaluate(sizes)?))
}

fn tensor_bytes(layers: &[Layer]) -> i64 {
    let owned = layers.iter().filter(|layer| layer.part != Part::Used);
    owned
        .map(|layer| {
            let own: i64 = layer.tensors.iter().map(|tensor| 4 * tensor.elements()).sum();
            (own + tensor_bytes(layer.children)) * layer.turns as i64
        })
        .sum()
}
