//! Multi-head attention with its projections.

use super::dropout::{dropping, probability};
use super::sdpa::{CAUSAL, DROPOUT, Heads, MASK, attend, expect_divisible, expect_sequences, merge};
use super::{Argument, Built, Context, Failure, LINEAR, Layer, Outputs, Parameters, Python};
use crate::shaped::{Callee, Form, Init, Memory, Operand, TensorType};
use crate::size::Size;
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["attention"],
    "Multi-head attention (Vaswani et al., 2017), like `torch.nn.MultiheadAttention` with `batch_first`: `x -> \
        attention 8` is self-attention over `[N, T, d]`; in `(q, k, v) -> attention 8`, queries `[N, T, d]` \
        attend to `[N, S, d]`. The output is `[N, T, d]`. The parameters are `in_proj_weight` `[3 * d, d]`, \
        `in_proj_bias`, `out_proj.weight` `[d, d]` and `out_proj.bias`.",
    &[
        Argument::positional("heads", "the number of heads that the features are split into").required(),
        CAUSAL,
        DROPOUT,
        MASK,
        Argument::key("bias", "whether to add biases (true)"),
    ],
    infer,
)
.with_parameters(Parameters::Several)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let [q, k, v] = inputs(context)?;
    let [batch, queries, width] = &q.dims[..] else { return Err(Failure::Reported) };
    let count = context.size("heads")?.ok_or(Failure::Reported)?;
    expect_divisible(context, width, &count)?;
    expect_sequences(context, [batch, &k.dims[0], &v.dims[0]], &k.dims[1], &v.dims[1])?;
    let heads = Heads {
        batch: batch.clone(),
        count: [count.clone(), count],
        length: [queries.clone(), k.dims[1].clone()],
        width: [width.clone(), width.clone()],
        dtype: q.dtype,
    };
    for projected in [&q.dims, &k.dims, &v.dims, &q.dims] {
        context.multiply_adds(projected, width)?;
    }
    let [weight, bias, out_weight, out_bias] = parameters(context, width)?;
    let operands =
        vec![input(context, 0), input(context, 1), input(context, 2), weight, bias, Operand::size(&heads.count[0])];
    let projected = context.frame.call_many(Callee::Function("ops::project_heads"), operands, 3, Form::Array);
    let [query, key, value] = projected.try_into().map_err(|_| Failure::Reported)?;
    let attended = attend(context, &heads, [query, key, value].map(Operand::Local))?;
    // The layer keeps the projections and the input of the last one.
    let inside = queries.add(&k.dims[1])?.mul(batch)?.mul(width)?.mul(&Size::constant(2 * 4))?;
    context.memory = Memory { besides: context.memory.besides.add(&inside)?, ..Memory::INPUTS };
    let merged = merge(context, attended);
    let (module, call) = written(context, &heads)?;
    let operands = vec![Operand::Local(merged), out_weight, out_bias];
    let result = context.call(Callee::Function(LINEAR), operands);
    Outputs::one(q, result).called(module, call)
}

/// PyTorch's module, and its call.
fn written(context: &Context, heads: &Heads) -> Result<(Python, Python), Failure> {
    let count = Operand::size(&heads.count[0]);
    let module = Python::call("nn.MultiheadAttention", [Python::size("out_proj.weight", 0), Python::from(&count)])
        .key_unless(true, "bias", context.boolean("bias", true)?)
        .key("batch_first", true);
    let (module, call) = dropping(context, module, probability(context, "dropout", 0.0)?);
    let call = call.called([0, 1, 2].map(|index| input(context, index))).key("need_weights", false);
    let causal = context.boolean("causal", false)?;
    let mask = match context.argument("mask").map(|given| &given.datum) {
        Some(Datum::Value(mask)) => Operand::Local(mask.reference.local),
        _ => Operand::None,
    };
    if mask == Operand::None && !causal {
        return Ok((module, call.gives("{}, _")));
    }
    let mask = Python::call("attention_mask", [input(context, 0), input(context, 1), count, mask, causal.into()]);
    Ok((module, call.key("attn_mask", mask.defining(ATTENTION_MASK)).gives("{}, _")))
}

