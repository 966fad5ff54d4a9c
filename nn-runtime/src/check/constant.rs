//! Checks that rustc evaluates in constants: the signatures of networks inside networks, and whatever depends on Rust
//! constants.

use super::Message;
use crate::network::{Network, Signature, TensorType};
use crate::size::{Bindings, Comparison, Predicate, Size, Values};

/// A message, with the values of the constants in it.
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

/// The signature of one of two networks: the inner or the outer one.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Side<'a> {
    pub inputs: &'a [Signature],
    pub outputs: &'a [Signature],
    pub predicates: &'a [Predicate],
}

/// A network as one side.
#[doc(hidden)]
pub const fn side<N: Network>() -> Side<'static> {
    Side { inputs: N::INPUTS, outputs: N::OUTPUTS, predicates: N::PREDICATES }
}

/// The mistake in a network `inner` inside `outer`, which feeds it with `fed` and declares its results as `given`; `None`
/// if it fits.
///
/// The inner network's symbols are bound to the sizes that it is fed with. If those are symbolic, everything is compared for
/// many values that the outer network accepts.
#[doc(hidden)]
pub const fn signature(
    name: &str,
    inner: Side,
    outer: Side,
    fed: &[TensorType],
    given: &[TensorType],
) -> Option<Message> {
    // Only the stub of a network with mistakes, which were reported, has no outputs.
    if inner.outputs.is_empty() {
        return None;
    }
    if inner.inputs.len() != fed.len() {
        let message = Message::new().text("`").text(name).text("` takes ").number(inner.inputs.len() as i64);
        return Some(message.text(" values, and is fed with ").number(fed.len() as i64));
    }
    if inner.outputs.len() != given.len() {
        let message = Message::new().text("`").text(name).text("` returns ").number(inner.outputs.len() as i64);
        return Some(message.text(" values, and this chain declares ").number(given.len() as i64));
    }
    let mut point = 0;
    while point < POINTS {
        if let Some(values) = admitted(outer, point)
            && are_known(fed, values.bindings())
            && are_known(given, values.bindings())
            && let Some(difference) = differs_at(values.bindings(), inner, fed, given)
        {
            return Some(describe(name, difference, inner, (fed, given), values.bindings()));
        }
        point += 1;
    }
    None
}

/// What differs, or which predicate does not hold.
enum Difference {
    Input(usize),
    Output(usize),
    Predicate(usize),
}

const fn describe(
    name: &str,
    difference: Difference,
    inner: Side,
    (fed, given): (&[TensorType], &[TensorType]),
    values: &Bindings,
) -> Message {
    let message = Message::new().text("`").text(name);
    match difference {
        Difference::Input(index) => {
            let Signature { name, ty } = &inner.inputs[index];
            let message = message.text("` expects ").ty(ty).text(" as `").text(name);
            message.text("`, and is fed with ").ty(&fed[index])
        }
        Difference::Output(index) => {
            let message = message.text("` returns ").ty(&inner.outputs[index].ty);
            message.text(", but this chain declares ").ty(&given[index])
        }
        Difference::Predicate(index) => {
            let Predicate { left, comparison, right } = &inner.predicates[index];
            let message =
                message.text("` needs `").size(left).text(" ").text(comparison.symbol()).text(" ").size(right);
            message.text("`, and is fed with ").types(fed).example(fed, values)
        }
    }
}

/// Compares all shapes for given values of the outer network's symbols.
const fn differs_at(outer: &Bindings, inner: Side, fed: &[TensorType], given: &[TensorType]) -> Option<Difference> {
    let mut values = Values::NONE;
    let mut index = 0;
    while index < inner.inputs.len() {
        values = match bound(&inner.inputs[index].ty, &fed[index], outer, values) {
            Some(values) => values,
            None => return Some(Difference::Input(index)),
        };
        index += 1;
    }
    index = 0;
    while index < inner.predicates.len() {
        if !inner.predicates[index].holds(values.bindings()) {
            return Some(Difference::Predicate(index));
        }
        index += 1;
    }
    index = 0;
    while index < inner.outputs.len() {
        if !same_at(&inner.outputs[index].ty, &given[index], values.bindings(), outer) {
            return Some(Difference::Output(index));
        }
        index += 1;
    }
    None
}

/// Whether all sizes have values: nothing is divided by zero, and nothing overflows.
const fn are_known(types: &[TensorType], values: &Bindings) -> bool {
    let mut index = 0;
    while index < types.len() {
        let mut axis = 0;
        while axis < types[index].dims.len() {
            if types[index].dims[axis].evaluate(values).is_none() {
                return false;
            }
            axis += 1;
        }
        index += 1;
    }
    true
}

