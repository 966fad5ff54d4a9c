//! Which keys a query attends to: `mask` and `causal`. PyTorch takes one of them, not both.

use super::Heads;
use crate::layers::{Argument, Context, Failure, Python};
use crate::report::Mistake;
use crate::shaped::{Callee, Dtype, Operand, TensorType};
use crate::size::{Size, Verdict};
use crate::state::{Datum, Value};

pub const CAUSAL: Argument =
    Argument::key("causal", "whether a query sees only the keys up to its own position (false)");
pub const MASK: Argument = Argument::key(
    "mask",
    "a value that broadcasts to `[N, heads, T, S]`: booleans, true where attention is allowed, or floats to add to the scores",
);

/// The arguments `attn_mask` and `is_causal`.
pub fn seen(context: &mut Context, heads: &Heads, [q, k]: [&Operand; 2]) -> Result<[Operand; 2], Failure> {
    let mask = mask(context, heads)?;
    let causal = context.boolean("causal", false)?;
    Ok(match mask {
        Some(mask) if causal => {
            let mask = context.call(Callee::Function("ops::causal_mask"), vec![mask, q.clone(), k.clone()]);
            [Operand::Local(mask).some(), false.into()]
        }
        Some(mask) => [mask.some(), false.into()],
        None => [Operand::NoTensor, causal.into()],
    })
}

/// The mask, which must broadcast to `[N, heads, T, S]`.
fn mask(context: &mut Context, heads: &Heads) -> Result<Option<Operand>, Failure> {
    let Some(given) = context.argument("mask").cloned() else { return Ok(None) };
    let Datum::Value(mask) = &given.datum else { return Err(context.unfit("mask", &given, "a value")) };
    expect_mask_dtype(context, mask, heads)?;
    let scores = [&heads.batch, &heads.count[0], &heads.length[0], &heads.length[1]];
    let shape = TensorType { dtype: mask.ty.dtype, dims: scores.map(Size::clone).to_vec() };
    let mistake = unfit_mask(context, mask, &shape);
    if mask.ty.rank() > 4 || of_keys(context, mask, &shape) {
        return Err(mistake.into());
    }
    for (have, want) in mask.ty.dims.iter().rev().zip(scores.into_iter().rev()) {
        if have.as_constant() != Some(1) {
            context.proofs.same(have, want, || mistake.clone())?;
        }
    }
    let operand = Operand::Local(mask.reference.local);
    // libtorch requires at least two dimensions.
    Ok(Some(if mask.ty.rank() < 2 {
        Operand::Local(context.call(Callee::Method("atleast_2d"), vec![operand]))
    } else {
        operand
    }))
}

fn expect_mask_dtype(context: &Context, mask: &Value, heads: &Heads) -> Result<(), Failure> {
    let dtype = mask.ty.dtype;
    if dtype == Dtype::Bool || dtype == Dtype::F32 || dtype == heads.dtype {
        return Ok(());
    }
    let mistake = context.mistake(
        context.place("mask"),
        format!("a mask must hold booleans, or floats like the queries, but this is {}", mask.ty),
    );
    Err(if dtype.is_float() {
        mistake.help("cast it first: `-> cast float`")
    } else {
        mistake.help("cast it to booleans, true where attention is allowed: `-> cast bool`")
    }
    .into())
}

fn unfit_mask(context: &Context, mask: &Value, scores: &TensorType) -> Mistake {
    let mistake =
        context.mistake(context.place("mask"), format!("the mask {} does not broadcast to {scores}", mask.ty));
    let mistake = mistake.note(format!("it comes from {}", mask.origin));
    let written = context.place("mask").first.source_text();
    match written.filter(|_| of_keys(context, mask, scores)) {
        Some(name) => mistake.help(format!(
            "for a mask of the keys, add `let keys = {name} -> unsqueeze 1 -> unsqueeze 1;` and write `mask=keys`"
        )),
        None => mistake,
    }
}

/// Whether the mask seems to be `[N, S]`, which would be read as `[T, S]`.
fn of_keys(context: &Context, mask: &Value, scores: &TensorType) -> bool {
    let equal = |a: &Size, b: &Size| context.proofs.are_equal(a, b) == Verdict::True;
    match (mask.ty.dims.as_slice(), scores.dims.as_slice()) {
        ([first, second], [batch, _, queries, keys]) => {
            first.as_constant() != Some(1) && equal(first, batch) && equal(second, keys) && !equal(first, queries)
        }
        _ => false,
    }
}

/// Adds both to the call of PyTorch's function, which requires at least two dimensions of a mask.
pub fn written(context: &Context, python: Python) -> Result<Python, Failure> {
    let causal = context.boolean("causal", false)?;
    let Some(Datum::Value(mask)) = context.argument("mask").map(|given| &given.datum) else {
        return Ok(python.key_unless(false, "is_causal", causal));
    };
    let local = Operand::Local(mask.reference.local);
    let mask = if mask.ty.rank() < 2 { Python::call("torch.atleast_2d", [local]) } else { local.into() };
    if !causal {
        return Ok(python.key("attn_mask", mask));
    }
    let mask = Python::call("causal", [mask, context.operand(0).into(), context.operand(1).into()]);
    Ok(python.key("attn_mask", mask.defining(CAUSAL_MASK)))
}

const CAUSAL_MASK: &str = "\
def causal(mask, query, key):
    seen = torch.ones(query.shape[-2], key.shape[-2], dtype=torch.bool, device=mask.device).tril()
    return mask & seen if mask.dtype == torch.bool else mask.masked_fill(~seen, float(\"-inf\"))
";

#[cfg(test)]
mod tests {
    use crate::layers::sdpa::tests::{FOUR, THREE};
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn masks_broadcast() {
        for mask in
            ["bool[N, 1, 1, S]", "[N, 8, T, S]", "bool[T, S]", "f32[8, 1, S]", "bool[S]", "bool[1, S]", "bool[]"]
        {
            assert_shape("(a, b, c) -> sdpa mask=d causal=true", &format!("{FOUR}; {mask}"), "[N, 8, T, 16]");
            assert_shape("(a, b, c) -> sdpa heads=8 mask=d", &format!("{THREE}; {mask}"), "[N, T, 64]");
        }
        let masked =
            |mask: &str, what: &str| assert_error("(a, b, c) -> sdpa mask=«d»", &format!("{FOUR}; {mask}"), what);
        masked("bool[N, S]", "the mask bool[N, S] does not broadcast to bool[N, 8, T, S]");
        masked("bool[4, 1, S]", "the mask bool[4, 1, S] does not broadcast to bool[N, 8, T, S]");
        masked("bool[1, 1, 1, 1, S]", "the mask bool[1, 1, 1, 1, S] does not broadcast to bool[N, 8, T, S]");
        masked("i64[N, 1, 1, S]", "a mask must hold booleans, or floats like the queries, but this is i64[N, 1, 1, S]");
        assert_error("sdpa mask=«3»", FOUR, "`mask` of `sdpa` is a value, not a number");
    }
}
