//! The dense layers.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Parameters, Python};
use crate::shaped::{Callee, Memory, Operand};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["linear"],
    "`y = x W^T + b` over the last dimension, like `torch.nn.Linear`: `[.., out]`. The weight is `[out, in]`, \
        the bias `[out]`.",
    &[
        Argument::positional("out", "features of the output").required(),
        Argument::key("bias", "whether to add a bias (true)"),
        Argument::key("in", "features of the input, checked if given"),
    ],
    infer,
)
.with_parameters(Parameters::WeightAndBias)];

/// The run time's linear layer, which is faster than libtorch's for some inputs.
pub const LINEAR: &str = "ops::linear";

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let Some((features, others)) = input.dims.split_last() else {
        return Err(context.mistake(context.keyword, "`linear` needs at least one dimension").into());
    };
    context.expect_size("in", features, "features")?;
    let out = context.size("out")?.unwrap_or_else(|| features.clone());
    context.positive("out", &out)?;
    let weight = context.fan_in("weight", &[out.clone(), features.clone()], features)?;
    let bias = context.bias(&out, features)?;
    let dims: Vec<Size> = others.iter().cloned().chain([out]).collect();
    context.multiply_adds(&dims, features)?;
    context.memory = Memory::INPUTS;
    let operands = vec![context.operand(0), weight, bias];
    let module = Python::call("nn.Linear", [Python::size("weight", 1), Python::size("weight", 0)]);
    let module = module.key_unless(true, "bias", operands[2].is_some());
    let function = Python::call("F.linear", &operands[..2]).key_unless(Operand::NoTensor, "bias", operands[2].clone());
    let result = context.call(Callee::Function(LINEAR), operands);
    Outputs::one(input.with(dims), result).module(context, module, function)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn works_on_the_last_dimension() {
        assert_shape("linear 10", "[N, 784]", "[N, 10]");
        assert_shape("linear 10 bias=false in=64", "[N, T, 64]", "[N, T, 10]");
        assert_shape("linear CLASSES", "[64]", "[CLASSES]");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_error("linear «0»", "[N, 3]", "`out` of `linear` must be at least 1, but is 0");
        assert_error("linear 10 in=«4»", "[N, 3]", "the input has 3 features, not 4");
        assert_error("«linear» 10", "[]", "`linear` needs at least one dimension");
        assert_error("«linear» 10", "i64[N, 3]", "`linear` takes floats, but gets i64[N, 3]");
        assert_error(
            "«linear» 10",
            "[N, T]",
            "the `weight` of `linear` cannot depend on `T`, which can differ from input to input",
        );
        assert_error("linear 10 bias=«0»", "[N, 3]", "`bias` of `linear` is `true` or `false`, not a number");
    }
}
