//! Padding.

use super::dimension::counted;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::place::Place;
use crate::shaped::{Code, Dtype, Memory, Operand, Sees, TensorType};
use crate::size::{Comparison, Predicate, Size, Verdict};
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["pad"],
    "Pads the ends of dimensions, like `torch.nn.functional.pad`: `pad (left, right, top, bottom)`, the last \
        dimension first. In mode `constant`, a negative amount crops.",
    &[
        Argument::positional("amounts", "how much to add before and after, for each dimension from the last")
            .short("pad")
            .required(),
        Argument::positional("mode", "`constant`, `reflect`, `replicate` or `circular` (constant)"),
        Argument::positional("value", "the value to pad with (0)").float(),
    ],
    infer,
)];

/// The padding at one end.
struct Amount {
    size: Size,
    code: Code,
    place: Place,
}

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let mode = context.word("mode", &["constant", "reflect", "replicate", "circular"], "constant")?;
    let amounts = amounts(context)?;
    check_rank(context, &input, amounts.len(), mode)?;
    if matches!(mode, "reflect" | "replicate") {
        check_borders(context, &input, amounts.len() / 2, mode)?;
    }
    let mut dims = input.dims.clone();
    for (ends, size) in amounts.chunks(2).zip(dims.iter_mut().rev()) {
        *size = padded(context, ends, size, mode)?;
    }
    let value = value(context, mode)?;
    let codes = amounts.into_iter().map(|amount| amount.code).collect();
    context.sees = Sees::Place;
    context.memory = if mode == "constant" { Memory::NOTHING } else { Memory::INPUTS };
    let operands = vec![context.operand(0), Operand::Sizes(codes), mode.into(), value.clone()];
    let python = Python::call("F.pad", &operands[..2]).key_unless("constant", "mode", mode).key_unless(
        Operand::None,
        "value",
        value,
    );
    context.method("pad", operands, input.with(dims)).python(python)
}

fn amounts(context: &Context) -> Result<Vec<Amount>, Failure> {
    let Some(given) = context.argument("amounts") else { return Ok(Vec::new()) };
    let items = match &given.datum {
        Datum::Tuple(items) => items.as_slice(),
        _ => std::slice::from_ref(given),
    };
    let amount = |item: &crate::state::Given| match &item.datum {
        Datum::Size(size, code) => {
            Ok(Amount { size: size.clone(), code: code.map(&mut |reference| reference.local), place: item.place })
        }
        _ => Err(context.unfit("amounts", item, "a tuple of sizes")),
    };
    items.iter().map(amount).collect()
}

fn check_rank(context: &Context, input: &TensorType, amounts: usize, mode: &str) -> Result<(), Failure> {
    let (pairs, rank, place) = (amounts / 2, input.rank(), context.place("amounts"));
    if amounts == 0 || !amounts.is_multiple_of(2) {
        let what = format!("`pad` takes two amounts for each dimension that it pads, but gets {amounts}");
        return Err(context.mistake(place, what).into());
    }
    if mode == "constant" && pairs > rank {
        let what = format!("{amounts} amounts pad {}, but the input has {rank}", counted(pairs));
        return Err(context.mistake(place, what).into());
    }
    if mode != "constant" && !(pairs <= 3 && (pairs + 1..=pairs + 2).contains(&rank)) {
        let what = format!("`{mode}` cannot pad {pairs} of {}", counted(rank));
        let note = "all modes but `constant` pad all dimensions after the first one or two, and at most three";
        return Err(context.mistake(place, what).note(note).into());
    }
    Ok(())
}

/// Checks that dimensions to repeat elements of are not empty. Only the batch may be.
fn check_borders(context: &mut Context, input: &TensorType, pairs: usize, mode: &str) -> Result<(), Failure> {
    if input.dtype == Dtype::Bool {
        return Err(context.mistake(context.place("mode"), format!("`{mode}` cannot pad booleans")).into());
    }
    for size in input.dims.iter().rev().take(pairs + 1) {
        let mistake = context.mistake(context.place("mode"), format!("`{mode}` cannot pad where a size is {size}"));
        context.proofs.at_least(size, 1, || mistake)?;
    }
    Ok(())
}

