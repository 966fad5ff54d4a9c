//! Choice between elements by a condition.

use super::broadcast::{broadcast, broadcast_dims, result_dtype};
use super::scalar::whole;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Dtype, Operand, TensorType};
use crate::state::{Datum, Value};

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["where"],
        "On `(condition, a, b)`: `a` where the condition is true, `b` elsewhere, like `torch.where`. All three \
            broadcast.",
        &[],
        choose,
    ),
    Layer::new(
        &["masked_fill"],
        "`value` where a boolean mask is true, `x` elsewhere, like `torch.Tensor.masked_fill`: `(x, mask) -> \
            masked_fill 0.0`, or `x -> masked_fill mask=mask value=-1e9`.",
        &[
            Argument::positional("value", "the value where the mask is true").required().float(),
            Argument::key("mask", "the mask, unless it comes in with `x`"),
        ],
        masked_fill,
    ),
];

fn choose(context: &mut Context) -> Result<Built, Failure> {
    let [condition, _, _] = context.incoming()?;
    if condition.dtype != Dtype::Bool {
        let mistake = context
            .mistake(context.keyword, format!("the condition of `where` must hold booleans, but this is {condition}"));
        return Err(mistake.help("cast it first: `-> cast bool`").into());
    }
    let all = broadcast(context.proofs, "`where`", context.keyword.into(), &context.inputs)?;
    let output = TensorType { dtype: result_dtype(context.inputs[1..].iter().map(|value| &value.ty)), ..all };
    let python = Python::call("torch.where", [0, 1, 2].map(|index| context.operand(index)));
    context.method("where_self", [1, 0, 2].map(|index| context.operand(index)).to_vec(), output).python(python)
}

fn masked_fill(context: &mut Context) -> Result<Built, Failure> {
    let mask = mask(context)?;
    let input = context.inputs[0].ty.clone();
    if mask.ty.dtype != Dtype::Bool {
        let mistake =
            context.mistake(context.place("mask"), format!("a mask must hold booleans, but this is {}", mask.ty));
        return Err(mistake.help("cast it first: `-> cast bool`").into());
    }
    let what = format!("the mask {} does not broadcast with {input}", mask.ty);
    let mistake = context.mistake(context.place("mask"), what).note(format!("the mask comes from {}", mask.origin));
    let dims = broadcast_dims(context.proofs, &input.dims, &mask.ty.dims, || mistake.clone())?;
    let value = fitting(context, input.dtype)?;
    let operands = vec![context.operand(0), Operand::Local(mask.reference.local), value];
    let python = Python::method("masked_fill", operands.clone());
    context.method("masked_fill", operands, input.with(dims)).python(python)
}

/// The second value, or `mask=`.
fn mask(context: &Context) -> Result<Value, Failure> {
    match (context.inputs.as_slice(), context.argument("mask")) {
        ([_, mask], None) => Ok(mask.clone()),
        ([_], Some(given)) => match &given.datum {
            Datum::Value(mask) => Ok(mask.clone()),
            _ => Err(context.unfit("mask", given, "a value")),
        },
        _ => {
            let what = "`masked_fill` takes a mask as its second value, or as `mask=`";
            Err(context.mistake(context.keyword, what).into())
        }
    }
}

/// The argument `value`, which must be representable in this dtype.
fn fitting(context: &Context, dtype: Dtype) -> Result<Operand, Failure> {
    context.argument("value").ok_or(Failure::Reported)?;
    let value = context.number("value", 0.0)?;
    let (least, most) = match dtype {
        Dtype::Bool => (0, 1),
        Dtype::U8 => (0, u8::MAX.into()),
        Dtype::I8 => (i8::MIN.into(), i8::MAX.into()),
        Dtype::I16 => (i16::MIN.into(), i16::MAX.into()),
        Dtype::I32 => (i32::MIN.into(), i32::MAX.into()),
        Dtype::I64 => (i64::MIN, i64::MAX),
        _ => return Ok(value),
    };
    match (&value, whole(&value)) {
        (_, Some(integer)) if (least..=most).contains(&integer) => Ok(Operand::integer(integer)),
        (Operand::Float(number), _) => {
            let what = format!("a tensor of {} cannot hold {number}", dtype.name());
            Err(context.mistake(context.place("value"), what).into())
        }
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn where_broadcasts_and_promotes() {
        assert_shape("where", "bool[N, 1]; [N, 3]; [3]", "[N, 3]");
        assert_shape("where", "bool[N]; i32[N]; i64[N]", "i64[N]");
        assert_shape("where", "bool[]; f32[N]; f64[]", "f32[N]");
        assert_error("«where»", "[N]; [N]; [N]", "the condition of `where` must hold booleans, but this is [N]");
        assert_error("«where»", "bool[N]; [N]", "`where` takes 3 values, but gets 2");
        assert_error("«where»", "bool[2]; [3]; [3]", "`where` cannot broadcast the shapes bool[2] and [3]");
    }

    #[test]
    fn masked_fill_fills() {
        assert_shape("masked_fill 0.5", "[N, h, T, S]; bool[T, S]", "[N, h, T, S]");
        assert_shape("masked_fill 0", "i64[1, 3]; bool[N, 1]", "i64[N, 3]");
        assert_shape("(a, a) -> sub -> masked_fill mask=b value=-1e9", "[N]; bool[N]", "[N]");
        assert_shape("masked_fill value=-inf", "[N]; bool[N]", "[N]");
        assert_error("«masked_fill»", "[N]; bool[N]", "`masked_fill` needs `value`");
        assert_error("«masked_fill» 1", "[N]", "`masked_fill` takes a mask as its second value, or as `mask=`");
        assert_error("«masked_fill» 1", "[N]; i64[N]", "a mask must hold booleans, but this is i64[N]");
        assert_error("«masked_fill» 1", "[2]; bool[3]", "the mask bool[3] does not broadcast with [2]");
        assert_error("masked_fill «0.5»", "i64[N]; bool[N]", "a tensor of i64 cannot hold 0.5");
        assert_error("masked_fill «300»", "u8[N]; bool[N]", "a tensor of u8 cannot hold 300");
        assert_error("masked_fill value=«-inf»", "i64[N]; bool[N]", "a tensor of i64 cannot hold -inf");
    }
}
