//! The number of dimensions of values, as far as the calls show it.

use super::body::ACTIVATIONS;
use crate::layers::LINEAR;
use crate::shaped::{Callee, Code, Function, Input, Operand, Step};

/// The rank of each variable of a function. `inputs`: the network's inputs, if it is the network's own function.
pub fn ranks(function: &Function, inputs: &[Input]) -> Vec<Option<usize>> {
    let mut ranks = vec![None; function.locals.len()];
    for (local, input) in function.parameters.iter().zip(inputs) {
        ranks[*local] = Some(input.ty.rank());
    }
    for step in &function.steps {
        if let [result] = step.results[..] {
            ranks[result] = rank(step, &ranks);
        }
    }
    ranks
}

fn rank(step: &Step, ranks: &[Option<usize>]) -> Option<usize> {
    let (Callee::Method(call) | Callee::Function(call), [Operand::Local(input), rest @ ..]) =
        (&step.callee, &step.operands[..])
    else {
        return None;
    };
    match (*call, rest) {
        ("flatten", [Operand::Size(Code::Literal(first)), Operand::Size(Code::Literal(last))]) => {
            ranks[*input]?.checked_sub(usize::try_from(last - first).ok()?)
        }
        (LINEAR | "batch_norm" | "layer_norm" | "dropout", _) => ranks[*input],
        (call, _) if ACTIVATIONS.iter().any(|(plain, _)| *plain == call) => ranks[*input],
        (call, _) => spatial(call).map(|axes| axes + 2),
    }
}

/// 2 for `ops::conv2d`, `avg_pool2d` and `conv2d_padding`.
fn spatial(call: &str) -> Option<usize> {
    let name = call.trim_end_matches("_padding").strip_suffix('d')?;
    name.chars().last()?.to_digit(10).map(|axes| axes as usize)
}