/// Adds the values of the symbols in an input; `None` if the input does not fit.
const fn bound(declared: &TensorType, fed: &TensorType, outer: &Bindings, mut values: Values) -> Option<Values> {
    if declared.dims.len() != fed.dims.len() || !same_dtype(declared, fed) {
        return None;
    }
    let mut axis = 0;
    while axis < fed.dims.len() {
        let Some(value) = fed.dims[axis].evaluate(outer) else { return None };
        match (declared.dims[axis].binds(), declared.dims[axis].evaluate(values.bindings())) {
            (_, Some(other)) if other == value => {}
            (Some((symbol, factor)), None) if value % factor == 0 => values = values.with(symbol, value / factor),
            _ => return None,
        }
        axis += 1;
    }
    Some(values)
}

const fn same_at(own: &TensorType, declared: &TensorType, inner: &Bindings, outer: &Bindings) -> bool {
    if own.dims.len() != declared.dims.len() || !same_dtype(own, declared) {
        return false;
    }
    let mut axis = 0;
    while axis < own.dims.len() {
        match (own.dims[axis].evaluate(inner), declared.dims[axis].evaluate(outer)) {
            (Some(own), Some(declared)) if own == declared => {}
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

/// Values for the symbols of a network that satisfy its predicates, if some are found for this point.
const fn admitted(network: Side, point: i64) -> Option<Values> {
    let mut values = Values::NONE;
    let mut input = 0;
    while input < network.inputs.len() {
        let dims = network.inputs[input].ty.dims;
        let mut axis = 0;
        while axis < dims.len() {
            if let Some((name, _)) = dims[axis].binds() {
                values = values.with(name, symbol_at(name, point));
            }
            axis += 1;
        }
        input += 1;
    }
    // A value changed for one predicate may violate another.
    let (mut round, mut index) = (0, 0);
    while index < network.predicates.len() {
        if network.predicates[index].holds(values.bindings()) {
            index += 1;
            continue;
        }
        if round == 4 * network.predicates.len() {
            return None;
        }
        values = repaired(&network.predicates[index], values, point);
        (round, index) = (round + 1, 0);
    }
    Some(values)
}

/// Changes one value so that a predicate holds, in simple cases.
const fn repaired(predicate: &Predicate, values: Values, point: i64) -> Values {
    let known = values.bindings();
    let (Some(left), Some(right)) = (predicate.left.evaluate(known), predicate.right.evaluate(known)) else {
        return values;
    };
    // Try several values below an upper bound.
    let below = if right > 8 { right - 1 - point % 8 } else { right - 1 };
    match (&predicate.left, predicate.comparison, &predicate.right) {
        (Size::Symbol(name), Comparison::Equal | Comparison::GreaterEqual, _) => values.with(name, right),
        (_, Comparison::Equal, Size::Symbol(name)) => values.with(name, left),
        (Size::Remainder(Size::Symbol(name), modulus), Comparison::Equal, _) => {
            match (predicate.left.evaluate(known), modulus.evaluate(known), Size::Symbol(name).evaluate(known)) {
                (Some(rest), Some(modulus), Some(value)) if modulus > 0 => {
                    values.with(name, value + (right - rest).rem_euclid(modulus))
                }
                _ => values,
            }
        }
        (Size::Symbol(name), Comparison::LessEqual, _) => values.with(name, below + 1),
        (Size::Symbol(name), Comparison::Less, _) => values.with(name, below),
        (Size::Symbol(name), Comparison::Greater | Comparison::NotEqual, _) => values.with(name, right + 1),
        (_, Comparison::GreaterEqual, Size::Symbol(name)) => values.with(name, left),
        (_, Comparison::Greater, Size::Symbol(name)) => values.with(name, left - 1),
        (_, Comparison::LessEqual, Size::Symbol(name)) => values.with(name, left),
        (_, Comparison::Less, Size::Symbol(name)) => values.with(name, left + 1),
        _ => values,
    }
}

/// The value of a symbol at a point. They differ between symbols and points, and have all remainders.
const fn symbol_at(name: &str, point: i64) -> i64 {
    let mut hash: u64 = 14_695_981_039_346_656_037;
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(1_099_511_628_211);
        index += 1;
    }
    // The steps have no factor in common with small divisors, so that all remainders occur.
    let step = [1, 11, 13, 17, 19, 23][(hash / 1_009 % 6) as usize];
    1_000 + (hash % 1_009) as i64 * 61 + point * step
}