/// Where attention is allowed, as a mask that PyTorch's module adds to the scores: `[N * heads, T, S]`.
const ATTENTION_MASK: &str = "\
def attention_mask(query, key, heads, allowed=None, causal=False):
    shape = len(query), heads, query.shape[1], key.shape[1]
    mask = torch.zeros(shape, dtype=query.dtype, device=query.device)
    if allowed is not None:
        mask = mask.masked_fill(~allowed, float(\"-inf\")) if allowed.dtype == torch.bool else mask + allowed
    if causal:
        mask = mask.masked_fill(torch.ones(shape[2:], dtype=torch.bool, device=query.device).triu(1), float(\"-inf\"))
    return mask.flatten(0, 1)
";

/// The queries, keys and values, which may all be one value.
fn inputs(context: &mut Context) -> Result<[TensorType; 3], Failure> {
    let types: Vec<TensorType> = context.inputs.iter().map(|value| value.ty.clone()).collect();
    let [q, k, v] = match &types[..] {
        [x] => [x, x, x],
        [q, k, v] => [q, k, v],
        _ => {
            let what = format!("`attention` takes `x` or `(q, k, v)`, but gets {} values", types.len());
            return Err(context.mistake(context.keyword, what).into());
        }
    };
    for ty in [q, k, v] {
        context.expect_floats(ty)?;
        if ty.rank() != 3 {
            let what = format!("`attention` takes [N, T, features], but gets {ty}");
            return Err(context.mistake(context.keyword, what).into());
        }
    }
    for ty in [k, v] {
        let what = format!("`attention` takes queries, keys and values of equal width, but gets {q}, {k} and {v}");
        let mistake = context.mistake(context.keyword, what);
        let width = &q.dims[2];
        context.proofs.same(width, &ty.dims[2], || {
            mistake.help(format!("add `-> linear {width}` after those of another width"))
        })?;
    }
    Ok([q.clone(), k.clone(), v.clone()])
}

/// The `index`th of queries, keys and values.
fn input(context: &Context, index: usize) -> Operand {
    context.operand(if context.inputs.len() == 1 { 0 } else { index })
}

/// The weight and bias of the three joined input projections and of the output projection, initialised as in PyTorch.
fn parameters(context: &mut Context, width: &Size) -> Result<[Operand; 4], Failure> {
    let biases = context.boolean("bias", true)?;
    let three = width.mul(&Size::constant(3))?;
    let bias = |context: &mut Context, name: &str, size: &Size| {
        Ok::<Operand, Failure>(if biases {
            context.parameter(name, std::slice::from_ref(size), Init::Constant(0.0.into()))?.some()
        } else {
            Operand::NoTensor
        })
    };
    Ok([
        context.parameter("in_proj_weight", &[three.clone(), width.clone()], Init::Named("XavierUniform"))?,
        bias(context, "in_proj_bias", &three)?,
        context.fan_in("out_proj.weight", &[width.clone(), width.clone()], width)?,
        bias(context, "out_proj.bias", width)?,
    ])
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn keeps_the_shape_of_the_queries() {
        assert_shape("attention 8", "[N, T, 64]", "[N, T, 64]");
        assert_shape("attention heads=8 causal=true dropout=0.1 bias=false", "[N, T, 64]", "[N, T, 64]");
        assert_shape("attention 8", "[N, T, 64]; [N, S, 64]; [N, S, 64]", "[N, T, 64]");
        assert_shape("(a, a, a) -> attention 8 mask=b", "[N, T, 64]; bool[N, 1, 1, T]", "[N, T, 64]");
    }

    #[test]
    fn inputs_are_checked() {
        assert_error("attention «7»", "[N, T, 64]", "64 features do not divide into 7 heads");
        assert_error("«attention»", "[N, T, 64]", "`attention` needs `heads`");
        assert_error("«attention» 8", "[N, T, 0]", "`attention` needs at least one feature");
        assert_error("«attention» 8", "[N, 64]", "`attention` takes [N, T, features], but gets [N, 64]");
        assert_error(
            "«attention» 8",
            "[N, T, 64]; [N, T, 64]",
            "`attention` takes `x` or `(q, k, v)`, but gets 2 values",
        );
        let widths =
            "`attention` takes queries, keys and values of equal width, but gets [N, T, 64], [N, S, 32] and [N, S, 64]";
        assert_error("«attention» 8", "[N, T, 64]; [N, S, 32]; [N, S, 64]", widths);
        assert_error(
            "«attention» 8",
            "[N, T, 64]; [N, 5, 64]; [N, 6, 64]",
            "the lengths of keys and values differ: 5 and 6",
        );
        assert_error(
            "attention 8 dropout=«2»",
            "[N, T, 64]",
            "the probability of `attention` must be between 0 and 1, but is 2",
        );
        assert_error(
            "(a, a, a) -> attention 8 mask=«b»",
            "[N, T, 64]; bool[N, T]",
            "the mask bool[N, T] does not broadcast to bool[N, 8, T, T]",
        );
    }
}
