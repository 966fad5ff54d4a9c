//! The joins, which make one value of several.

use super::broadcast::{operate, result_dtype};
use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Memory, Operand, Sees, TensorType};
use crate::size::Size;
use crate::tree::Operator;

const ALONG: &[Argument] = &[Argument::key("dim", "the dimension (1)")];

pub static LAYERS: &[Layer] = &[
    Layer::new(&["add"], "The sum of any number of values, `a + b + ..`, broadcast like PyTorch.", &[], add),
    Layer::new(&["mul"], "The product of any number of values, `a * b * ..`, broadcast like PyTorch.", &[], mul),
    Layer::new(
        &["cat"],
        "Concatenates values along a dimension, like `torch.cat`: `[N, a, ..]` and `[N, b, ..]` give `[N, a + \
            b, ..]`; all other sizes must agree.",
        ALONG,
        cat,
    ),
    Layer::new(
        &["stack"],
        "Stacks values of one shape along a new dimension, like `torch.stack`: two of `[N, ..]` give `[N, 2, \
            ..]`.",
        ALONG,
        stack,
    ),
];

fn add(context: &mut Context) -> Result<Built, Failure> {
    elementwise(context, Operator::Add)
}

fn mul(context: &mut Context) -> Result<Built, Failure> {
    elementwise(context, Operator::Multiply)
}

/// `a + b + c`
fn elementwise(context: &mut Context, operator: Operator) -> Result<Built, Failure> {
    let title = format!("`{}`", context.keyword);
    let output = operate(context.proofs, operator, &title, context.keyword.into(), &context.inputs)?;
    let values: Vec<Operand> = (0..context.inputs.len()).map(|index| context.operand(index)).collect();
    let python = Python::infix(operator.symbol(), values);
    context.sees = Sees::Place;
    context.memory = if operator == Operator::Add { Memory::NOTHING } else { Memory::INPUTS };
    let mut result = context.inputs[0].reference.local;
    for index in 1..context.inputs.len() {
        result = context.call(Callee::Operator(operator), vec![Operand::Local(result), context.operand(index)]);
    }
    Outputs::one(output, result).python(python)
}

fn cat(context: &mut Context) -> Result<Built, Failure> {
    let first = first(context)?;
    let dim = context.dimension("dim", first.rank(), 1)?;
    agree(context, &first, Some(dim))?;
    let mut sizes = context.inputs.iter().map(|value| &value.ty.dims[dim]);
    let size = sizes.try_fold(Size::constant(0), |sum, size| sum.add(size))?;
    let mut dims = first.dims;
    dims[dim] = size;
    if context.inputs.len() == 1 {
        let only = context.inputs[0].reference.local;
        return Outputs::one(TensorType { dtype: first.dtype, dims }, only).unchanged();
    }
    joined(context, ("Tensor::cat", "torch.cat"), dims, dim)
}

fn stack(context: &mut Context) -> Result<Built, Failure> {
    let first = first(context)?;
    let dim = context.dimension("dim", first.rank() + 1, 1)?;
    agree(context, &first, None)?;
    let mut dims = first.dims;
    dims.insert(dim, Size::constant(context.inputs.len() as i64));
    joined(context, ("Tensor::stack", "torch.stack"), dims, dim)
}

fn first(context: &Context) -> Result<TensorType, Failure> {
    match context.inputs.first() {
        Some(value) => Ok(value.ty.clone()),
        None => Err(context.mistake(context.keyword, format!("`{}` needs a value", context.keyword)).into()),
    }
}

