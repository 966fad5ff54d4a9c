//! Attention without a mask is computed by oneDNN's products of small matrices.

use super::body::Body;
use crate::shaped::{Callee, Operand};

pub fn apply(body: &mut Body) {
    for step in &mut body.function.steps {
        let (Callee::Function("Tensor::scaled_dot_product_attention" | "ops::scaled_dot_product_attention"), operands) =
            (&step.callee, &step.operands[..])
        else {
            continue;
        };
        let [query, key, value, Operand::NoTensor, .., Operand::Bool(false), scale, Operand::Bool(false)] = operands
        else {
            continue;
        };
        step.operands = [query, key, value, scale].map(Operand::clone).into();
        step.callee = Callee::Function("packed::attention");
    }
}
