//! Attention is computed by oneDNN's products of small matrices.

use super::body::Body;
use crate::shaped::{Callee, Operand};

pub fn apply(body: &mut Body) {
    for step in &mut body.function.steps {
        let (Callee::Function("Tensor::scaled_dot_product_attention" | "ops::scaled_dot_product_attention"), operands) =
            (&step.callee, &step.operands[..])
        else {
            continue;
        };
        let [query, key, value, mask, .., causal, scale, Operand::Bool(false)] = operands else { continue };
        step.operands = [query, key, value, mask, causal, scale].map(Operand::clone).into();
        step.callee = Callee::Function("packed::attention");
    }
}
