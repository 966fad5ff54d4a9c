//! The dense layers.

use super::{Argument, Built, Context, Failure, Layer};
use crate::shaped::Operand;

pub static LAYERS: &[Layer] = &[Layer {
    names: &["linear"],
    documentation: "`y = x W^T + b` over the last dimension, as `torch.nn.Linear` does it: `[.., out]`. \
        The weight is `[out, in]`, the bias `[out]`.",
    arguments: &[
        Argument::positional("out", "features of the output").required(),
        Argument::key("bias", "whether a bias is added (true)"),
        Argument::key("in", "features of the input, to be checked"),
    ],
    owns: true,
    source: false,
    infer,
}];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let Some((features, others)) = input.dims.split_last() else {
        return Err(context.mistake(context.keyword, "`linear` needs at least one dimension").into());
    };
    context.expect_size("in", features, "features")?;
    let out = context.size("out")?.unwrap_or_else(|| features.clone());
    context.positive("out", &out)?;
    let weight = context.fan_in("weight", &[out.clone(), features.clone()], features)?;
    let bias = match context.boolean("bias", true)? {
        true => context.fan_in("bias", std::slice::from_ref(&out), features)?.some(),
        false => Operand::NoTensor,
    };
    let dims = others.iter().cloned().chain([out]).collect();
    context.method("linear", vec![context.operand(0), weight, bias], input.with(dims))
}
