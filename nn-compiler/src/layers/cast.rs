//! Conversion to another element type, and the end of gradients.

use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::nearest;
use crate::shaped::{Dtype, Memory, Operand, Sees, TensorType};
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["cast"],
        "Converts to another element type, like `torch.Tensor.to`: `cast f32`, `cast bool`, or `cast float` for \
            the network's own float type.",
        &[Argument::positional("to", "the element type").required()],
        cast,
    ),
    Layer::new(&["detach"], "Stops the gradient, like `torch.Tensor.detach`; the value stays.", &[], detach),
];

fn cast(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dtype = dtype(context, "to")?.ok_or(Failure::Reported)?;
    let operands = vec![context.operand(0), Operand::Dtype(dtype)];
    context.method("to_kind", operands.clone(), TensorType { dtype, ..input }).python(Python::method("to", operands))
}

/// The element type that an argument names.
pub fn dtype(context: &Context, argument: &str) -> Result<Option<Dtype>, Failure> {
    let Some(given) = context.argument(argument) else { return Ok(None) };
    let Datum::Word(word) = &given.datum else { return Err(context.unfit(argument, given, "an element type")) };
    let name = word.to_string();
    if name == "float" {
        return Ok(Some(Dtype::Own));
    }
    Dtype::find(&name).map(Some).ok_or_else(|| {
        let mistake = context.mistake(given.place, format!("`{name}` is not an element type"));
        let known = Dtype::NAMES.iter().map(|(name, _)| *name).chain(["float"]);
        nearest::help(mistake, &name, known).into()
    })
}

fn detach(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    context.memory = Memory::VIEW;
    context.sees = Sees::Place;
    context.method("detach", vec![context.operand(0)], input).python(Python::method("detach", [context.operand(0)]))
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn casts() {
        for dtype in ["f16", "bf16", "f32", "f64", "u8", "i8", "i16", "i32", "i64", "bool"] {
            assert_shape(&format!("cast {dtype}"), "[N]", &format!("{dtype}[N]"));
        }
        assert_shape("cast float", "i64[N]", "[N]");
        assert_shape("detach", "i64[N]", "i64[N]");
        assert_error("cast «f33»", "[N]", "`f33` is not an element type");
        assert_error("cast «32»", "[N]", "`to` of `cast` is an element type, not a number");
        assert_error("«cast»", "[N]", "`cast` needs `to`");
    }
}
