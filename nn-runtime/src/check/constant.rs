//! What rustc evaluates when a program with networks is compiled: the signatures of networks inside networks, and what depends on
//! Rust constants. All of it is `const`.

use crate::network::{Signature, TensorType};
use crate::size::Size;

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

    /// Adds a text; what does not fit is cut.
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

/// A message, with the values of the constants that it is about.
#[doc(hidden)]
pub const fn message(text: &str, constants: &[(&str, i64)]) -> Message {
    let mut message = Message::new().text(text);
    let mut index = 0;
    while index < constants.len() {
        let (name, value) = constants[index];
        message = message.text("\nnote: `").text(name).text("` is ").number(value);
        index += 1;
    }
    message
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
    // Every network gives something, but for one that does not compile: that it is wrong was said.
    if outputs.is_empty() {
        return None;
    }
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
    // Steps that have no factor in common with small divisors, so that all remainders come up.
    let step = [1, 11, 13, 17, 19, 23][(hash / 1_009 % 6) as usize];
    1_000 + (hash % 1_009) as i64 * 61 + point * step
}
