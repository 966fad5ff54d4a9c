//! Fuses packed layers with a following sum and activation.

use super::body::Body;
use crate::shaped::{Activation, Callee, Operand, PackedLayer, Step};
use crate::tree::Operator;

pub fn apply(body: &mut Body) {
    let mut index = 0;
    while index < body.function.steps.len() {
        if add(body, index).is_none() && activate(body, index).is_none() {
            index += 1;
        }
    }
}

/// `a + layer(b)`: the layer is called in place of the sum.
fn add(body: &mut Body, index: usize) -> Option<()> {
    let Step { callee: Callee::Operator(Operator::Add), operands, .. } = &body.function.steps[index] else {
        return None;
    };
    let [left, right] = [operands[0].clone(), operands[1].clone()];
    let (layer, other) = match (summand(body, &right), summand(body, &left)) {
        (Some(layer), _) => (layer, left),
        (None, layer) => (layer?, right),
    };
    let Operand::Local(_) = other else { return None };
    body.bare(layer)?.1.push_str(" -> add");
    let mut operands = std::mem::take(&mut body.function.steps[layer].operands);
    operands.push(other);
    let sum = &mut body.function.steps[index];
    (sum.callee, sum.operands) = (Callee::Method("forward_add"), operands);
    body.function.steps.remove(layer);
    Some(())
}

/// The packed layer that makes a value, if nothing else uses the value.
fn summand(body: &mut Body, value: &Operand) -> Option<usize> {
    let layer = body.only_maker(value)?;
    let adds = body.function.steps[layer].callee == Callee::Method("forward_add");
    let (packed, _) = body.bare(layer)?;
    (!adds && matches!(packed.layer, PackedLayer::Conv2d { .. } | PackedLayer::Linear)).then_some(layer)
}

/// `relu(layer(a))`
fn activate(body: &mut Body, index: usize) -> Option<()> {
    let step = &body.function.steps[index];
    let (activation, call) = activation(step)?;
    let layer = body.only_maker(&step.operands[0])?;
    let (packed, listing) = body.bare(layer)?;
    if !matches!(packed.layer, PackedLayer::Conv2d { .. } | PackedLayer::Linear) {
        return None;
    }
    packed.activation = Some(activation);
    listing.push_str(" -> ");
    listing.push_str(call);
    body.merge(index, layer);
    Some(())
}

/// The activation of a step, if oneDNN can fuse it with a layer, and its name in a listing.
fn activation(step: &Step) -> Option<(Activation, &'static str)> {
    let (Callee::Method(call) | Callee::Function(call)) = step.callee else { return None };
    let (name, numbers) = match (call, &step.operands[1..]) {
        ("relu", []) => ("Relu", vec![]),
        ("relu6", []) => ("Relu6", vec![]),
        ("sigmoid", []) => ("Sigmoid", vec![]),
        ("tanh", []) => ("Tanh", vec![]),
        ("silu", []) => ("Silu", vec![]),
        ("hardswish", []) => ("Hardswish", vec![]),
        ("hardsigmoid", []) => ("Hardsigmoid", vec![]),
        ("hardtanh", []) => ("Hardtanh", vec![Operand::Float(-1.0), Operand::Float(1.0)]),
        ("leaky_relu", []) => ("LeakyRelu", vec![Operand::Float(0.01)]),
        ("ops::leaky_relu", [slope]) => ("LeakyRelu", vec![slope.clone()]),
        ("clamp", [low, high]) => ("Hardtanh", vec![low.clone(), high.clone()]),
        ("gelu", [Operand::Text(approximate)]) if approximate == "tanh" => ("GeluTanh", vec![]),
        ("gelu", [_]) => ("Gelu", vec![]),
        _ => return None,
    };
    let known = |number: &Operand| matches!(number, Operand::Float(_) | Operand::Number(_)) && number.is_constant();
    numbers.iter().all(known).then(|| (Activation { name, numbers }, call.trim_start_matches("ops::")))
}
