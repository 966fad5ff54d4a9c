//! The names with which generated code describes the layers of a network.

pub use crate::network::Source::{Input, Parameter, Previous};
pub use crate::network::TensorType;
pub use crate::size::Size::{Known, Product, Quotient, Remainder, Sum, Symbol};
pub use std::option::Option::{None, Some};

use crate::network::{Gives, Inner, LayerInfo, Memory, Part, Sees, Signature, Source, Statistics, TensorSpec};
use crate::size::{Comparison, Predicate, Size};
use tch::Kind;

/// A stage.
pub const fn layer(
    name: &'static str,
    kind: &'static str,
    listing: &'static str,
    outputs: &'static [TensorType],
    tensors: &'static [TensorSpec],
    children: &'static [LayerInfo],
) -> LayerInfo {
    let (multiply_adds, part) = (Size::Known(0), Part::Whole);
    let (from, results, sees) = (PREVIOUS, PREVIOUS, Sees::All);
    let memory = Memory { gives: Gives::New, inputs: false, outputs: false, besides: Size::Known(0) };
    let (turns, statistics, network) = (1, None, None);
    LayerInfo {
        name,
        turns,
        kind,
        listing,
        outputs,
        from,
        tensors,
        children,
        results,
        multiply_adds,
        sees,
        memory,
        statistics,
        part,
        network,
    }
}

const PREVIOUS: &[Source] = &[Source::Previous];

/// The stage at this place in the list.
pub const fn at(place: usize) -> Source {
    Source::Layer(place)
}

/// A stage with these sources.
pub const fn from(from: &'static [Source], layer: LayerInfo) -> LayerInfo {
    LayerInfo { from, ..layer }
}

/// A block or group whose results come from these.
pub const fn gives(results: &'static [Source], layer: LayerInfo) -> LayerInfo {
    LayerInfo { results, ..layer }
}

/// A stage with this number of multiply-adds of its own.
pub const fn multiply_adds(multiply_adds: Size, layer: LayerInfo) -> LayerInfo {
    LayerInfo { multiply_adds, ..layer }
}

/// A layer whose every output position depends only on the same position of the input.
pub const fn place(layer: LayerInfo) -> LayerInfo {
    LayerInfo { sees: Sees::Place, ..layer }
}

/// A layer that slides a window, with its extent and stride, over its input.
pub const fn window(steps: &'static [(Size, Size)], layer: LayerInfo) -> LayerInfo {
    LayerInfo { sees: Sees::Window(steps), ..layer }
}

/// A layer that slides a window over its output.
pub const fn spread(steps: &'static [(Size, Size)], layer: LayerInfo) -> LayerInfo {
    LayerInfo { sees: Sees::Spread(steps), ..layer }
}

/// A layer whose output is a view of its input.
pub const fn view(layer: LayerInfo) -> LayerInfo {
    LayerInfo { memory: Memory { gives: Gives::View, ..layer.memory }, ..layer }
}

/// A layer that does nothing in evaluation.
pub const fn input_in_evaluation(layer: LayerInfo) -> LayerInfo {
    LayerInfo { memory: Memory { gives: Gives::InputInEvaluation, ..layer.memory }, ..layer }
}

/// A layer whose inputs the backward pass needs.
pub const fn keeps_inputs(layer: LayerInfo) -> LayerInfo {
    LayerInfo { memory: Memory { inputs: true, ..layer.memory }, ..layer }
}

/// A layer whose outputs the backward pass needs.
pub const fn keeps_outputs(layer: LayerInfo) -> LayerInfo {
    LayerInfo { memory: Memory { outputs: true, ..layer.memory }, ..layer }
}

/// A layer of which the backward pass needs this number of further bytes.
pub const fn keeps(besides: Size, layer: LayerInfo) -> LayerInfo {
    LayerInfo { memory: Memory { besides, ..layer.memory }, ..layer }
}

/// A layer that normalises by statistics. The arguments: whether over the whole batch, and whether there are running ones.
pub const fn statistics(whole_batch: bool, running: bool, layer: LayerInfo) -> LayerInfo {
    LayerInfo { statistics: Some(Statistics { whole_batch, running }), ..layer }
}

/// The declaration of a `shared`.
pub const fn declared(layer: LayerInfo) -> LayerInfo {
    LayerInfo { part: Part::Declared, ..layer }
}

/// A use of a `shared`.
pub const fn used(layer: LayerInfo) -> LayerInfo {
    LayerInfo { part: Part::Used, ..layer }
}

/// Another network, with the types of its inputs.
pub const fn network(inputs: &'static [Signature], fed: &'static [TensorType], layer: LayerInfo) -> LayerInfo {
    LayerInfo { network: Some(Inner { inputs, fed }), ..layer }
}

/// Stages in a row that differ only in the number at the end of their name, which counts up.
pub const fn turns(count: usize, first: LayerInfo) -> LayerInfo {
    LayerInfo { turns: count, ..first }
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

/// A predicate on the sizes of the inputs.
pub const fn predicate(left: Size, comparison: Comparison, right: Size) -> Predicate {
    Predicate { left, comparison, right }
}
