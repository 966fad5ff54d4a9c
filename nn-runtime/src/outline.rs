//! The words in which generated code lists the layers of a network.

use crate::network::{Layer, Signature, TensorSpec, TensorType};
use crate::size::{Comparison, Predicate, Size};
use tch::Kind;

/// A stage.
pub const fn layer(
    name: &'static str,
    kind: &'static str,
    outputs: &'static [TensorType],
    tensors: &'static [TensorSpec],
    children: &'static [Layer],
) -> Layer {
    Layer { name, turns: 1, kind, outputs, tensors, children }
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

/// A size that is a number.
pub const fn size(value: i64) -> Size {
    Size::Known(value)
}

/// A size that is a symbol.
pub const fn symbol(name: &'static str) -> Size {
    Size::Symbol(name)
}

/// The sum of sizes.
pub const fn sum(terms: &'static [Size]) -> Size {
    Size::Sum(terms)
}

/// The product of sizes.
pub const fn product(factors: &'static [Size]) -> Size {
    Size::Product(factors)
}

/// A quotient of sizes, rounded down.
pub const fn quotient(dividend: &'static Size, divisor: &'static Size) -> Size {
    Size::Quotient(dividend, divisor)
}

/// What a division of sizes leaves over.
pub const fn remainder(dividend: &'static Size, divisor: &'static Size) -> Size {
    Size::Remainder(dividend, divisor)
}

/// An input or output.
pub const fn signature(name: &'static str, ty: TensorType) -> Signature {
    Signature { name, ty }
}

/// What must hold of the sizes of the inputs.
pub const fn predicate(left: Size, comparison: Comparison, right: Size) -> Predicate {
    Predicate { left, comparison, right }
}
