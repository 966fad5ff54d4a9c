//! What comes in from outside is checked: tensors at a network's entrance, what Rust code inside a listing gives, and,
//! when the program is compiled, the signatures of networks inside networks.

use crate::network::{Network, Signature, TensorType, dtype_name};
use crate::size::Size;
use tch::{Kind, Tensor};

/// A tensor that does not fit a network's signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The number of dimensions or a size is not the declared one.
    #[error("`{network}` expects `{input}: {expected}`, and got {actual}{}", because(.reason))]
    Shape {
        /// The network's name.
        network: &'static str,
        /// The input's name.
        input: &'static str,
        /// The declared shape.
        expected: String,
        /// The shape and element type that came.
        actual: String,
        /// Which size is wrong, and why.
        reason: String,
    },
    /// The element type is not the declared one.
    #[error(
        "`{network}` expects `{input}` to be {expected}, and got {actual}\nhelp: convert it with `.to_kind(Kind::{kind:?})`"
    )]
    Dtype {
        /// The network's name.
        network: &'static str,
        /// The input's name.
        input: &'static str,
        /// The declared element type.
        expected: &'static str,
        /// What came.
        actual: &'static str,
        /// The declared element type as tch calls it.
        kind: Kind,
    },
    /// A predicate on the sizes does not hold.
    #[error("`{network}` needs `{predicate}`, and got {sizes}")]
    Predicate {
        /// The network's name.
        network: &'static str,
        /// The predicate, as declared or as derived from the layers.
        predicate: String,
        /// The symbols in question with their values.
        sizes: String,
    },
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!("\nnote: {reason}") }
}

