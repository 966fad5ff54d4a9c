//! Elementwise comparisons, whose results are booleans.

use super::broadcast::broadcast;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Dtype, TensorType};

const NUMBER: &[Argument] = &[Argument::positional("other", "a number; without it, two values are compared").float()];

pub static LAYERS: &[Layer] = &[
    compares(&["eq"], "Whether `x == other`, or `a == b` of two values, like `torch.eq`: `bool`.", eq),
    compares(&["ne"], "Whether `x != other`, or `a != b` of two values, like `torch.ne`: `bool`.", ne),
    compares(&["lt"], "Whether `x < other`, or `a < b` of two values, like `torch.lt`: `bool`.", lt),
    compares(&["le"], "Whether `x <= other`, or `a <= b` of two values, like `torch.le`: `bool`.", le),
    compares(&["gt"], "Whether `x > other`, or `a > b` of two values, like `torch.gt`: `bool`.", gt),
    compares(&["ge"], "Whether `x >= other`, or `a >= b` of two values, like `torch.ge`: `bool`.", ge),
    Layer::new(&["not"], "Whether `x` is false or zero, like `torch.logical_not`: `bool`.", &[], not),
];

const fn compares(
    names: &'static [&'static str],
    documentation: &'static str,
    infer: fn(&mut Context) -> Result<Built, Failure>,
) -> Layer {
    Layer::new(names, documentation, NUMBER, infer)
}

fn eq(context: &mut Context) -> Result<Built, Failure> {
    compare(context, "eq", "eq_tensor")
}

fn ne(context: &mut Context) -> Result<Built, Failure> {
    compare(context, "ne", "ne_tensor")
}

fn lt(context: &mut Context) -> Result<Built, Failure> {
    compare(context, "lt", "lt_tensor")
}

fn le(context: &mut Context) -> Result<Built, Failure> {
    compare(context, "le", "le_tensor")
}

fn gt(context: &mut Context) -> Result<Built, Failure> {
    compare(context, "gt", "gt_tensor")
}

fn ge(context: &mut Context) -> Result<Built, Failure> {
    compare(context, "ge", "ge_tensor")
}

/// Compares a value with a number, or two values.
fn compare(context: &mut Context, with_number: &'static str, with_value: &'static str) -> Result<Built, Failure> {
    let given = context.argument("other").is_some();
    match (context.inputs.len(), given) {
        (1, true) => {
            let input = context.input()?;
            let (number, _) = context.scalar("other", input.dtype)?;
            let operands = vec![context.operand(0), number];
            let python = Python::call(&format!("torch.{with_number}"), operands.clone());
            context.method(with_number, operands, TensorType { dtype: Dtype::Bool, ..input }).python(python)
        }
        (2, false) => {
            let title = format!("`{}`", context.keyword);
            let both = broadcast(context.proofs, &title, context.keyword.into(), &context.inputs)?;
            let operands = vec![context.operand(0), context.operand(1)];
            let python = Python::call(&format!("torch.{with_number}"), operands.clone());
            context.method(with_value, operands, TensorType { dtype: Dtype::Bool, ..both }).python(python)
        }
        (count, given) => {
            let values = if count == 1 { "one value".to_string() } else { format!("{count} values") };
            let number = if given { "a number" } else { "no number" };
            let what = format!(
                "`{}` compares one value with a number, or two values, but gets {values} and {number}",
                context.keyword
            );
            Err(context.mistake(context.keyword, what).into())
        }
    }
}

fn not(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let python = Python::call("torch.logical_not", [context.operand(0)]);
    context.method("logical_not", vec![context.operand(0)], TensorType { dtype: Dtype::Bool, ..input }).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn compares_with_a_number_or_a_value() {
        for layer in ["eq", "ne", "lt", "le", "gt", "ge"] {
            assert_shape(&format!("{layer} 0.5"), "[N, 3]", "bool[N, 3]");
            assert_shape(&format!("{layer} 1"), "bool[N]", "bool[N]");
            assert_shape(layer, "[N, 3]; i64[3]", "bool[N, 3]");
            assert_error(
                &format!("«{layer}»"),
                "[N, 3]; [N, 4]",
                &format!("`{layer}` cannot broadcast the shapes [N, 3] and [N, 4]"),
            );
            let wrong = format!("`{layer}` compares one value with a number, or two values, but gets");
            assert_error(&format!("«{layer}»"), "[N]", &format!("{wrong} one value and no number"));
            assert_error(&format!("«{layer}» 1"), "[N]; [N]", &format!("{wrong} 2 values and a number"));
        }
        assert_shape("not", "[N, 3]", "bool[N, 3]");
    }
}
