//! Selection of elements by index.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Dtype, Form, Operand, TensorType};
use crate::size::{Comparison, Size};

const DIM: Argument = Argument::positional("dim", "the dimension").required();

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["index_select"],
        "On `(x, index)`: the slices of `x` along `dim` that `index`, `i64[M]`, names, like \
            `torch.index_select`; with `dim` 1, `[N, T, d]` gives `[N, M, d]`.",
        &[DIM],
        index_select,
    ),
    Layer::new(
        &["gather"],
        "On `(x, index)`: one element of `x` along `dim` for each element of `index`, like `torch.gather`; the \
            shape is that of `index`, which has as many dimensions as `x` and is no larger outside `dim`.",
        &[DIM],
        gather,
    ),
    Layer::new(
        &["topk"],
        "The `k` largest values along `dim`, and their indices, like `torch.topk`: `let (values, indices) = x \
            -> topk 5 dim=-1;`.",
        &[
            Argument::positional("k", "how many").required(),
            Argument::key("dim", "the dimension").required(),
            Argument::key("largest", "the largest values, or else the smallest (true)"),
            Argument::key("sorted", "whether to sort them (true)"),
        ],
        topk,
    ),
    Layer::new(
        &["one_hot"],
        "A vector for each index, 1 there and 0 elsewhere, like `torch.nn.functional.one_hot`: `i64[..]` gives \
            `i64[.., classes]`.",
        &[Argument::positional("classes", "the size of the vectors").required()],
        one_hot,
    ),
];

fn index_select(context: &mut Context) -> Result<Built, Failure> {
    let [input, index] = context.incoming()?;
    expect_indices(context, &index)?;
    let dim = context.required_dimension("dim", input.rank())?;
    let count = match index.dims.as_slice() {
        [] => Size::constant(1),
        [count] => count.clone(),
        _ => {
            let what = format!("the index of `index_select` must have one dimension, but this is {index}");
            return Err(context.mistake(context.keyword, what).into());
        }
    };
    let mut dims = input.dims.clone();
    dims[dim] = count;
    let operands = vec![context.operand(0), Operand::integer(dim as i64), context.operand(1)];
    let python = Python::call("torch.index_select", operands.clone());
    let result = context.call(Callee::Function("ops::index_select"), operands);
    Outputs::one(input.with(dims), result).python(python)
}

fn gather(context: &mut Context) -> Result<Built, Failure> {
    let [input, index] = context.incoming()?;
    expect_indices(context, &index)?;
    let dim = context.required_dimension("dim", input.rank())?;
    if input.rank() != index.rank() {
        let what = format!(
            "the index of `gather` must have as many dimensions as the input, {}, but this is {index}",
            input.rank()
        );
        return Err(context.mistake(context.keyword, what).into());
    }
    for (axis, (have, most)) in index.dims.iter().zip(&input.dims).enumerate().filter(|(axis, _)| *axis != dim) {
        let what = format!("the index of `gather` has size {have} in dimension {axis}, but the input only {most}");
        let mistake = context.mistake(context.keyword, what);
        context.proofs.hold(have, Comparison::LessEqual, most, || mistake)?;
    }
    let operands = vec![context.operand(0), Operand::integer(dim as i64), context.operand(1)];
    let python = Python::call("torch.gather", operands.clone());
    let result = context.call(Callee::Function("ops::gather"), operands);
    Outputs::one(input.with(index.dims), result).python(python)
}

/// Checks that the second value holds indices.
fn expect_indices(context: &Context, index: &TensorType) -> Result<(), Failure> {
    if matches!(index.dtype, Dtype::I32 | Dtype::I64) {
        return Ok(());
    }
    let mistake = context
        .mistake(context.keyword, format!("the index of `{}` must hold i64, but this is {index}", context.keyword));
    Err(mistake.help("cast it first: `-> cast i64`").into())
}

