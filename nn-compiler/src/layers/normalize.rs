//! Scaling to unit length.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Operand};
use crate::tree::Operator;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["normalize"],
    "Divides by the `p`-norm over `dim`, like `torch.nn.functional.normalize`: `x / max(norm, eps)`; the shape \
        stays.",
    &[
        Argument::positional("p", "the exponent of the norm (2)").float(),
        Argument::positional("dim", "the dimension, or a tuple of them (1)"),
        Argument::key("eps", "the smallest norm to divide by (1e-12)").float(),
    ],
    infer,
)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let dims = match context.dimensions("dim", input.rank())? {
        Some(dims) => dims,
        None => vec![context.dimension("dim", input.rank(), 1)?],
    };
    let dims: Vec<i64> = dims.into_iter().map(|dim| dim as i64).collect();
    let (p, eps) = (context.number("p", 2.0)?, context.number("eps", 1e-12)?);
    let python = Python::call("F.normalize", [context.operand(0)])
        .key_unless(2.0, "p", p.clone())
        .key_unless(1, "dim", Operand::integers(&dims).one_for_all())
        .key_unless(1e-12, "eps", eps.clone());
    let operands = vec![context.operand(0), p, Operand::integers(&dims), Operand::Bool(true)];
    let norm = context.call(Callee::Method("norm_scalaropt_dim"), operands);
    let norm = context.call(Callee::Method("clamp_min"), vec![Operand::Local(norm), eps]);
    let result = context.call(Callee::Operator(Operator::Divide), vec![context.operand(0), Operand::Local(norm)]);
    Outputs::one(input, result).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn keeps_the_shape() {
        assert_shape("normalize", "[N, 384]", "[N, 384]");
        assert_shape("normalize 1 -> normalize 2 2 -> normalize dim=(1, 2) eps=1e-6", "[N, T, 8]", "[N, T, 8]");
        assert_error("«normalize»", "[N]", "the input has 1 dimension, so there is no dimension 1");
        assert_error("normalize dim=«3»", "[N, 2]", "the input has 2 dimensions, so there is no dimension 3");
        assert_error("«normalize»", "i64[N, 2]", "`normalize` takes floats, but gets i64[N, 2]");
    }
}
