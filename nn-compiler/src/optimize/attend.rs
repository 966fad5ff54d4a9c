//! Attention is computed by oneDNN's products of small matrices.

use super::body::Body;
use crate::shaped::{Callee, Operand};

pub fn apply(body: &mut Body) {
    for step in &mut body.function.steps {
        let Callee::Function("ops::scaled_dot_product_attention") = &step.callee else { continue };
        let [query, key, value, mask, _, _, causal, scale, Operand::Bool(false)] = &step.operands[..] else { continue };
        step.operands = [query, key, value, mask, causal, scale].map(Operand::clone).into();
        step.callee = Callee::Function("packed::attention");
    }
}
