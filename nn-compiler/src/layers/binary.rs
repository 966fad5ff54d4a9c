//! Operations on two values.

use super::broadcast::{broadcast_dims, operate};
use super::{Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Dtype};
use crate::size::Size;
use crate::tree::Operator;

pub static LAYERS: &[Layer] = &[
    Layer::new(&["sub"], "`a - b` of two values, broadcast like PyTorch.", &[], sub),
    Layer::new(&["div"], "`a / b` of two values, broadcast like PyTorch; integers give `f32`.", &[], div),
    Layer::new(
        &["matmul"],
        "The matrix product of two values, like `torch.matmul`: `[.., n, k]` and `[.., k, m]` give `[.., n, \
            m]`. The dimensions before the last two broadcast; a value with one dimension is a row on the left, \
            a column on the right.",
        &[],
        matmul,
    ),
];

fn sub(context: &mut Context) -> Result<Built, Failure> {
    elementwise(context, Operator::Subtract)
}

fn div(context: &mut Context) -> Result<Built, Failure> {
    elementwise(context, Operator::Divide)
}

fn elementwise(context: &mut Context, operator: Operator) -> Result<Built, Failure> {
    context.incoming::<2>()?;
    let title = format!("`{}`", context.keyword);
    let output = operate(context.proofs, operator, &title, context.keyword.into(), &context.inputs)?;
    let operands = vec![context.operand(0), context.operand(1)];
    let result = context.call(Callee::Operator(operator), operands.clone());
    Outputs::one(output, result).python(Python::infix(operator.symbol(), operands))
}

fn matmul(context: &mut Context) -> Result<Built, Failure> {
    let [a, b] = context.incoming()?;
    if a.dtype != b.dtype || a.dtype == Dtype::Bool {
        let what = format!("`matmul` takes numbers of one element type, but gets {a} and {b}");
        return Err(context.mistake(context.keyword, what).into());
    }
    let (Some((a_batch, row, columns)), Some((b_batch, rows, column))) = (left(&a.dims), right(&b.dims)) else {
        let what = format!("`matmul` needs at least one dimension on each side, but gets {a} and {b}");
        return Err(context.mistake(context.keyword, what).into());
    };
    let mistake = context
        .mistake(context.keyword, format!("`matmul` of {a} and {b}: {columns} columns do not match {rows} rows"));
    context.proofs.same(columns, rows, || mistake)?;
    let mistake = context.mistake(context.keyword, format!("`matmul` cannot broadcast the matrices of {a} and {b}"));
    let batch = broadcast_dims(context.proofs, a_batch, b_batch, || mistake.clone())?;
    let dims: Vec<Size> = batch.into_iter().chain(row.cloned()).chain(column.cloned()).collect();
    context.multiply_adds(&dims, columns)?;
    let operands = vec![context.operand(0), context.operand(1)];
    context.method("matmul", operands.clone(), a.with(dims)).python(Python::infix("@", operands))
}

/// The batch dimensions, rows and columns of the left factor. A vector is a row.
fn left(dims: &[Size]) -> Option<(&[Size], Option<&Size>, &Size)> {
    match dims {
        [] => None,
        [columns] => Some((&[], None, columns)),
        [batch @ .., rows, columns] => Some((batch, Some(rows), columns)),
    }
}

/// The batch dimensions, rows and columns of the right factor. A vector is a column.
fn right(dims: &[Size]) -> Option<(&[Size], &Size, Option<&Size>)> {
    match dims {
        [] => None,
        [rows] => Some((&[], rows, None)),
        [batch @ .., rows, columns] => Some((batch, rows, Some(columns))),
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn sub_and_div_broadcast() {
        assert_shape("sub", "[N, 4]; [4]", "[N, 4]");
        assert_shape("div", "[N, 4]; [N, 1]", "[N, 4]");
        assert_shape("div", "i64[N, 4]; u8[4]", "f32[N, 4]");
        assert_shape("sub", "i64[N, 4]; u8[4]", "i64[N, 4]");
        assert_error("«div»", "[N, 4]; [N, 5]", "`div` cannot broadcast the shapes [N, 4] and [N, 5]");
        assert_error("«sub»", "[N, 4]", "`sub` takes 2 values, but gets 1");
        assert_error("«sub»", "bool[N]; i64[N]", "`sub` cannot subtract booleans");
    }

    #[test]
    fn matmul_is_torchs() {
        assert_shape("matmul", "[n, k]; [k, m]", "[n, m]");
        assert_shape("matmul", "[N, h, T, 8]; [N, 1, 8, S]", "[N, h, T, S]");
        assert_shape("matmul", "[N, T, 8]; [8, 5]", "[N, T, 5]");
        assert_shape("matmul", "[8]; [N, 8, 5]", "[N, 5]");
        assert_shape("matmul", "[N, 5, 8]; [8]", "[N, 5]");
        assert_shape("matmul", "[8]; [8]", "[]");
        assert_shape("matmul", "i64[3, 8]; i64[8, 4]", "i64[3, 4]");
        assert_error("«matmul»", "[N, 8]; [7, 5]", "`matmul` of [N, 8] and [7, 5]: 8 columns do not match 7 rows");
        assert_error("«matmul»", "[N, 8]; [7]", "`matmul` of [N, 8] and [7]: 8 columns do not match 7 rows");
        assert_error(
            "«matmul»",
            "[2, N, 8]; [3, 8, 5]",
            "`matmul` cannot broadcast the matrices of [2, N, 8] and [3, 8, 5]",
        );
        assert_error("«matmul»", "[8]; []", "`matmul` needs at least one dimension on each side, but gets [8] and []");
        assert_error("«matmul»", "f64[8]; [8]", "`matmul` takes numbers of one element type, but gets f64[8] and [8]");
    }
}
