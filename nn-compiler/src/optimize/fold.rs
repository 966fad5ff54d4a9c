//! Batch norms with running statistics scale and shift each channel. They become part of the weight and the bias of
//! the convolution or linear layer before.

use super::body::Body;
use crate::shaped::{Callee, Content, Norm, Operand, Packed, PackedLayer, Step};

pub fn apply(body: &mut Body) {
    let mut index = 0;
    while index < body.function.steps.len() {
        match folded(body, index) {
            Some(into) => body.merge(index, into),
            None => index += 1,
        }
    }
}

/// Folds the batch norm at `index`, and returns the step that it became part of.
fn folded(body: &mut Body, index: usize) -> Option<usize> {
    let step = &body.function.steps[index];
    let norm = norm(body, step)?;
    let into = body.only_maker(&step.operands[0])?;
    // The features of a linear layer come last, the channels of a batch norm are dimension 1.
    let flat = matches!(step.operands[0], Operand::Local(value) if body.ranks[value] == Some(2));
    if let Some((packed, listing)) = body.bare(into) {
        let fits = matches!(packed.layer, PackedLayer::Conv2d { .. }) || (packed.layer == PackedLayer::Linear && flat);
        if !fits || packed.norm.is_some() {
            return None;
        }
        packed.norm = Some(norm);
        listing.push_str(" -> bn");
        return Some(into);
    }
    let packed = convolution(body, &body.function.steps[into], norm)?;
    let Operand::Field { field, .. } = body.pack(packed, true) else { return None };
    body.fields[field].listing.push_str(" -> bn");
    let tensor = |name: &str| Operand::Field { field, tensor: Some(name.to_string()) };
    let operands = &mut body.function.steps[into].operands;
    (operands[1], operands[2]) = (tensor("weight"), tensor("bias").some());
    Some(into)
}

/// The batch norm of a step, if its statistics belong to the struct.
fn norm(body: &Body, step: &Step) -> Option<Norm> {
    let (Callee::Method("batch_norm"), [_, weight, bias, mean, variance, Operand::Bool(false), _, eps, _]) =
        (&step.callee, &step.operands[..])
    else {
        return None;
    };
    let statistic = |tensor: &Operand| match tensor {
        Operand::Some(tensor) => body.owned(tensor),
        _ => None,
    };
    let (weight, bias, eps) = (body.owned(weight)?, body.owned(bias)?, eps.is_constant().then(|| eps.clone())?);
    Some(Norm { weight, bias, mean: statistic(mean)?, variance: statistic(variance)?, eps })
}

/// A convolution that is not given to oneDNN.
fn convolution(body: &Body, step: &Step, norm: Norm) -> Option<Packed> {
    let Callee::Method("conv1d" | "conv3d" | "conv1d_padding" | "conv2d_padding" | "conv3d_padding") = step.callee
    else {
        return None;
    };
    let (weight, bias) = (body.owned(&step.operands[1])?, body.owned(&step.operands[2])?);
    // A norm was folded into it before.
    if matches!(weight, Operand::Field { field, .. } if matches!(body.fields[field].content, Content::Packed(_))) {
        return None;
    }
    Some(Packed { layer: PackedLayer::Affine, weight, bias, norm: Some(norm), activation: None })
}