/// The size with the padding at both ends.
fn padded(context: &mut Context, ends: &[Amount], size: &Size, mode: &str) -> Result<Size, Failure> {
    let mut kept = size.clone();
    for Amount { size: amount, place, .. } in ends {
        if mode == "constant" && takes_away(context, amount) {
            let what = format!("{} cannot be cropped from {kept}", amount.neg()?);
            kept = kept.add(amount)?;
            let mistake = context.mistake(*place, what);
            context.proofs.at_least(&kept, 0, || mistake)?;
            continue;
        }
        let mistake = context.mistake(*place, format!("an amount of padding cannot be negative here, but is {amount}"));
        context.proofs.at_least(amount, 0, || mistake)?;
        check_source(context, amount, size, mode, *place)?;
    }
    Ok(ends.iter().try_fold(size.clone(), |sum, amount| sum.add(&amount.size))?)
}

fn takes_away(context: &Context, amount: &Size) -> bool {
    let negative = Predicate { left: amount.clone(), comparison: Comparison::Less, right: Size::constant(0) };
    context.proofs.facts.decide(&negative) == Verdict::True
}

/// Checks that the input is large enough to take the padding from it.
fn check_source(context: &mut Context, amount: &Size, size: &Size, mode: &str, place: Place) -> Result<(), Failure> {
    let least = match mode {
        "reflect" => amount.add(&Size::constant(1))?,
        "circular" => amount.clone(),
        _ => return Ok(()),
    };
    let what = format!("`{mode}` by {amount} needs a size of at least {least}, but this is {size}");
    let mistake = context.mistake(place, what);
    match least.as_constant() {
        Some(least) => context.proofs.at_least(size, least, || mistake)?,
        None => context.proofs.hold(&least, Comparison::LessEqual, size, || mistake)?,
    }
    Ok(())
}

fn value(context: &Context, mode: &str) -> Result<Operand, Failure> {
    match context.argument("value") {
        None => Ok(Operand::None),
        Some(given) if mode != "constant" => Err(context
            .mistake(given.place, format!("`{mode}` pads with the input's own values, so it takes no `value`"))
            .into()),
        Some(_) => context.number("value", 0.0),
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn shapes() {
        assert_shape("pad (2, 0)", "[N, 4, T]", "[N, 4, T + 2]");
        assert_shape("pad (1, 2, 3, 4) constant value=-1.5", "[N, H, W]", "[N, H + 7, W + 3]");
        assert_shape("pad (1, -1)", "i64[N, T]", "i64[N, T]");
        assert_shape("pad (3, 3) reflect", "[N, 4, T]", "[N, 4, T + 6]");
        assert_shape("pad (1, 1, 1, 1) mode=replicate", "[N, 4, 5, 5]", "[N, 4, 7, 7]");
        assert_shape("pad (5, 5) circular", "[4, 5]", "[4, 15]");
        assert_shape("let [n, t] = id; pad (t, 0)", "[N, T]", "[N, 2 * T]");
    }

    #[test]
    fn errors() {
        assert_error(
            "pad «(1, 1, 1)»",
            "[N, 4]",
            "`pad` takes two amounts for each dimension that it pads, but gets 3",
        );
        assert_error("pad «(1, 1, 1, 1)»", "[N]", "4 amounts pad 2 dimensions, but the input has 1");
        assert_error("pad «(1, 1)» reflect", "[N, 4, 8, 8]", "`reflect` cannot pad 1 of 4 dimensions");
        assert_error("pad (0, «4») reflect", "[N, 2, 4]", "`reflect` by 4 needs a size of at least 5, but this is 4");
        assert_error("pad (0, «5») circular", "[N, 2, 4]", "`circular` by 5 needs a size of at least 5, but this is 4");
        assert_error("pad («-1», 0) replicate", "[N, 2, 4]", "an amount of padding cannot be negative here, but is -1");
        assert_error("pad (-3, «-2»)", "[N, 4]", "2 cannot be cropped from 1");
        assert_error(
            "pad (1, 1) replicate «0.5»",
            "[N, 2, 4]",
            "`replicate` pads with the input's own values, so it takes no `value`",
        );
        assert_error("pad (1, 1) «reflect»", "bool[N, 2, 4]", "`reflect` cannot pad booleans");
    }
}