/// Checks that all values have the same sizes, except in one dimension.
fn agree(context: &mut Context, first: &TensorType, except: Option<usize>) -> Result<(), Failure> {
    let others: Vec<TensorType> = context.inputs[1..].iter().map(|value| value.ty.clone()).collect();
    for other in others {
        let what = format!("`{}` cannot join {first} and {other}", context.keyword);
        if first.rank() != other.rank() {
            let mistake = context.mistake(context.keyword, what);
            return Err(mistake
                .note(format!("one has {} dimensions, the other {}", first.rank(), other.rank()))
                .into());
        }
        for (axis, (a, b)) in first.dims.iter().zip(&other.dims).enumerate().filter(|(axis, _)| Some(*axis) != except) {
            let mistake = context.mistake(context.keyword, &what);
            context.proofs.same(a, b, || mistake.note(format!("they differ in dimension {axis}: {a} and {b}")))?;
        }
    }
    Ok(())
}

/// Calls `Tensor::cat(&[&a, &b], 1)` or the like; the names are libtorch's and PyTorch's.
fn joined(
    context: &mut Context,
    (function, python): (&'static str, &str),
    dims: Vec<Size>,
    dim: usize,
) -> Result<Built, Failure> {
    context.sees = if dim == 1 { Sees::Place } else { Sees::All };
    context.memory = Memory::NOTHING;
    let dtype = result_dtype(context.inputs.iter().map(|value| &value.ty));
    let values = (0..context.inputs.len()).map(|index| context.operand(index)).collect();
    let operands = vec![Operand::Tensors(values), Operand::integer(dim as i64)];
    let python = Python::call(python, operands.clone());
    let result = context.call(Callee::Function(function), operands);
    Outputs::one(TensorType { dtype, dims }, result).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn add_and_mul_broadcast() {
        assert_shape("add", "[N, 4]; [N, 4]; [N, 1]", "[N, 4]");
        assert_shape("mul", "[N, 8, H, W]; [N, 8, 1, 1]", "[N, 8, H, W]");
        assert_shape("mul", "i64[N, 4]; [4]", "[N, 4]");
        assert_shape("add", "[N, 4]", "[N, 4]");
        assert_shape("add { id, linear 4, relu }", "[N, 4]", "[N, 4]");
        assert_error("«add»", "[N, 4]; [N, 5]", "`add` cannot broadcast the shapes [N, 4] and [N, 5]");
    }

    #[test]
    fn a_value_without_dimensions_does_not_widen() {
        assert_shape("add", "f32[N]; f64[]", "f32[N]");
        assert_shape("add", "i32[N]; i64[]", "i32[N]");
        assert_shape("add", "i32[N]; f64[]", "f64[N]");
        assert_shape("stack dim=0", "f32[]; f64[]", "f64[2]");
        // From left to right: the first two make an `f32`, which no value without dimensions widens.
        assert_shape("mul", "i32[N]; f32[]; i64[N]; f64[]", "f32[N]");
    }

    #[test]
    fn cat_adds_sizes() {
        assert_shape("cat", "[N, 3, H]; [N, 5, H]; [N, C, H]", "[N, 8 + C, H]");
        assert_shape("cat dim=-1", "[N, T]; [N, S]", "[N, T + S]");
        assert_shape("cat dim=0", "i64[4]; [3]", "[7]");
        assert_shape("cat", "[N, 3]", "[N, 3]");
        assert_error("«cat»", "[N, 3, 8]; [N, 3, 7]", "`cat` cannot join [N, 3, 8] and [N, 3, 7]");
        assert_error("«cat»", "[N, 3, 8]; [N, 3]", "`cat` cannot join [N, 3, 8] and [N, 3]");
        assert_error("cat dim=«2»", "[N, 3]; [N, 3]", "the input has 2 dimensions, so there is no dimension 2");
        assert_error("«cat»", "[3]; [3]", "the input has 1 dimension, so there is no dimension 1");
    }

    #[test]
    fn stack_adds_a_dimension() {
        assert_shape("stack", "[N, 3]; [N, 3]", "[N, 2, 3]");
        assert_shape("stack dim=-1", "[N, 3]; [N, 3]", "[N, 3, 2]");
        assert_shape("stack dim=0", "[]", "[1]");
        assert_error("«stack»", "[N, 3]; [N, 1]", "`stack` cannot join [N, 3] and [N, 1]");
    }
}
