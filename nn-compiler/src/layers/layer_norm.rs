//! Normalisation over the last dimensions.

use super::{Argument, Built, Context, Failure, Layer, Parameters, Python};
use crate::shaped::{Init, Memory, Operand, TensorType};
use crate::size::Size;
use std::ops::Range;

const DIMS: Argument = Argument::key("dims", "how many of the last dimensions to normalise together (1)");
const AFFINE: &str = "elementwise_affine";

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["layernorm"],
        "Layer normalisation (Ba et al., 2016), like `torch.nn.LayerNorm`; the shape stays. Weight and bias \
            have the shape of what is normalised: `[features]`.",
        &[
            DIMS,
            Argument::key("eps", "added to the variance (1e-5)").float(),
            Argument::key(AFFINE, "whether it has a weight and a bias (true)").short("affine"),
            Argument::key("bias", "whether to add a bias (true)"),
        ],
        layer_norm,
    )
    .with_parameters(Parameters::WeightAndBias),
    Layer::new(
        &["rmsnorm"],
        "Normalisation by the root of the mean square (Zhang and Sennrich, 2019), like `torch.nn.RMSNorm`; the \
            shape stays. The weight has the shape of what is normalised: `[features]`.",
        &[
            DIMS,
            Argument::key("eps", "added to the mean square (the float type's own epsilon)").float(),
            Argument::key(AFFINE, "whether it has a weight (true)").short("affine"),
        ],
        rms_norm,
    )
    .with_parameters(Parameters::Weight),
];

fn layer_norm(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let first = first_dimension(context, &input)?;
    let shape = &input.dims[first..];
    let affine = context.boolean(AFFINE, true)?;
    let weight = weight(context, shape, affine)?;
    let has_bias = context.boolean("bias", true)?;
    let bias = if affine && has_bias {
        context.parameter("bias", shape, Init::Constant(0.0.into()))?.some()
    } else {
        Operand::NoTensor
    };
    let (shape, eps) = (normalised(context, first..input.rank()), context.number("eps", 1e-5)?);
    let operands = vec![context.operand(0), shape, weight, bias, eps.clone(), Operand::Bool(true)];
    let module = Python::call("nn.LayerNorm", [Python::sizes("weight", 0)]).key_unless(1e-5, "eps", eps.clone());
    let module = module.key_unless(true, "bias", has_bias);
    let function = Python::call("F.layer_norm", &operands[..4]).key_unless(1e-5, "eps", eps);
    let statistics = input.dims[..first].iter().try_fold(Size::constant(8), |bytes, size| bytes.mul(size))?;
    context.memory = Memory { besides: statistics, ..Memory::INPUTS };
    context.method("layer_norm", operands, input).module(context, module, function)
}

fn rms_norm(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let first = first_dimension(context, &input)?;
    let affine = context.boolean(AFFINE, true)?;
    let weight = weight(context, &input.dims[first..], affine)?;
    let eps = match context.argument("eps") {
        Some(_) => context.number("eps", 0.0)?.some(),
        None => Operand::None,
    };
    let shape = normalised(context, first..input.rank());
    let module = Python::call("nn.RMSNorm", [Python::sizes("weight", 0)]).key_unless(Operand::None, "eps", eps.clone());
    let operands = vec![context.operand(0), shape, weight, eps.clone()];
    let function = Python::call("F.rms_norm", &operands[..3]).key_unless(Operand::None, "eps", eps);
    context.method("rms_norm", operands, input).module(context, module, function)
}

/// The first normalised dimension.
fn first_dimension(context: &Context, input: &TensorType) -> Result<usize, Failure> {
    let (rank, dims) = (input.rank(), context.integer("dims")?.unwrap_or(1));
    let within = usize::try_from(dims).ok().filter(|dims| (1..=rank).contains(dims));
    within.map(|dims| rank - dims).ok_or_else(|| {
        let what = format!("`{}` cannot normalise over {dims} dimensions of an input that has {rank}", context.keyword);
        context.mistake(context.place("dims"), what).into()
    })
}

/// The sizes of the normalised dimensions.
fn normalised(context: &mut Context, axes: Range<usize>) -> Operand {
    Operand::Sizes(axes.map(|axis| context.size_code(0, axis)).collect())
}

fn weight(context: &mut Context, shape: &[Size], affine: bool) -> Result<Operand, Failure> {
    if affine {
        Ok(context.parameter("weight", shape, Init::Constant(1.0.into()))?.some())
    } else {
        Ok(Operand::NoTensor)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn keep_the_shape() {
        for call in [
            "layernorm",
            "layernorm eps=1e-12",
            "layernorm bias=false",
            "layernorm affine=false",
            "rmsnorm",
            "rmsnorm eps=1e-6",
        ] {
            assert_shape(call, "[N, T, 64]", "[N, T, 64]");
        }
        assert_shape("layernorm dims=2", "[N, 3, 8]", "[N, 3, 8]");
        assert_shape("layernorm dims=2 elementwise_affine=false", "[N, S, T]", "[N, S, T]");
    }

    #[test]
    fn say_what_is_wrong() {
        assert_error(
            "layernorm dims=«3»",
            "[N, 8]",
            "`layernorm` cannot normalise over 3 dimensions of an input that has 2",
        );
        assert_error(
            "rmsnorm dims=«0»",
            "[N, 8]",
            "`rmsnorm` cannot normalise over 0 dimensions of an input that has 2",
        );
        assert_error("«rmsnorm»", "[]", "`rmsnorm` cannot normalise over 1 dimensions of an input that has 0");
        assert_error(
            "«layernorm» dims=2",
            "[N, T, 8]",
            "the `weight` of `layernorm` cannot depend on `T`, which can differ from input to input",
        );
        assert_error("«layernorm»", "i64[N, 8]", "`layernorm` takes floats, but gets i64[N, 8]");
    }
}
