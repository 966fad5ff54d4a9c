//! What a network costs to run, counted when the program is compiled.

use crate::facts::Facts;
use crate::network::{Layer, Part, Signature, TensorType};
use crate::size::{Bindings, Size, Values};

/// Why multiply-adds cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CostError {
    /// Sizes are left open.
    #[error("the multiply-adds of `{network}` depend on `{}`\nhelp: give every size: `multiply_adds(&[{}])`", .sizes.join("`, `"), call(.sizes))]
    Open {
        /// The network's name.
        network: &'static str,
        /// The sizes without a value.
        sizes: Vec<&'static str>,
    },
    /// A name that is no size of the inputs.
    #[error("`{network}` has no size `{size}`\nhelp: its sizes are `{}`", .known.join("`, `"))]
    Unknown {
        /// The network's name.
        network: &'static str,
        /// The name that was given.
        size: String,
        /// The sizes of its inputs.
        known: Vec<&'static str>,
    },
    /// The network takes no inputs of these sizes.
    #[error("`{network}` takes no such sizes: it needs `{predicate}`")]
    Predicate {
        /// The network's name.
        network: &'static str,
        /// The predicate, as declared or as derived from the layers.
        predicate: String,
    },
    /// The number does not fit an `i64`.
    #[error("the multiply-adds of `{network}` do not fit an i64")]
    Overflow {
        /// The network's name.
        network: &'static str,
    },
}

fn call(sizes: &[&str]) -> String {
    let pairs: Vec<String> = sizes.iter().map(|size| format!("(\"{size}\", ..)")).collect();
    pairs.join(", ")
}

/// What a network inside another is fed with gives its symbols their values.
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

/// The multiply-adds for one sample where no other size is open.
pub(crate) const fn per_sample(inputs: &[Signature], layers: &[Layer]) -> Option<i64> {
    match batch(inputs) {
        Some(batch) => of_layers(layers, &[(batch, 1)]),
        None => of_layers(layers, &[]),
    }
}

/// The symbol that stands first in the first input.
pub(crate) const fn batch(inputs: &[Signature]) -> Option<&'static str> {
    match inputs {
        [Signature { ty: TensorType { dims: [Size::Symbol(name), ..], .. }, .. }, ..] => Some(name),
        _ => None,
    }
}

pub(crate) const fn of_layers(layers: &[Layer], bindings: &Bindings) -> Option<i64> {
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

pub(crate) const fn of_layer(layer: &Layer, bindings: &Bindings) -> Option<i64> {
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
    let (Some(own), Some(children)) = (layer.macs.evaluate(bindings), children) else { return None };
    match own.checked_add(children) {
        Some(turn) => turn.checked_mul(layer.turns as i64),
        None => None,
    }
}

/// The multiply-adds where the symbols have these values; the batch is 1 unless it is among them.
pub(crate) fn multiply_adds(network: Facts, sizes: &Bindings) -> Result<i64, CostError> {
    let sizes = network.checked(sizes)?;
    let bindings = network.with_batch(&sizes);
    of_layers(network.layers, &bindings).ok_or_else(|| {
        let open = network.symbols().into_iter().filter(|symbol| bindings.iter().all(|(bound, _)| bound != symbol));
        let (network, sizes) = (network.name, open.collect::<Vec<_>>());
        if sizes.is_empty() { CostError::Overflow { network } } else { CostError::Open { network, sizes } }
    })
}
