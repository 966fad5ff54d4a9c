//! New values, on the device of a given one.

use super::list::Item;
use super::{Argument, Built, Context, Failure, Layer, Outputs, Python, cast};
use crate::shaped::{Callee, Code, Dtype, Operand, TensorType};
use crate::size::Size;
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["arange"],
        "The numbers from `start` up to, but not including, `end`, like `torch.arange`: `arange T`; `i64` \
            unless `dtype` says otherwise.",
        &[
            Argument::positional("end", "the end, which is not included").required(),
            Argument::key("start", "the first (0)"),
            Argument::key("step", "the difference from one to the next (1)"),
            Argument::key("dtype", "the element type (i64)"),
        ],
        arange,
    )
    .source(),
    constant_layer(&["zeros"], "Zeros, like `torch.zeros`: `zeros [N, 1]`, `zeros i64[N, T]`."),
    constant_layer(&["ones"], "Ones, like `torch.ones`: `ones [N, 1]`, `ones i64[N, T]`."),
    Layer::new(
        &["full"],
        "One number everywhere, like `torch.full`: `full [N] 0.5`, `full i64[N] 3`.",
        &[
            Argument::positional("shape", "the shape").required(),
            Argument::positional("value", "the number").float().required(),
        ],
        full,
    )
    .source(),
    Layer::new(
        &["eye"],
        "Ones on the diagonal, zeros elsewhere, like `torch.eye`: `eye d` is `[d, d]`.",
        &[
            Argument::positional("rows", "the number of rows").short("n").required(),
            Argument::positional("columns", "the number of columns (as many as rows)").short("m"),
            Argument::key("dtype", "the element type (the network's own float type)"),
        ],
        eye,
    )
    .source(),
];

/// The argument of `zeros` and `ones`.
static SHAPE: &[Argument] = &[Argument::positional("shape", "the shape").required()];

const fn constant_layer(names: &'static [&'static str], documentation: &'static str) -> Layer {
    Layer::new(names, documentation, SHAPE, constant).source()
}

fn arange(context: &mut Context) -> Result<Built, Failure> {
    let (end, end_code) = context.code("end")?.ok_or(Failure::Reported)?;
    let (start, start_code) = context.code("start")?.unwrap_or((Size::constant(0), Code::Literal(0)));
    let step = context.integer("step")?.unwrap_or(1);
    if step == 0 {
        return Err(context.mistake(context.place("step"), "`step` of `arange` cannot be 0").into());
    }
    let dtype = cast::dtype(context, "dtype")?.unwrap_or(Dtype::I64);
    if dtype == Dtype::Bool {
        return Err(context.mistake(context.place("dtype"), "`arange` makes numbers, not booleans").into());
    }
    let span = if step > 0 { end.sub(&start)? } else { start.sub(&end)? };
    let mistake =
        context.mistake(context.place("end"), format!("a step of {step} does not lead from {start} to {end}"));
    context.proofs.at_least(&span, 0, || mistake)?;
    let stride = Size::constant(step).mul(&Size::constant(step.signum()))?;
    let length = span.add(&stride)?.sub(&Size::constant(1))?.div_floor(&stride)?;
    let operands = vec![Operand::Size(start_code), Operand::Size(end_code), Operand::integer(step)];
    made(context, "arange", operands, TensorType { dtype, dims: vec![length] })
}

fn constant(context: &mut Context) -> Result<Built, Failure> {
    let (ty, sizes) = shape(context)?;
    made(context, context.layer.stem(), vec![sizes], ty)
}

fn full(context: &mut Context) -> Result<Built, Failure> {
    let (ty, sizes) = shape(context)?;
    let value = value(context, ty.dtype)?;
    made(context, "full", vec![sizes, value], ty)
}

