//! What a network costs to run.

mod run;

pub(crate) use run::{Measured, measure, span};

use crate::facts::Facts;
use crate::network::{LayerInfo, Part, Signature, TensorType};
use crate::size::{Bindings, Size, Values};
use crate::summary::Summary;

/// What it costs to run a network on inputs of certain sizes: for one sample, unless the batch size is given.
///
/// Bytes count the tensors that layers create, as `f32` where the float type is the network's own. They do not include
/// the inputs, which belong to the caller, or what libtorch allocates temporarily inside a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// The number of trained parameters.
    pub parameters: i64,
    /// The bytes of parameters and buffers.
    pub parameter_bytes: i64,
    /// Like [`Network::MULTIPLY_ADDS`](crate::Network::MULTIPLY_ADDS).
    pub multiply_adds: i64,
    /// The bytes that autograd keeps from the forward pass for the backward pass, in training mode: the inputs and
    /// outputs of layers that the backward pass needs, masks, indices and statistics. Each tensor counts once, and a
    /// view counts as the tensor that it shows. For recurrent layers, Rust functions and attention with dropout, only
    /// inputs and outputs are counted, but autograd keeps more: for an LSTM, 20 times its output.
    pub training_bytes: i64,
    /// The most bytes that are alive at once in evaluation mode without gradients. A value is dropped after its last
    /// use, a view takes no memory, and the input of a block with parameters lives until the block ends.
    pub evaluation_bytes: i64,
    /// The largest receptive field of any layer: how many input positions, along each spatial dimension, one position
    /// of its output sees. It is known for convolutions and pooling, and for layers that keep positions in place. Where
    /// branches join, the larger one counts. Flattening, linear layers, attention and global pooling see everything,
    /// and have no receptive field.
    pub receptive_field: Option<Vec<i64>>,
}

/// Why a cost cannot be computed.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CostError {
    /// Some sizes have no value.
    #[error("the cost of `{network}` depends on `{}`\nhelp: give every size: `cost(&[{}])`", .sizes.join("`, `"), call(.sizes))]
    Open {
        /// The network's name.
        network: &'static str,
        /// The sizes without a value.
        sizes: Vec<&'static str>,
    },
    /// A name that is not a size of the inputs.
    #[error("`{network}` has no size `{size}`\nhelp: its sizes are `{}`", .known.join("`, `"))]
    Unknown {
        /// The network's name.
        network: &'static str,
        /// The name that was given.
        size: String,
        /// The sizes of the network's inputs.
        known: Vec<&'static str>,
    },
    /// The network does not accept inputs of these sizes.
    #[error("`{network}` does not accept these sizes: it needs `{predicate}`")]
    Predicate {
        /// The network's name.
        network: &'static str,
        /// The predicate, as declared or as derived from the layers.
        predicate: String,
    },
    /// The number does not fit an `i64`.
    #[error("the cost of `{network}` does not fit an i64")]
    Overflow {
        /// The network's name.
        network: &'static str,
    },
}

fn call(sizes: &[&str]) -> String {
    let pairs: Vec<String> = sizes.iter().map(|size| format!("(\"{size}\", ..)")).collect();
    pairs.join(", ")
}

/// The values of the symbols of a network inside another, from the types that it is fed with.
pub(crate) const fn inner(inputs: &[Signature], fed: &[TensorType], outer: &Bindings) -> Option<Values> {
    let mut values = Values::NONE;
    let mut index = 0;
    while index < inputs.len() && index < fed.len() {
        let (declared, fed) = (inputs[index].ty.dims, fed[index].dims);
        let mut axis = 0;
        while axis < declared.len() && axis < fed.len() {
            if let Some((name, factor)) = declared[axis].binds() {
                let Some(value) = fed[axis].evaluate(outer) else { return None };
                values = values.with(name, value / factor);
            }
            axis += 1;
        }
        index += 1;
    }
    Some(values)
}

/// The multiply-adds for one sample, if they depend on no other symbol.
pub(crate) const fn per_sample(inputs: &[Signature], layers: &[LayerInfo]) -> Option<i64> {
    match batch(inputs) {
        Some(batch) => of_layers(layers, &[(batch, 1)]),
        None => of_layers(layers, &[]),
    }
}

/// The batch size: the first symbol of the first input.
pub(crate) const fn batch(inputs: &[Signature]) -> Option<&'static str> {
    match inputs {
        [Signature { ty: TensorType { dims: [Size::Symbol(name), ..], .. }, .. }, ..] => Some(name),
        _ => None,
    }
}

pub(crate) const fn of_layers(layers: &[LayerInfo], bindings: &Bindings) -> Option<i64> {
    let mut sum = 0i64;
    let mut index = 0;
    while index < layers.len() {
        let Some(own) = of_layer(&layers[index], bindings) else { return None };
        let Some(next) = sum.checked_add(own) else { return None };
        sum = next;
        index += 1;
    }
    Some(sum)
}

pub(crate) const fn of_layer(layer: &LayerInfo, bindings: &Bindings) -> Option<i64> {
    if matches!(layer.part, Part::Declared) {
        return Some(0);
    }
    let children = match layer.network {
        None => of_layers(layer.children, bindings),
        Some(network) => match inner(network.inputs, network.fed, bindings) {
            Some(values) => of_layers(layer.children, values.bindings()),
            None => None,
        },
    };
    let (Some(own), Some(children)) = (layer.multiply_adds.evaluate(bindings), children) else { return None };
    match own.checked_add(children) {
        Some(turn) => turn.checked_mul(layer.turns as i64),
        None => None,
    }
}

/// The cost for these values of the symbols. The batch is 1 unless it is among them.
pub(crate) fn cost(network: Facts, sizes: &Bindings) -> Result<Cost, CostError> {
    let totals = Summary::of(network).at(sizes)?.totals();
    let known = || {
        Some(Cost {
            parameters: totals.parameters,
            parameter_bytes: totals.parameter_bytes,
            multiply_adds: totals.multiply_adds?,
            training_bytes: totals.training_bytes?,
            evaluation_bytes: totals.evaluation_bytes?,
            receptive_field: totals.receptive_field.clone(),
        })
    };
    known().ok_or_else(|| {
        let bound = network.with_batch(sizes);
        let open = network.symbols().into_iter().filter(|symbol| bound.iter().all(|(bound, _)| bound != symbol));
        let (network, sizes) = (network.name, open.collect::<Vec<_>>());
        if sizes.is_empty() { CostError::Overflow { network } } else { CostError::Open { network, sizes } }
    })
}