/// Checks the inputs of a network, whose own float type is `own`.
#[doc(hidden)]
pub fn inputs<N: Network>(tensors: &[&Tensor], own: Kind) -> Result<(), InputError> {
    let mut bindings: Vec<(&str, i64)> = Vec::new();
    let sizes: Vec<Vec<i64>> = tensors.iter().map(|tensor| tensor.size()).collect();
    for ((signature, tensor), size) in N::INPUTS.iter().zip(tensors).zip(&sizes) {
        check_rank(N::NAME, signature, tensor, size)?;
        check_dtype(N::NAME, signature, tensor, own)?;
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
    Ok(())
}

fn check_rank(network: &'static str, signature: &Signature, tensor: &Tensor, size: &[i64]) -> Result<(), InputError> {
    if size.len() == signature.ty.dims.len() {
        return Ok(());
    }
    let reason = format!("it has {} dimensions instead of {}", size.len(), signature.ty.dims.len());
    Err(shape_error(network, signature, tensor, reason))
}

fn check_dtype(network: &'static str, signature: &Signature, tensor: &Tensor, own: Kind) -> Result<(), InputError> {
    let kind = signature.ty.dtype.unwrap_or(own);
    if tensor.kind() == kind {
        return Ok(());
    }
    let (expected, actual) = (dtype_name(kind), dtype_name(tensor.kind()));
    Err(InputError::Dtype { network, input: signature.name, expected, actual, kind })
}

/// Checks a size that is a number; binds a symbol, or compares it with what it is bound to.
fn bind(
    network: &'static str,
    signature: &Signature,
    tensor: &Tensor,
    (axis, declared, actual): (usize, &Size, i64),
    bindings: &mut Vec<(&'static str, i64)>,
) -> Result<(), InputError> {
    let reason = match declared {
        Size::Known(value) if *value == actual => return Ok(()),
        Size::Known(value) => format!("dimension {axis} is {actual} instead of {value}"),
        Size::Symbol(symbol) => match bindings.iter().find(|(bound, _)| bound == symbol) {
            None => {
                bindings.push((symbol, actual));
                return Ok(());
            }
            Some((_, value)) if *value == actual => return Ok(()),
            Some((_, value)) => format!("dimension {axis} is {actual}, but `{symbol}` was {value} before"),
        },
        _ => return Ok(()),
    };
    Err(shape_error(network, signature, tensor, reason))
}

fn shape_error(network: &'static str, signature: &Signature, tensor: &Tensor, reason: String) -> InputError {
    let actual = format!("{}{:?}", dtype_name(tensor.kind()), tensor.size());
    InputError::Shape { network, input: signature.name, expected: signature.ty.to_string(), actual, reason }
}

/// Checks what a Rust function or module in a listing gave: `None` is a size that only the run knows.
///
/// # Panics
/// If the shape is another: the listing is wrong about the function.
#[doc(hidden)]
#[track_caller]
pub fn shape(function: &str, tensor: &Tensor, declared: &[Option<i64>]) {
    let actual = tensor.size();
    let same = actual.len() == declared.len()
        && actual.iter().zip(declared).all(|(actual, declared)| declared.is_none_or(|declared| declared == *actual));
    if !same {
        let declared: Vec<String> =
            declared.iter().map(|size| size.map_or("_".to_string(), |size| size.to_string())).collect();
        panic!("`{function}` gave {actual:?}, and the listing says [{}]", declared.join(", "));
    }
}

/// A message made in constant evaluation.
#[doc(hidden)]
pub struct Message {
    bytes: [u8; 512],
    length: usize,
}

impl Message {
    const fn new() -> Message {
        Message { bytes: [0; 512], length: 0 }
    }

    const fn text(mut self, text: &str) -> Message {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.length < self.bytes.len() {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    const fn number(self, value: i64) -> Message {
        let mut message = if value < 0 { self.text("-") } else { self };
        let value = value.unsigned_abs();
        let mut divisor = 1;
        while value / divisor >= 10 {
            divisor *= 10;
        }
        while divisor > 0 {
            let digit = [b'0' + ((value / divisor) % 10) as u8];
            message = match std::str::from_utf8(&digit) {
                Ok(digit) => message.text(digit),
                Err(_) => message,
            };
            divisor /= 10;
        }
        message
    }

    const fn size(self, size: &Size) -> Message {
        match size {
            Size::Known(value) => self.number(*value),
            Size::Symbol(name) => self.text(name),
            Size::Sum(sizes) => self.sizes(sizes, " + "),
            Size::Product(sizes) => self.sizes(sizes, " * "),
            Size::Quotient(dividend, divisor) => self.size(dividend).text(" / ").size(divisor),
            Size::Remainder(dividend, divisor) => self.size(dividend).text(" % ").size(divisor),
        }
    }

    const fn sizes(self, sizes: &[Size], separator: &str) -> Message {
        let mut message = self;
        let mut index = 0;
        while index < sizes.len() {
            if index > 0 {
                message = message.text(separator);
            }
            message = message.size(&sizes[index]);
            index += 1;
        }
        message
    }

    const fn ty(self, ty: &TensorType) -> Message {
        self.text("[").sizes(ty.dims, ", ").text("]")
    }

    /// The message.
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "the shapes differ",
        }
    }
}

/// How many points a symbolic size is compared at.
const POINTS: i64 = 48;

/// What is wrong when a network is fed with `fed` and declared to give `given`; nothing, if it fits.
///
/// The network's symbols are bound to the sizes it is fed with. Where those are symbolic themselves, they stand for many numbers
/// at which the declared and the true result are compared.
#[doc(hidden)]
pub const fn signature(
    name: &str,
    inputs: &[Signature],
    outputs: &[Signature],
    fed: &[TensorType],
    given: &[TensorType],
) -> Option<Message> {
    if inputs.len() != fed.len() {
        let message = Message::new().text("`").text(name).text("` takes ").number(inputs.len() as i64);
        return Some(message.text(" values, and is fed with ").number(fed.len() as i64));
    }
    if outputs.len() != given.len() {
        let message = Message::new().text("`").text(name).text("` returns ").number(outputs.len() as i64);
        return Some(message.text(" values, and this chain declares ").number(given.len() as i64));
    }
    let mut point = 0;
    while point < POINTS {
        if let Some(difference) = differs_at(point, (inputs, fed), (outputs, given)) {
            return Some(describe(name, difference, (inputs, fed), (outputs, given)));
        }
        point += 1;
    }
    None
}

/// Which input or output differs.
enum Difference {
    Input(usize),
    Output(usize),
}

const fn describe(
    name: &str,
    difference: Difference,
    (inputs, fed): (&[Signature], &[TensorType]),
    (outputs, given): (&[Signature], &[TensorType]),
) -> Message {
    let message = Message::new().text("`").text(name);
    match difference {
        Difference::Input(index) => {
            let message = message.text("` expects ").ty(&inputs[index].ty).text(" as `").text(inputs[index].name);
            message.text("`, and is fed with ").ty(&fed[index])
        }
        Difference::Output(index) => {
            message.text("` returns ").ty(&outputs[index].ty).text(", but this chain declares ").ty(&given[index])
        }
    }
}

/// Compares all shapes with the caller's symbols standing for certain numbers.
const fn differs_at(
    point: i64,
    (inputs, fed): (&[Signature], &[TensorType]),
    (outputs, given): (&[Signature], &[TensorType]),
) -> Option<Difference> {
    let mut bindings: [(&str, i64); 32] = [("", 0); 32];
    let mut bound = 0;
    let mut index = 0;
    while index < inputs.len() {
        if inputs[index].ty.dims.len() != fed[index].dims.len() || !same_dtype(&inputs[index].ty, &fed[index]) {
            return Some(Difference::Input(index));
        }
        let (declared, fed) = (inputs[index].ty.dims, fed[index].dims);
        let mut axis = 0;
        while axis < declared.len() {
            let value = sample(&fed[axis], point);
            match &declared[axis] {
                Size::Symbol(symbol) => {
                    let (known, _) = bindings.split_at(bound);
                    match Size::Symbol(symbol).evaluate(known) {
                        Some(other) if other != value => return Some(Difference::Input(index)),
                        Some(_) => {}
                        None => {
                            bindings[bound] = (symbol, value);
                            bound += 1;
                        }
                    }
                }
                size => {
                    let (known, _) = bindings.split_at(bound);
                    match size.evaluate(known) {
                        Some(other) if other == value => {}
                        _ => return Some(Difference::Input(index)),
                    }
                }
            }
            axis += 1;
        }
        index += 1;
    }
    let (known, _) = bindings.split_at(bound);
    let mut index = 0;
    while index < outputs.len() {
        if !same_at(&outputs[index].ty, &given[index], known, point) {
            return Some(Difference::Output(index));
        }
        index += 1;
    }
    None
}

const fn same_at(own: &TensorType, declared: &TensorType, bindings: &[(&str, i64)], point: i64) -> bool {
    if own.dims.len() != declared.dims.len() || !same_dtype(own, declared) {
        return false;
    }
    let mut axis = 0;
    while axis < own.dims.len() {
        match own.dims[axis].evaluate(bindings) {
            Some(value) if value == sample(&declared.dims[axis], point) => {}
            _ => return false,
        }
        axis += 1;
    }
    true
}

const fn same_dtype(a: &TensorType, b: &TensorType) -> bool {
    match (a.dtype, b.dtype) {
        (None, None) => true,
        (Some(a), Some(b)) => a as i64 == b as i64,
        _ => false,
    }
}

/// The value of a size of the caller's at a point: each symbol stands for a number of its own.
const fn sample(size: &Size, point: i64) -> i64 {
    match size {
        Size::Known(value) => *value,
        Size::Symbol(name) => symbol_at(name, point),
        Size::Sum(terms) => {
            let (mut sum, mut index) = (0, 0);
            while index < terms.len() {
                sum += sample(&terms[index], point);
                index += 1;
            }
            sum
        }
        Size::Product(factors) => {
            let (mut product, mut index) = (1, 0);
            while index < factors.len() {
                product *= sample(&factors[index], point);
                index += 1;
            }
            product
        }
        Size::Quotient(dividend, divisor) => sample(dividend, point).div_euclid(sample(divisor, point)),
        Size::Remainder(dividend, divisor) => sample(dividend, point).rem_euclid(sample(divisor, point)),
    }
}

/// Different symbols and points give different numbers, with all remainders.
const fn symbol_at(name: &str, point: i64) -> i64 {
    let mut hash: u64 = 14_695_981_039_346_656_037;
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(1_099_511_628_211);
        index += 1;
    }
    1_000 + (hash % 1_009) as i64 * 61 + point * 7
}
