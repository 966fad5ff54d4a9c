//! Max pooling in adjacent windows need not find the positions of the largest values. After a packed convolution it
//! is fused with that.

use super::body::Body;
use crate::layers::MAX_POOL2D;
use crate::shaped::{Callee, Code, Content, Operand, PackedLayer};

pub fn apply(body: &mut Body) {
    let mut index = 0;
    while index < body.function.steps.len() {
        let step = &mut body.function.steps[index];
        if step.callee == Callee::Function(MAX_POOL2D) && side_by_side(&step.operands) {
            step.callee = Callee::Function("packed::max_pool2d");
            step.operands.truncate(2);
            if let Some(convolution) = convolution(body, index) {
                join(body, index, convolution);
                continue;
            }
        }
        index += 1;
    }
}

/// The packed convolution whose result is pooled at `index`, if nothing else uses that result.
fn convolution(body: &Body, index: usize) -> Option<usize> {
    let maker = body.only_maker(&body.function.steps[index].operands[0])?;
    let step = &body.function.steps[maker];
    let Content::Packed(packed) = &body.fields[body.packed(step)?].content else { return None };
    let alone = step.callee == Callee::Method("forward") && matches!(packed.layer, PackedLayer::Conv2d { .. });
    alone.then_some(maker)
}

fn join(body: &mut Body, pooling: usize, convolution: usize) {
    let window = body.function.steps[pooling].operands.remove(1);
    let step = &mut body.function.steps[convolution];
    step.callee = Callee::Method("forward_max_pool");
    step.operands.push(window);
    body.merge(pooling, convolution);
}

/// Whether the windows neither overlap, nor leave gaps, nor reach beyond the input.
fn side_by_side(operands: &[Operand]) -> bool {
    let all = |operand: &Operand, number| matches!(operand, Operand::Sizes(sizes) if sizes.iter().all(|size| *size == Code::Literal(number)));
    match operands {
        [_, kernel, stride, padding, dilation, ceil] => {
            kernel == stride && all(padding, 0) && all(dilation, 1) && *ceil == Operand::Bool(false)
        }
        _ => false,
    }
}