/// The number that `full` fills with, which must be representable in the element type.
fn value(context: &Context, dtype: Dtype) -> Result<Operand, Failure> {
    let given = context.argument("value").ok_or(Failure::Reported)?;
    let integer = !dtype.is_float();
    match &given.datum {
        Datum::Float(value) if integer && value.fract() == 0.0 => Ok(Operand::integer(*value as i64)),
        Datum::Float(value) if !integer => Ok(Operand::Float(*value)),
        Datum::Number(Code::AsFloat(size)) if integer => Ok(Operand::Size(size.map(&mut |reference| reference.local))),
        Datum::Number(code) if !integer => Ok(Operand::Number(code.map(&mut |reference| reference.local))),
        Datum::Size(_, code) => Ok(Operand::Size(code.map(&mut |reference| reference.local))),
        Datum::Bool(value) if dtype == Dtype::Bool => Ok(Operand::integer(i64::from(*value))),
        Datum::Float(_) | Datum::Number(_) => Err(context
            .mistake(given.place, format!("an element of type {} cannot hold this number", dtype.name()))
            .into()),
        _ => Err(context.unfit("value", given, "a number")),
    }
}

fn eye(context: &mut Context) -> Result<Built, Failure> {
    let (rows, rows_code) = context.code("rows")?.ok_or(Failure::Reported)?;
    let (columns, columns_code) = context.code("columns")?.unwrap_or((rows.clone(), rows_code.clone()));
    for (name, size) in [("rows", &rows), ("columns", &columns)] {
        let mistake = context.mistake(context.place(name), format!("a size cannot be negative, but this is {size}"));
        context.proofs.at_least(size, 0, || mistake)?;
    }
    let dtype = cast::dtype(context, "dtype")?.unwrap_or(Dtype::Own);
    let operands = vec![Operand::Size(rows_code), Operand::Size(columns_code)];
    made(context, "eye", operands, TensorType { dtype, dims: vec![rows, columns] })
}

fn shape(context: &mut Context) -> Result<(TensorType, Operand), Failure> {
    let (dtype, items) = context.shape("shape")?;
    let sizes = Item::operand(&items);
    Ok((TensorType { dtype, dims: items.into_iter().filter_map(|item| item.size).collect() }, sizes))
}

/// Calls a function that takes the element type, and a value on the device to use.
fn made(
    context: &mut Context,
    name: &'static str,
    mut operands: Vec<Operand>,
    ty: TensorType,
) -> Result<Built, Failure> {
    let mut python = Python::call(&format!("torch.{name}"), operands.clone());
    if (name, ty.dtype) != ("arange", Dtype::I64) {
        python = python.key("dtype", Operand::Dtype(ty.dtype));
    }
    let python = python.key("device", Python::from(context.operand(0)).then(Python::text(".device")));
    operands.extend([Operand::Dtype(ty.dtype), context.operand(0)]);
    let functions = ["ops::arange", "ops::zeros", "ops::ones", "ops::full", "ops::eye"];
    let function = functions.into_iter().find(|function| function.ends_with(name)).ok_or(Failure::Reported)?;
    let result = context.call(Callee::Function(function), operands);
    Outputs::one(ty, result).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn arange() {
        assert_shape("let [n, t] = id; arange t", "[N, T]", "i64[T]");
        assert_shape("arange 10 start=1 step=3", "[N]", "i64[3]");
        assert_shape("arange 0 start=10 step=-3 dtype=f32", "[N]", "f32[4]");
        assert_shape("let [t] = id; arange (2 * t) step=2 dtype=float", "[T]", "[T]");
        assert_error("arange «3» start=4", "[N]", "a step of 1 does not lead from 4 to 3");
        assert_error("arange 3 step=«0»", "[N]", "`step` of `arange` cannot be 0");
    }

    #[test]
    fn filled() {
        assert_shape("zeros i64[N, 1]", "[N]", "i64[N, 1]");
        assert_shape("ones []", "[N]", "[]");
        assert_shape("full [N, 2] 0.5", "[N]", "[N, 2]");
        assert_shape("full bool[2] true", "[N]", "bool[2]");
        assert_shape("(ones [N, 2], a, b) -> add", "[N, 2]; [2]", "[N, 2]");
        assert_error("zeros [2, «_»]", "[N]", "`_` stands for a size that can be inferred, but this one cannot");
        assert_error("zeros [«-2»]", "[N]", "a size cannot be negative, but this is -2");
        assert_error("full i64[2] «0.5»", "[N]", "an element of type i64 cannot hold this number");
    }

    #[test]
    fn eye() {
        assert_shape("eye 3", "[N]", "[3, 3]");
        assert_shape("let [n, t] = id; eye t n dtype=bool", "[N, T]", "bool[T, N]");
        assert_error("eye «(0 - 1)»", "[N]", "a size cannot be negative, but this is -1");
    }
}
