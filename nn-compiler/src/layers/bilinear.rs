//! The dense layer of two inputs.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Parameters, Python};
use crate::shaped::{Callee, TensorType};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["bilinear"],
    "`y = x1^T A x2 + b` over the last dimensions of two values, like `torch.nn.Bilinear`: `[.., out]`. The \
        weight is `[out, in1, in2]`, the bias `[out]`.",
    &[
        Argument::positional("out", "features of the output").required(),
        Argument::key("bias", "whether to add a bias (true)"),
    ],
    infer,
)
.with_parameters(Parameters::WeightAndBias)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let [left, right] = context.incoming()?;
    context.expect_floats(&left)?;
    context.expect_floats(&right)?;
    let (into1, into2) = same_but_features(context, &left, &right)?;
    for into in [&into1, &into2] {
        let mistake = context.mistake(context.keyword, "`bilinear` needs at least one feature in each value");
        context.proofs.at_least(into, 1, || mistake)?;
    }
    let Some(out) = context.size("out")? else { return Err(Failure::Reported) };
    context.positive("out", &out)?;
    let weight = context.fan_in("weight", &[out.clone(), into1.clone(), into2.clone()], &into1)?;
    let bias = context.bias(&out, &into1)?;
    let mut output = left;
    output.dims.pop();
    output.dims.push(out);
    context.multiply_adds(&output.dims, &into1.mul(&into2)?)?;
    let operands = vec![context.operand(0), context.operand(1), weight, bias];
    let module = Python::call("nn.Bilinear", [1, 2, 0].map(|axis| Python::size("weight", axis)));
    let module = module.key_unless(true, "bias", operands[3].is_some());
    let function = Python::call("F.bilinear", operands.clone());
    let result = context.call(Callee::Function("Tensor::bilinear"), operands);
    Outputs::one(output, result).module(context, module, function)
}

/// The features of two tensors whose other sizes must be equal.
fn same_but_features(context: &mut Context, left: &TensorType, right: &TensorType) -> Result<(Size, Size), Failure> {
    let (Some((into1, others1)), Some((into2, others2))) = (left.dims.split_last(), right.dims.split_last()) else {
        return Err(context.mistake(context.keyword, "`bilinear` needs at least one dimension").into());
    };
    let what = format!("`bilinear` takes values that differ only in the last dimension, but gets {left} and {right}");
    if others1.len() != others2.len() {
        return Err(context.mistake(context.keyword, what).into());
    }
    for (a, b) in others1.iter().zip(others2) {
        let mistake = context.mistake(context.keyword, &what);
        context.proofs.same(a, b, || mistake)?;
    }
    Ok((into1.clone(), into2.clone()))
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn joins_two_values() {
        assert_shape("bilinear 5", "[N, T, 3]; [N, T, 4]", "[N, T, 5]");
        assert_shape("bilinear 5 bias=false", "[3]; [4]", "[5]");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_error("«bilinear» 5", "[N, 3]", "`bilinear` takes 2 values, but gets 1");
        assert_error("«bilinear» 5", "[N, 3]; [N, 0]", "`bilinear` needs at least one feature in each value");
        assert_error(
            "«bilinear» 5",
            "[N, 2, 3]; [N, 1, 4]",
            "`bilinear` takes values that differ only in the last dimension, but gets [N, 2, 3] and [N, 1, 4]",
        );
        assert_error(
            "«bilinear» 5",
            "[N, 3]; [4]",
            "`bilinear` takes values that differ only in the last dimension, but gets [N, 3] and [4]",
        );
    }
}
