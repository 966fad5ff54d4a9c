//! Checks of what comes from outside: the inputs of a network, and the results of Rust code in a listing.

#[doc(hidden)]
pub mod budget;
mod constant;
mod message;
mod statistics;

#[doc(hidden)]
pub use constant::{Side, message, side, signature};
#[doc(hidden)]
pub use message::Message;

use crate::network::{Network, Signature, TensorType, dtype_name};
use crate::size::{Bindings, Size};
use tch::{Device, Kind, Tensor};

/// Why a network cannot run on a tensor: it does not fit the signature, or a layer cannot take its values.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The number of dimensions or a size differs from the declared one.
    #[error("`{network}` expects `{input}: {expected}`, but got {actual}{}", because(.reason))]
    Shape {
        /// The network's name.
        network: &'static str,
        /// The input's name.
        input: &'static str,
        /// The declared shape.
        expected: String,
        /// The actual shape and element type.
        actual: String,
        /// Which size is wrong, and why.
        reason: String,
    },
    /// The element type differs from the declared one.
    #[error(
        "`{network}` expects `{input}` to be {expected}, but got {actual}\nhelp: convert it with `.to_kind(Kind::{kind:?})`"
    )]
    Dtype {
        /// The network's name.
        network: &'static str,
        /// The input's name.
        input: &'static str,
        /// The declared element type.
        expected: &'static str,
        /// The actual element type.
        actual: &'static str,
        /// The declared element type as a tch [`Kind`].
        kind: Kind,
    },
    /// A predicate on the sizes does not hold.
    #[error("`{network}` needs `{predicate}`, but got {sizes}")]
    Predicate {
        /// The network's name.
        network: &'static str,
        /// The predicate, as declared or as derived from the layers.
        predicate: String,
        /// The values of the symbols in it.
        sizes: String,
    },
    /// A layer would take a mean and a variance of a single value, which makes every value the same, and running variances NaN.
    #[error(
        "`{layer}` of `{network}` cannot normalise {shape}: it takes a mean and a variance of 1 value per channel, and needs at least 2\nhelp: {help}"
    )]
    Single {
        /// The network's name.
        network: &'static str,
        /// The layer's name.
        layer: String,
        /// The shape of what it is given.
        shape: String,
        /// How to fix it.
        help: &'static str,
    },
    /// An input is on another device than the parameters.
    #[error(
        "`{network}` is on {expected:?}, but got `{input}` on {actual:?}\nhelp: move it with `.to_device({expected:?})`"
    )]
    Device {
        /// The network's name.
        network: &'static str,
        /// The input's name.
        input: &'static str,
        /// The device of the parameters.
        expected: Device,
        /// The device of the tensor.
        actual: Device,
    },
    /// The shapes are right, but the run failed for another reason: an index out of range, no memory.
    #[error("`{network}` cannot be run: {reason}")]
    Run {
        /// The network's name.
        network: &'static str,
        /// What is wrong.
        reason: String,
    },
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!("\nnote: {reason}") }
}

/// Checks the inputs of a network, and gives its own float type.
#[doc(hidden)]
pub fn inputs<N: Network>(network: &N, tensors: &[&Tensor], train: bool) -> Result<Kind, InputError> {
    check::<N>(Own::of(network), tensors, train)
}

/// The float type of a network and where it is, as far as it has parameters that tell.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Own {
    kind: Option<Kind>,
    device: Option<Device>,
}

impl Own {
    pub fn of<N: Network>(network: &N) -> Own {
        Own { kind: network.kind(), device: network.parameter().map(Tensor::device) }
    }

    /// Checks the inputs of `N` for evaluation.
    pub fn check<N: Network>(self, tensors: &[&Tensor]) -> Result<Kind, InputError> {
        check::<N>(self, tensors, false)
    }
}

