//! The activation with a trained slope.

use super::{Argument, Built, Context, Failure, Layer, Parameters, Python};
use crate::shaped::{Init, Memory, Sees};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["prelu"],
    "`x`, or `weight * x` where `x` is negative (He et al., 2015), like `torch.nn.PReLU`; the shape stays. The \
        weight, `[num_parameters]`, starts at 0.25.",
    &[Argument::positional("num_parameters", "1 for all, or `channels` for one weight per channel (1)")],
    infer,
)
.with_parameters(Parameters::Weight)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let one = Size::constant(1);
    let count = context.size("num_parameters")?.unwrap_or_else(|| one.clone());
    context.positive("num_parameters", &count)?;
    if count != one {
        let channels = input.dims.get(1).unwrap_or(&one);
        let what = format!("`num_parameters` of `prelu` must be 1 or the number of channels, {channels}, not {count}");
        let mistake = context.mistake(context.place("num_parameters"), what);
        context.proofs.same(&count, channels, || mistake)?;
    }
    let weight = context.parameter("weight", &[count], Init::Constant(0.25.into()))?;
    let operands = vec![context.operand(0), weight];
    let module = Python::call("nn.PReLU", [Python::size("weight", 0)]);
    let function = Python::call("F.prelu", operands.clone());
    context.memory = Memory::INPUTS;
    context.sees = Sees::Place;
    context.method("prelu", operands, input).module(context, module, function)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn has_one_weight_or_one_for_each_channel() {
        assert_shape("prelu", "[N, 3, H, W]", "[N, 3, H, W]");
        assert_shape("prelu channels", "[N, 3, 8]", "[N, 3, 8]");
        assert_shape("prelu init=constant(0.1)", "[N]", "[N]");
        assert_error(
            "prelu «4»",
            "[N, 3]",
            "`num_parameters` of `prelu` must be 1 or the number of channels, 3, not 4",
        );
        assert_error("prelu «4»", "[4]", "`num_parameters` of `prelu` must be 1 or the number of channels, 1, not 4");
    }
}
