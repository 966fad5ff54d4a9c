//! Packs convolutions, linear layers and the projections of attention whose weights are in the struct's own fields.

use super::body::Body;
use crate::layers::{CONV2D, LINEAR};
use crate::shaped::{Callee, Operand, Packed, PackedLayer, Step};

pub fn apply(body: &mut Body) {
    for index in 0..body.function.steps.len() {
        let Some((packed, named, inputs)) = packable(body, &body.function.steps[index]) else { continue };
        let field = body.pack(packed, named);
        let step = &mut body.function.steps[index];
        step.operands.truncate(inputs);
        step.operands.insert(0, field);
        step.callee = Callee::Method("forward");
    }
}

/// The packed layer for a step, whether it has its own name, and how many of the step's operands are inputs.
fn packable(body: &Body, step: &Step) -> Option<(Packed, bool, usize)> {
    let (Callee::Method(call) | Callee::Function(call)) = step.callee else { return None };
    let (layer, weights, inputs) = match (call, &step.operands[..]) {
        ("conv2d" | CONV2D, [_, weight, bias, window @ ..]) if window.iter().all(Operand::is_constant) => {
            (PackedLayer::Conv2d { window: window.to_vec().try_into().ok()? }, [weight, bias], 1)
        }
        (LINEAR, [_, weight, bias]) => (PackedLayer::Linear, [weight, bias], 1),
        ("ops::project_heads", [_, _, _, weight, bias, heads]) if heads.is_constant() => {
            (PackedLayer::Heads(heads.clone()), [weight, bias], 3)
        }
        _ => return None,
    };
    // The weight of another layer is a variable.
    let named = weights.into_iter().any(|tensor| !matches!(tensor, Operand::NoTensor) && tensor.is_constant());
    let [weight, bias] = weights.map(|tensor| body.owned(tensor));
    Some((Packed { layer, weight: weight?, bias: bias?, norm: None, activation: None }, named, inputs))
}
