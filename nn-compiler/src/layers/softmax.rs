//! Activations along a dimension.

use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Memory, Operand};
use crate::size::Size;

const DIM: Argument = Argument::key("dim", "the dimension that sums to 1");

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["softmax"],
        "`exp(x)`, scaled so that the sum over `dim` is 1, like `torch.nn.Softmax`; the shape stays.",
        &[DIM.required()],
        softmax,
    ),
    Layer::new(
        &["log_softmax"],
        "The logarithm of `softmax`, like `torch.nn.LogSoftmax`; the shape stays.",
        &[DIM.required()],
        softmax,
    ),
    Layer::new(
        &["glu"],
        "`a * sigmoid(b)`, where `a` and `b` are the halves along `dim` (Dauphin et al., 2016), like \
            `torch.nn.GLU`; that dimension is halved.",
        &[Argument::positional("dim", "the dimension to halve (-1)")],
        glu,
    ),
];

fn softmax(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let dim = context.dimension("dim", input.rank(), -1)?;
    let name = context.layer.stem();
    let python = Python::call(&format!("F.{name}"), [context.operand(0)]).key("dim", dim as i64);
    let operands = vec![context.operand(0), Operand::integer(dim as i64), Operand::None];
    context.memory = Memory::OUTPUTS;
    context.method(name, operands, input).python(python)
}

fn glu(context: &mut Context) -> Result<Built, Failure> {
    let mut input = context.float_input()?;
    let dim = context.dimension("dim", input.rank(), -1)?;
    let (size, two) = (input.dims[dim].clone(), Size::constant(2));
    let what = format!("`glu` halves dimension {dim}, but its size, {size}, is not even");
    let mistake = context.mistake(context.place("dim"), what);
    context.proofs.same(&size.rem(&two)?, &Size::constant(0), || mistake)?;
    input.dims[dim] = size.div_floor(&two)?;
    let python = Python::call("F.glu", [context.operand(0)]).key("dim", dim as i64);
    context.method("glu", vec![context.operand(0), Operand::integer(dim as i64)], input).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn work_along_a_dimension() {
        assert_shape("softmax dim=-1", "[N, 10]", "[N, 10]");
        assert_shape("log_softmax dim=1", "[N, 10, H, W]", "[N, 10, H, W]");
        assert_shape("glu", "[N, 10, 8]", "[N, 10, 4]");
        assert_shape("glu dim=1", "[N, (2 * C), 8]", "[N, C, 8]");
    }

    #[test]
    fn say_what_is_wrong() {
        assert_error("«softmax»", "[N, 10]", "`softmax` needs `dim`");
        assert_error("softmax dim=«2»", "[N, 10]", "the input has 2 dimensions, so there is no dimension 2");
        assert_error("glu «0»", "[3, 10]", "`glu` halves dimension 0, but its size, 3, is not even");
        assert_error("«log_softmax» dim=0", "i64[N]", "`log_softmax` takes floats, but gets i64[N]");
    }
}