fn check<N: Network>(Own { kind, device }: Own, tensors: &[&Tensor], train: bool) -> Result<Kind, InputError> {
    let own = kind.unwrap_or_else(|| own_kind::<N>(tensors));
    let mut bindings: Vec<(&str, i64)> = Vec::new();
    let sizes: Vec<Vec<i64>> = tensors.iter().map(|tensor| tensor.size()).collect();
    for ((signature, tensor), size) in N::INPUTS.iter().zip(tensors).zip(&sizes) {
        check_rank(N::NAME, signature, tensor, size)?;
        check_dtype(N::NAME, signature, tensor, own)?;
        check_device(N::NAME, signature, tensor, device)?;
        for (axis, (declared, actual)) in signature.ty.dims.iter().zip(size).enumerate() {
            bind(N::NAME, signature, tensor, (axis, declared, *actual), &mut bindings)?;
        }
    }
    // Sizes that are computed from symbols can only be checked when all symbols are bound.
    for ((signature, tensor), size) in N::INPUTS.iter().zip(tensors).zip(&sizes) {
        for (axis, (declared, actual)) in signature.ty.dims.iter().zip(size).enumerate() {
            if declared.evaluate(&bindings) != Some(*actual) {
                let values: Vec<String> =
                    bindings.iter().map(|(symbol, value)| format!("{symbol} = {value}")).collect();
                let reason = format!(
                    "dimension {axis} is {actual}, and `{declared}` is another number where {}",
                    values.join(", ")
                );
                return Err(shape_error(N::NAME, signature, tensor, reason));
            }
        }
    }
    for predicate in N::PREDICATES {
        if !predicate.holds(&bindings) {
            let text = predicate.to_string();
            let concerned = bindings.iter().filter(|(symbol, _)| {
                text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *symbol)
            });
            let sizes: Vec<String> = concerned.map(|(symbol, value)| format!("{symbol} = {value}")).collect();
            return Err(InputError::Predicate { network: N::NAME, predicate: text, sizes: sizes.join(", ") });
        }
    }
    statistics::check::<N>(&bindings, train)?;
    Ok(own)
}

/// The float type of a network without parameters: that of the first input whose type the signature does not fix.
fn own_kind<N: Network>(tensors: &[&Tensor]) -> Kind {
    let own = N::INPUTS.iter().zip(tensors).find(|(signature, _)| signature.ty.dtype.is_none());
    let kind = own.map(|(_, tensor)| tensor.kind());
    kind.filter(|kind| matches!(kind, Kind::Half | Kind::BFloat16 | Kind::Float | Kind::Double)).unwrap_or(Kind::Float)
}

fn check_rank(network: &'static str, signature: &Signature, tensor: &Tensor, size: &[i64]) -> Result<(), InputError> {
    if size.len() == signature.ty.dims.len() {
        return Ok(());
    }
    let reason = format!("it has {} dimensions instead of {}", size.len(), signature.ty.dims.len());
    let help =
        missing_axis(signature, size).map(|axis| format!("\nhelp: `.unsqueeze({axis})` adds a dimension of size 1"));
    Err(shape_error(network, signature, tensor, reason + &help.unwrap_or_default()))
}

/// The missing dimension: the batch, or the channel of grey images. `None` if it could be another.
fn missing_axis(signature: &Signature, size: &[i64]) -> Option<usize> {
    let fits = |axis: &usize| {
        let (before, after) = size.split_at(*axis);
        let whole = before.iter().chain([&1]).chain(after);
        signature.ty.dims.iter().zip(whole).all(|(declared, actual)| match declared {
            Size::Known(known) => known == actual,
            declared => matches!(declared, Size::Symbol(_)),
        })
    };
    let mut axes = (0..=size.len()).filter(fits).filter(|_| size.len() + 1 == signature.ty.dims.len());
    axes.next().filter(|_| axes.next().is_none())
}

fn check_dtype(network: &'static str, signature: &Signature, tensor: &Tensor, own: Kind) -> Result<(), InputError> {
    let kind = signature.ty.dtype.unwrap_or(own);
    if tensor.kind() == kind {
        return Ok(());
    }
    let (expected, actual) = (dtype_name(kind), dtype_name(tensor.kind()));
    Err(InputError::Dtype { network, input: signature.name, expected, actual, kind })
}

