//! Normalisation of groups of channels.

use super::batch_norm::several_elements;
use super::{Argument, Built, Context, Failure, Layer, Parameters, Python};
use crate::shaped::{Init, Operand, Sees, TensorType};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["groupnorm"],
    "Group normalisation (Wu and He, 2018) of the channels of each sample of `[N, C, ..]`, like \
        `torch.nn.GroupNorm`; the shape stays. Weight and bias are `[C]`.",
    &[
        Argument::positional("groups", "the number of groups; it must divide the channels").short("g").required(),
        Argument::key("eps", "added to the variance (1e-5)").float(),
        Argument::key("affine", "whether it has a weight and a bias (true)"),
    ],
    infer,
)
.with_parameters(Parameters::WeightAndBias)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    if input.rank() < 2 {
        return Err(context.mistake(context.keyword, "`groupnorm` needs a dimension of channels").into());
    }
    let (groups, code) = groups(context, &input)?;
    let per_group = input.dims[1].div_floor(&groups)?;
    let others = input.dims[2..].iter().try_fold(per_group, |product, size| product.mul(size))?;
    several_elements(context, &others.mul(&input.dims[0])?)?;
    let channels = [input.dims[1].clone()];
    let (weight, bias) = if context.boolean("affine", true)? {
        (
            context.parameter("weight", &channels, Init::Constant(1.0.into()))?.some(),
            context.parameter("bias", &channels, Init::Constant(0.0.into()))?.some(),
        )
    } else {
        (Operand::NoTensor, Operand::NoTensor)
    };
    let eps = context.number("eps", 1e-5)?;
    let module = Python::call("nn.GroupNorm", [Python::from(&code), Python::size("weight", 0)]);
    let module = module.key_unless(1e-5, "eps", eps.clone());
    let function = Python::call("F.group_norm", [context.operand(0), code.clone(), weight.clone(), bias.clone()]);
    let function = function.key_unless(1e-5, "eps", eps.clone());
    let operands = vec![context.operand(0), code, weight, bias, eps, Operand::Bool(true)];
    context.sees = Sees::Place;
    context.method("group_norm", operands, input).module(context, module, function)
}

/// The argument `groups`, which must divide the channels.
fn groups(context: &mut Context, input: &TensorType) -> Result<(Size, Operand), Failure> {
    let Some((groups, code)) = context.code("groups")? else { return Err(Failure::Reported) };
    context.positive("groups", &groups)?;
    let channels = &input.dims[1];
    let what = format!("the {channels} channels of the input do not divide into {groups} groups");
    let mistake = context.mistake(context.place("groups"), what);
    context.proofs.same(&channels.rem(&groups)?, &Size::constant(0), || mistake)?;
    Ok((groups, Operand::Size(code)))
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn keeps_the_shape() {
        assert_shape("groupnorm 2", "[N, 6, H, W]", "[N, 6, H, W]");
        assert_shape("groupnorm g=3 eps=1e-6 affine=false", "[N, 6]", "[N, 6]");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_error("groupnorm «4»", "[N, 6, 8]", "the 6 channels of the input do not divide into 4 groups");
        assert_error("groupnorm «0»", "[N, 6, 8]", "`groups` of `groupnorm` must be at least 1, but is 0");
        assert_error("«groupnorm» 2", "[N]", "`groupnorm` needs a dimension of channels");
        assert_error(
            "«groupnorm» 2",
            "[1, 2, 1]",
            "`groupnorm` would normalise a single element, which leaves nothing",
        );
    }
}
