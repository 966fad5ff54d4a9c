//! Max pooling in windows side by side needs no search for where the largest values are.

use super::body::Body;
use crate::layers::MAX_POOL2D;
use crate::shaped::{Callee, Code, Operand};

pub fn apply(body: &mut Body) {
    for step in &mut body.function.steps {
        if step.callee == MAX_POOL2D && side_by_side(&step.operands) {
            step.callee = Callee::Function("packed::max_pool2d");
            step.operands.truncate(2);
        }
    }
}

/// Whether the windows neither overlap nor leave anything out, within the input.
fn side_by_side(operands: &[Operand]) -> bool {
    let all = |operand: &Operand, number| matches!(operand, Operand::Sizes(sizes) if sizes.iter().all(|size| *size == Code::Literal(number)));
    match operands {
        [_, kernel, stride, padding, dilation, ceil] => {
            kernel == stride && all(padding, 0) && all(dilation, 1) && *ceil == Operand::Bool(false)
        }
        _ => false,
    }
}
