//! Elementwise arithmetic on one value, which keeps the shape.

use super::scalar::{floating, numeric, whole};
use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Dtype, Memory, Operand, Sees, TensorType};
use crate::tree::Operator;

pub static LAYERS: &[Layer] = &[
    Layer::new(&["exp"], "`e^x`; integers become `f32`, as in `torch.exp`.", &[], in_floats),
    Layer::new(&["log"], "The natural logarithm; integers become `f32`, as in `torch.log`.", &[], in_floats),
    Layer::new(&["sqrt"], "The square root; integers become `f32`, as in `torch.sqrt`.", &[], in_floats),
    Layer::new(&["rsqrt"], "`1 / sqrt(x)`; integers become `f32`, as in `torch.rsqrt`.", &[], in_floats),
    Layer::new(&["sin"], "The sine; integers become `f32`, as in `torch.sin`.", &[], in_floats),
    Layer::new(&["cos"], "The cosine; integers become `f32`, as in `torch.cos`.", &[], in_floats),
    Layer::new(&["square"], "`x * x`, like `torch.square`.", &[], square),
    Layer::new(&["abs"], "`|x|`, like `torch.abs`.", &[], of_numbers),
    Layer::new(&["neg"], "`-x`, like `torch.neg`.", &[], of_numbers),
    Layer::new(
        &["scale"],
        "`factor * x`. Integers stay integers if the factor is whole, and otherwise become `f32`.",
        &[Argument::positional("factor", "what to multiply by").required().float()],
        scale,
    ),
    Layer::new(
        &["shift"],
        "`x + by`. Integers stay integers if the number is whole, and otherwise become `f32`.",
        &[Argument::positional("by", "what to add").required().float()],
        shift,
    ),
    Layer::new(
        &["pow"],
        "`x^exponent`, like `torch.pow`. Integers stay integers if the exponent is whole, and otherwise become \
            `f32`.",
        &[Argument::positional("exponent", "the exponent").required().float()],
        pow,
    ),
    Layer::new(
        &["clamp"],
        "`min(max(x, min), max)`, like `torch.clamp`; one of the two may be left out.",
        &[
            Argument::positional("min", "the least value").float(),
            Argument::positional("max", "the greatest value").float(),
        ],
        clamp,
    ),
];

/// A layer named like its method.
fn method(context: &mut Context, input: TensorType, dtype: Dtype) -> Result<Built, Failure> {
    context.sees = Sees::Place;
    let name = context.layer.stem();
    let python = Python::call(&format!("torch.{name}"), [context.operand(0)]);
    context.method(name, vec![context.operand(0)], TensorType { dtype, ..input }).python(python)
}

fn in_floats(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dtype = floating(input.dtype);
    method(context, input, dtype)
}

fn square(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dtype = numeric(input.dtype);
    method(context, input, dtype)
}

/// A layer for numbers, since libtorch has no `abs` or `neg` of booleans.
fn of_numbers(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    if input.dtype == Dtype::Bool {
        let mistake =
            context.mistake(context.keyword, format!("`{}` takes numbers, but gets {input}", context.keyword));
        let mistake =
            if context.keyword == "neg" { mistake.help("to turn true into false, write `not`") } else { mistake };
        return Err(mistake.into());
    }
    let dtype = input.dtype;
    method(context, input, dtype)
}

fn scale(context: &mut Context) -> Result<Built, Failure> {
    with_number(context, "factor", Operator::Multiply)
}

fn shift(context: &mut Context) -> Result<Built, Failure> {
    with_number(context, "by", Operator::Add)
}

fn with_number(context: &mut Context, name: &str, operator: Operator) -> Result<Built, Failure> {
    let input = context.input()?;
    let (number, dtype) = context.scalar(name, input.dtype)?;
    context.sees = Sees::Place;
    context.memory = Memory::NOTHING;
    let operands = vec![context.operand(0), number];
    let result = context.call(Callee::Operator(operator), operands.clone());
    let python = Python::infix(operator.symbol(), operands);
    Outputs::one(TensorType { dtype, ..input }, result).python(python)
}