fn topk(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    if input.dtype == Dtype::Bool {
        return Err(context.mistake(context.keyword, format!("`topk` takes numbers, but gets {input}")).into());
    }
    let dim = context.required_dimension("dim", input.rank())?;
    let (k, code) = context.code("k")?.ok_or(Failure::Reported)?;
    context.positive("k", &k)?;
    let size = &input.dims[dim];
    let mistake = context.mistake(context.place("k"), format!("`topk` cannot take {k} of {size} elements"));
    context.proofs.at_least(&size.sub(&k)?, 0, || mistake)?;
    let mut dims = input.dims.clone();
    dims[dim] = k;
    let (largest, sorted) = (context.boolean("largest", true)?, context.boolean("sorted", true)?);
    let operands = vec![
        context.operand(0),
        Operand::Size(code),
        Operand::integer(dim as i64),
        Operand::Bool(largest),
        Operand::Bool(sorted),
    ];
    let values = input.with(dims);
    let indices = TensorType { dtype: Dtype::I64, ..values.clone() };
    let python = Python::call("torch.topk", &operands[..3])
        .key_unless(true, "largest", largest)
        .key_unless(true, "sorted", sorted);
    context.calls(Callee::Method("topk"), operands, vec![values, indices], Form::Tuple).python(python)
}

fn one_hot(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    if input.dtype != Dtype::I64 {
        let mistake = context.mistake(context.keyword, format!("`one_hot` takes i64, but gets {input}"));
        return Err(mistake.help("put `cast i64` before it").into());
    }
    let (classes, code) = context.code("classes")?.ok_or(Failure::Reported)?;
    context.positive("classes", &classes)?;
    let dims = input.dims.iter().cloned().chain([classes]).collect();
    let operands = vec![context.operand(0), Operand::Size(code)];
    let python = Python::call("F.one_hot", operands.clone());
    let result = context.call(Callee::Function("ops::one_hot"), operands);
    Outputs::one(input.with(dims), result).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn index_select_takes_slices() {
        assert_shape("index_select 1", "[N, T, 8]; i64[M]", "[N, M, 8]");
        assert_shape("index_select dim=-1", "[N, 8]; i32[]", "[N, 1]");
        assert_error("«index_select» 1", "[N, 8]; [M]", "the index of `index_select` must hold i64, but this is [M]");
        assert_error(
            "«index_select» 1",
            "[N, 8]; i64[N, M]",
            "the index of `index_select` must have one dimension, but this is i64[N, M]",
        );
        assert_error("index_select «2»", "[N, 8]; i64[M]", "the input has 2 dimensions, so there is no dimension 2");
        assert_error("«index_select»", "[N, 8]; i64[M]", "`index_select` needs `dim`");
    }

    #[test]
    fn gather_takes_elements() {
        assert_shape("gather 1", "[N, T]; i64[N, M]", "[N, M]");
        assert_shape("gather dim=-1", "[4, T]; i64[3, 2]", "[3, 2]");
        assert_error(
            "«gather» 1",
            "[N, T]; i64[M]",
            "the index of `gather` must have as many dimensions as the input, 2, but this is i64[M]",
        );
        assert_error(
            "«gather» 1",
            "[3, T]; i64[4, M]",
            "the index of `gather` has size 4 in dimension 0, but the input only 3",
        );
        assert_error("«gather» 1", "[3, T]; u8[3, M]", "the index of `gather` must hold i64, but this is u8[3, M]");
    }

    #[test]
    fn topk_gives_values_and_indices() {
        assert_shape("topk 5 dim=-1", "[N, 100]", "[N, 5]; i64[N, 5]");
        assert_shape("topk 5 dim=1 largest=false sorted=false", "i32[N, T]", "i32[N, 5]; i64[N, 5]");
        assert_error("topk «5» dim=1", "[N, 4]", "`topk` cannot take 5 of 4 elements");
        assert_error("topk «0» dim=1", "[N, 4]", "`k` of `topk` must be at least 1, but is 0");
        assert_error("«topk» 5", "[N, 4]", "`topk` needs `dim`");
        assert_error("«topk» 5 dim=0", "bool[8]", "`topk` takes numbers, but gets bool[8]");
    }

    #[test]
    fn one_hot_adds_a_dimension() {
        assert_shape("one_hot 10", "i64[N]", "i64[N, 10]");
        assert_error("«one_hot» 10", "i32[N]", "`one_hot` takes i64, but gets i32[N]");
        assert_error("one_hot «0»", "i64[N]", "`classes` of `one_hot` must be at least 1, but is 0");
    }
}
