//! The words in which generated code lists the layers of a network.

pub use crate::network::Source::{Input, Parameter, Previous};
pub use crate::network::TensorType;
pub use crate::size::Size::{Known, Product, Quotient, Remainder, Sum, Symbol};
pub use std::option::Option::{None, Some};

use crate::network::{Inner, Layer, Part, Signature, Source, TensorSpec};
use crate::size::{Comparison, Predicate, Size};
use tch::Kind;

/// A stage.
pub const fn layer(
    name: &'static str,
    kind: &'static str,
    listing: &'static str,
    outputs: &'static [TensorType],
    tensors: &'static [TensorSpec],
    children: &'static [Layer],
) -> Layer {
    let (macs, part) = (Size::Known(0), Part::Whole);
    let (from, results) = (PREVIOUS, PREVIOUS);
    Layer { name, turns: 1, kind, listing, outputs, from, tensors, children, results, macs, part, network: None }
}

const PREVIOUS: &[Source] = &[Source::Previous];

/// The stage at this place in the list.
pub const fn at(place: usize) -> Source {
    Source::Layer(place)
}

/// A stage that takes what these give.
pub const fn from(from: &'static [Source], layer: Layer) -> Layer {
    Layer { from, ..layer }
}

/// A block or group that gives what these give.
pub const fn gives(results: &'static [Source], layer: Layer) -> Layer {
    Layer { results, ..layer }
}

/// A stage that multiplies and adds so often itself.
pub const fn macs(macs: Size, layer: Layer) -> Layer {
    Layer { macs, ..layer }
}

/// The declaration of a `shared`.
pub const fn declared(layer: Layer) -> Layer {
    Layer { part: Part::Declared, ..layer }
}

/// A use of a `shared`.
pub const fn used(layer: Layer) -> Layer {
    Layer { part: Part::Used, ..layer }
}

/// Another network, fed with these.
pub const fn network(inputs: &'static [Signature], fed: &'static [TensorType], layer: Layer) -> Layer {
    Layer { network: Some(Inner { inputs, fed }), ..layer }
}

/// Stages in a row that are alike but for the number at the end of their name, which counts up.
pub const fn turns(count: usize, first: Layer) -> Layer {
    Layer { turns: count, ..first }
}

/// A parameter.
pub const fn parameter(name: &'static str, shape: &'static [i64]) -> TensorSpec {
    TensorSpec { name, shape, trained: true }
}

/// A buffer.
pub const fn buffer(name: &'static str, shape: &'static [i64]) -> TensorSpec {
    TensorSpec { name, shape, trained: false }
}

/// A tensor of the network's own float type.
pub const fn own(dims: &'static [Size]) -> TensorType {
    TensorType { dtype: None, dims }
}

/// A tensor of another element type.
pub const fn typed(kind: Kind, dims: &'static [Size]) -> TensorType {
    TensorType { dtype: Some(kind), dims }
}

/// An input or output.
pub const fn signature(name: &'static str, ty: TensorType) -> Signature {
    Signature { name, ty }
}

/// What must hold of the sizes of the inputs.
pub const fn predicate(left: Size, comparison: Comparison, right: Size) -> Predicate {
    Predicate { left, comparison, right }
}
