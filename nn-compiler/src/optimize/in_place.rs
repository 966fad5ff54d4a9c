//! Lets activations overwrite values that are not used any more.

use super::body::{ACTIVATIONS, Body};
use crate::layers::{CONV2D, LINEAR, MAX_POOL2D};
use crate::shaped::{Callee, Operand, Step};
use crate::tree::Operator;

pub fn apply(body: &mut Body) {
    for index in 0..body.function.steps.len() {
        if let Some(method) = in_place(body, index) {
            body.function.steps[index].callee = Callee::Method(method);
        }
    }
}

/// The method that does the step in place, if nothing else can observe that.
fn in_place(body: &Body, index: usize) -> Option<&'static str> {
    let step = &body.function.steps[index];
    let Callee::Method(method) = step.callee else { return None };
    let (_, method) = ACTIVATIONS.iter().find(|(plain, _)| *plain == method)?;
    let Operand::Local(value) = step.operands.first()? else { return None };
    let mut touching = body.function.steps.iter().enumerate().filter(|(_, other)| other.touches(*value));
    let alone = touching.all(|(place, other)| place == index || (place < index && is_fresh(body, other)));
    let made = body.function.steps[..index].iter().any(|maker| maker.results == [*value]);
    (alone && made && !body.function.results.contains(value)).then_some(*method)
}

/// Whether the result of a step has its own memory: it is neither an operand of the step nor a view of one.
fn is_fresh(body: &Body, step: &Step) -> bool {
    match &step.callee {
        Callee::Operator(operator) => {
            matches!(operator, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide)
        }
        Callee::SizeOf(_) => true,
        _ if body.packed(step).is_some() => true,
        Callee::Function(CONV2D | LINEAR | MAX_POOL2D) => true,
        Callee::Method(method) => FRESH.contains(method) || ACTIVATIONS.iter().any(|(plain, _)| plain == method),
        _ => false,
    }
}

const FRESH: &[&str] = &[
    "conv1d",
    "conv2d",
    "conv3d",
    "conv1d_padding",
    "conv2d_padding",
    "conv3d_padding",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "matmul",
    "batch_norm",
    "instance_norm",
    "layer_norm",
    "group_norm",
    "rms_norm",
    "max_pool1d",
    "max_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "softmax",
    "log_softmax",
];

impl Step {
    /// Whether it uses or makes a value.
    fn touches(&self, value: usize) -> bool {
        let mut touches = self.results.contains(&value);
        self.for_each_local(&mut |local| touches |= local == value);
        touches
    }
}