fn check_device(
    network: &'static str,
    signature: &Signature,
    tensor: &Tensor,
    own: Option<Device>,
) -> Result<(), InputError> {
    let actual = tensor.device();
    match own.filter(|own| *own != actual) {
        Some(expected) => Err(InputError::Device { network, input: signature.name, expected, actual }),
        None => Ok(()),
    }
}

/// Checks a size that is a number. Binds a symbol, or compares the size with the value that it is bound to.
fn bind(
    network: &'static str,
    signature: &Signature,
    tensor: &Tensor,
    (axis, declared, actual): (usize, &Size, i64),
    bindings: &mut Vec<(&'static str, i64)>,
) -> Result<(), InputError> {
    let reason = match (declared, declared.binds()) {
        (Size::Known(value), _) if *value == actual => return Ok(()),
        (Size::Known(value), _) => {
            format!("dimension {axis} is {actual} instead of {value}{}", channels_last(signature, &tensor.size()))
        }
        (_, Some((_, factor))) if actual % factor != 0 => {
            format!("dimension {axis} is {actual}, but `{declared}` is a multiple of {factor}")
        }
        (_, Some((symbol, factor))) => match bindings.iter().find(|(bound, _)| *bound == symbol) {
            None => {
                bindings.push((symbol, actual / factor));
                return Ok(());
            }
            Some((_, value)) if *value == actual / factor => return Ok(()),
            Some((_, value)) => format!("dimension {axis} is {actual}, but `{symbol}` was {value} before"),
        },
        (_, None) => return Ok(()),
    };
    Err(shape_error(network, signature, tensor, reason))
}

/// The help for tensors whose channels come last, as images do outside PyTorch.
fn channels_last(signature: &Signature, size: &[i64]) -> String {
    let [batch, places @ .., channels] = size else { return String::new() };
    let moved = [&[*batch, *channels], places].concat();
    let fits = |(declared, actual): (&Size, &i64)| !matches!(declared, Size::Known(value) if value != actual);
    if places.is_empty() || !signature.ty.dims.iter().zip(&moved).all(fits) {
        return String::new();
    }
    let last = size.len() - 1;
    let order: Vec<usize> = [0, last].into_iter().chain(1..last).collect();
    format!("\nhelp: `.permute({order:?})` moves the last dimension after the batch")
}

fn shape_error(network: &'static str, signature: &Signature, tensor: &Tensor, reason: String) -> InputError {
    let actual = format!("{}{:?}", dtype_name(tensor.kind()), tensor.size());
    InputError::Shape { network, input: signature.name, expected: signature.ty.to_string(), actual, reason }
}

/// Checks what a Rust function or module in a listing gave, where the symbols have these values.
///
/// # Panics
/// If the shape or the element type is another: the listing is wrong about the function.
#[doc(hidden)]
#[track_caller]
pub fn shape(function: &str, tensor: &Tensor, declared: TensorType, kind: Kind, bindings: &Bindings) {
    let actual = tensor.size();
    let same = |(size, actual): (&Size, &i64)| size.evaluate(bindings) == Some(*actual);
    let gave =
        || format!("`{function}` returned {}{actual:?}, but the listing says {declared}", dtype_name(tensor.kind()));
    if actual.len() != declared.dims.len() || !declared.dims.iter().zip(&actual).all(same) {
        let values: Vec<String> = bindings.iter().map(|(symbol, value)| format!("{symbol} = {value}")).collect();
        let values = if values.is_empty() { String::new() } else { format!(", where {}", values.join(", ")) };
        panic!("{}{values}", gave());
    }
    // Autocasting computes in less precision.
    let lower = declared.dtype.is_none() && matches!(tensor.kind(), Kind::Half | Kind::BFloat16);
    if tensor.kind() != kind && !lower {
        let own = if declared.dtype.is_none() { format!(" of {}", dtype_name(kind)) } else { String::new() };
        panic!("{}{own}\nhelp: convert it with `.to_kind(Kind::{kind:?})`", gave());
    }
}
