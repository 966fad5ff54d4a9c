//! The check that no layer normalises by the statistics of a single value.

use super::InputError;
use crate::cost;
use crate::network::{LayerInfo, Network, Part, Statistics, TensorType, join};
use crate::size::Bindings;

/// Checks that no layer takes the statistics of a single value for these values of the symbols.
pub(super) fn check<N: Network>(sizes: &Bindings, train: bool) -> Result<(), InputError> {
    // Known at compile time, so that evaluation costs nothing.
    let has_some = if train { const { any(N::LAYERS, true) } } else { const { any(N::LAYERS, false) } };
    if !has_some {
        return Ok(());
    }
    let Some(Single { layer, shape, statistics }) = Single::first(N::LAYERS, sizes, train) else { return Ok(()) };
    let help = if statistics.whole_batch {
        "train on 2 samples or more at a time: `DataLoader::drop_last` leaves out a smaller last batch"
    } else {
        "use an input large enough to leave more than one position there, or `layernorm`"
    };
    Err(InputError::Single { network: N::NAME, layer, shape, help })
}

/// Whether any layer takes statistics of its input in this mode.
const fn any(layers: &[LayerInfo], train: bool) -> bool {
    let mut i = 0;
    while i < layers.len() {
        let own = matches!(layers[i].statistics, Some(statistics) if statistics.are_taken(train));
        if own || any(layers[i].children, train) {
            return true;
        }
        i += 1;
    }
    false
}

/// A layer that takes the statistics of a single value.
struct Single {
    layer: String,
    shape: String,
    statistics: Statistics,
}

impl Single {
    fn first(layers: &[LayerInfo], sizes: &Bindings, train: bool) -> Option<Single> {
        layers.iter().filter(|layer| layer.part != Part::Declared).find_map(|layer| {
            let single = match (layer.statistics, layer.network) {
                (Some(statistics), _) => return Single::of(layer, statistics, sizes, train),
                (None, None) => Single::first(layer.children, sizes, train)?,
                (None, Some(network)) => {
                    let inner = cost::inner(network.inputs, network.fed, sizes)?;
                    Single::first(layer.children, inner.bindings(), train)?
                }
            };
            Some(Single { layer: join(layer.name, &single.layer), ..single })
        })
    }

    fn of(layer: &LayerInfo, statistics: Statistics, sizes: &Bindings, train: bool) -> Option<Single> {
        // Normalisation keeps the shape.
        let ty = &layer.outputs[0];
        let single = statistics.are_taken(train) && is_single(ty, statistics, sizes);
        let name = if layer.name.is_empty() { layer.kind } else { layer.name };
        single.then(|| Single { layer: name.to_owned(), shape: ty.at(sizes), statistics })
    }
}

/// Whether a channel, which is dimension 1, has one value.
fn is_single(ty: &TensorType, statistics: Statistics, sizes: &Bindings) -> bool {
    ty.dims.iter().enumerate().all(|(axis, size)| match axis {
        0 if !statistics.whole_batch => true,
        1 => true,
        _ => size.evaluate(sizes) == Some(1),
    })
}
