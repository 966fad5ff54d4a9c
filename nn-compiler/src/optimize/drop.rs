//! Removes what does nothing in evaluation, and fixes the training flag to false.

use super::body::Body;
use crate::shaped::{Callee, Content, Operand, Step};

pub fn apply(body: &mut Body) {
    let mut index = 0;
    while index < body.function.steps.len() {
        let step = &mut body.function.steps[index];
        step.operands
            .iter_mut()
            .filter(|operand| **operand == Operand::Train)
            .for_each(|operand| *operand = false.into());
        call_outside(step, body.fields.as_slice());
        match (is_identity(&step.callee), &step.operands[..], &step.results[..]) {
            (true, [Operand::Local(input), ..], [result]) => {
                let (input, result) = (*input, *result);
                body.function.steps.remove(index);
                body.function.rename(result, input);
            }
            _ => index += 1,
        }
    }
}

/// Whether a call changes nothing in evaluation. No gradients flow, so that includes `detach`.
fn is_identity(callee: &Callee) -> bool {
    matches!(
        callee,
        Callee::Method("dropout" | "feature_dropout" | "alpha_dropout" | "detach") | Callee::Function("ops::drop_path")
    )
}

/// Another network is called in its optimised form, which has no training flag; a Rust module always takes one.
fn call_outside(step: &mut Step, fields: &[crate::shaped::Field]) {
    let Callee::Field(field) = step.callee else { return };
    let method = match fields[field].content {
        Content::Network(_) => "forward",
        Content::Module { .. } => {
            step.operands.push(false.into());
            "forward_t"
        }
        _ => return,
    };
    step.operands.insert(0, Operand::Field { field, tensor: None });
    step.callee = Callee::Method(method);
}