fn pow(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    if !input.dtype.is_float()
        && let Some(exponent) = whole(&context.number("exponent", 0.0)?).filter(|exponent| *exponent < 0)
    {
        let what = format!("`pow {exponent}` of integers would not be integers");
        return Err(context.mistake(context.place("exponent"), what).help("put `cast float` before it").into());
    }
    context.sees = Sees::Place;
    context.memory = Memory::INPUTS;
    let (exponent, dtype) = context.scalar("exponent", input.dtype)?;
    let operands = vec![context.operand(0), exponent];
    let python = Python::call("torch.pow", operands.clone());
    context.method("pow_tensor_scalar", operands, TensorType { dtype, ..input }).python(python)
}

fn clamp(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    context.sees = Sees::Place;
    context.memory = Memory::INPUTS;
    let (bounds, dtype) = context.scalars(["min", "max"], input.dtype)?;
    let output = TensorType { dtype, ..input };
    let x = context.operand(0);
    match bounds {
        [Some(min), Some(max)] => {
            in_order(context)?;
            let operands = vec![x, min, max];
            context.method("clamp", operands.clone(), output).python(Python::call("torch.clamp", operands))
        }
        [Some(min), None] => {
            let python = Python::call("torch.clamp", [x.clone()]).key("min", min.clone());
            context.method("clamp_min", vec![x, min], output).python(python)
        }
        [None, Some(max)] => {
            let python = Python::call("torch.clamp", [x.clone()]).key("max", max.clone());
            context.method("clamp_max", vec![x, max], output).python(python)
        }
        [None, None] => {
            let mistake = context.mistake(context.keyword, "`clamp` needs `min`, `max` or both");
            Err(mistake.help("write `clamp min=..`, `clamp max=..` or `clamp MIN MAX`").into())
        }
    }
}

/// Checks that `min` is not above `max`, where the macro knows both.
fn in_order(context: &Context) -> Result<(), Failure> {
    match (context.number("min", 0.0)?, context.number("max", 0.0)?) {
        (Operand::Float(min), Operand::Float(max)) if min > max => {
            let what = format!("`clamp` would be {max} everywhere, because its `min`, {min}, is above its `max`");
            Err(context.mistake(context.place("min"), what).into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn the_shape_stays_and_the_dtype_is_pytorchs() {
        for layer in ["exp", "log", "sqrt", "rsqrt", "sin", "cos"] {
            assert_shape(layer, "[N, 3]", "[N, 3]");
            assert_shape(layer, "f16[N, 3]", "f16[N, 3]");
            assert_shape(layer, "i64[N, 3]", "f32[N, 3]");
            assert_shape(layer, "bool[]", "f32[]");
        }
        for layer in ["abs", "neg", "square"] {
            assert_shape(layer, "[N]", "[N]");
            assert_shape(layer, "u8[N]", "u8[N]");
        }
        assert_shape("square", "bool[N]", "i64[N]");
        assert_error("«abs»", "bool[N]", "`abs` takes numbers, but gets bool[N]");
        assert_error("«neg»", "bool[N]", "`neg` takes numbers, but gets bool[N]");
        assert_error("«exp»", "[N]; [N]", "`exp` takes one value, but gets 2");
    }

    #[test]
    fn whole_numbers_keep_integers() {
        for (layer, whole, broken) in
            [("scale", "2", "0.5"), ("shift", "(0 - 1)", "1.5"), ("pow", "2", "0.5"), ("clamp", "0 7", "0 0.5")]
        {
            assert_shape(&format!("{layer} {whole}"), "i32[N]", "i32[N]");
            assert_shape(&format!("{layer} {whole}"), "bool[N]", "i64[N]");
            assert_shape(&format!("{layer} {broken}"), "i32[N]", "f32[N]");
            assert_shape(&format!("{layer} {broken}"), "[N]", "[N]");
        }
    }

    #[test]
    fn numbers_are_checked() {
        assert_error("«scale»", "[N]", "`scale` needs `factor`");
        assert_error("scale «true»", "[N]", "`factor` of `scale` is a number, not a boolean");
        assert_error("pow exponent=«-1»", "i64[N]", "`pow -1` of integers would not be integers");
        assert_error("«clamp»", "[N]", "`clamp` needs `min`, `max` or both");
        assert_error("clamp «1» 0", "[N]", "`clamp` would be 0 everywhere, because its `min`, 1, is above its `max`");
        assert_shape("clamp min=1e-9", "[N]", "[N]");
        assert_shape("clamp max=6", "[N]", "[N]");
    }
}
