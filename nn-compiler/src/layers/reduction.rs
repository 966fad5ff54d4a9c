//! Reductions of one value over some or all of its dimensions.

use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Dtype, Operand, TensorType};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[
    Layer::new(&["mean"], "The mean over `dim`, like `torch.mean`.", OVER, mean),
    Layer::new(&["sum"], "The sum over `dim`, like `torch.sum`; integers give `i64`.", OVER, sum),
    Layer::new(&["max"], "The largest value over `dim`, like `torch.amax`.", OVER, max),
    Layer::new(&["min"], "The smallest value over `dim`, like `torch.amin`.", OVER, min),
    Layer::new(
        &["argmax"],
        "The index of the largest value along `dim`, like `torch.argmax`: `i64`.",
        &[
            Argument::key("dim", "the dimension").required(),
            Argument::key("keepdim", "whether the dimension stays with size 1 (false)"),
        ],
        argmax,
    ),
];

const OVER: &[Argument] = &[
    Argument::positional("dim", "the dimension, or a tuple of them (all)"),
    Argument::key("keepdim", "whether the dimension stays with size 1 (false)"),
];

fn mean(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let dtype = input.dtype;
    let (output, over) = reduced(context, input, dtype)?;
    let python = written(context, "mean", over.clone());
    match over {
        None => context.method("mean", vec![context.operand(0), Operand::None], output).python(python),
        Some([dims, keep]) => {
            let operands = vec![context.operand(0), dims, keep, Operand::None];
            context.method("mean_dim", operands, output).python(python)
        }
    }
}

fn sum(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dtype = if input.dtype.is_float() { input.dtype } else { Dtype::I64 };
    let (output, over) = reduced(context, input, dtype)?;
    let python = written(context, "sum", over.clone());
    match over {
        None => context.method("sum", vec![context.operand(0), Operand::None], output).python(python),
        Some([dims, keep]) => {
            let operands = vec![context.operand(0), dims, keep, Operand::None];
            context.method("sum_dim_intlist", operands, output).python(python)
        }
    }
}

/// PyTorch's method over the same dimensions.
fn written(context: &Context, method: &str, over: Option<[Operand; 2]>) -> Python {
    let x = context.operand(0);
    match over {
        None => Python::method(method, [x]),
        Some([dims, keep]) => Python::method(method, [x, dims.one_for_all()]).key_unless(false, "keepdim", keep),
    }
}

fn max(context: &mut Context) -> Result<Built, Failure> {
    extreme(context, "max", "amax")
}

fn min(context: &mut Context) -> Result<Built, Failure> {
    extreme(context, "min", "amin")
}

/// The largest or smallest element, which an empty dimension does not have.
fn extreme(context: &mut Context, of_all: &'static str, over_dims: &'static str) -> Result<Built, Failure> {
    let input = context.input()?;
    let dims = context.dimensions("dim", input.rank())?.unwrap_or_else(|| (0..input.rank()).collect());
    for dim in dims {
        occupied(context, &input, dim)?;
    }
    let dtype = input.dtype;
    let (output, over) = reduced(context, input, dtype)?;
    let python = written(context, over_dims, over.clone());
    match over {
        None => context.method(of_all, vec![context.operand(0)], output).python(python),
        Some([dims, keep]) => context.method(over_dims, vec![context.operand(0), dims, keep], output).python(python),
    }
}

fn argmax(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    if input.dtype == Dtype::Bool {
        let mistake = context.mistake(context.keyword, format!("`argmax` takes numbers, but gets {input}"));
        return Err(mistake.help("put `cast i64` before it").into());
    }
    let dim = context.required_dimension("dim", input.rank())?;
    occupied(context, &input, dim)?;
    let keep = context.boolean("keepdim", false)?;
    let output = TensorType { dtype: Dtype::I64, dims: without(&input.dims, &[dim], keep) };
    let dim = Operand::integer(dim as i64);
    let python = Python::call("torch.argmax", [context.operand(0), dim.clone()]).key_unless(false, "keepdim", keep);
    context.method("argmax", vec![context.operand(0), dim, keep.into()], output).python(python)
}

/// Checks that a dimension is not empty.
fn occupied(context: &mut Context, input: &TensorType, dim: usize) -> Result<(), Failure> {
    let size = &input.dims[dim];
    let what = format!("`{}` needs at least one element along dimension {dim}, but there are {size}", context.keyword);
    let mistake = context.mistake(context.place("dim"), what);
    Ok(context.proofs.at_least(size, 1, || mistake)?)
}

/// The type of the output, and the operands `dim` and `keepdim` unless everything is reduced to one element.
fn reduced(context: &Context, input: TensorType, dtype: Dtype) -> Result<(TensorType, Option<[Operand; 2]>), Failure> {
    let given = context.dimensions("dim", input.rank())?;
    let keep = context.boolean("keepdim", false)?;
    let all = given.is_none() && !keep;
    let over = given.unwrap_or_else(|| (0..input.rank()).collect());
    let output = TensorType { dtype, dims: without(&input.dims, &over, keep) };
    let list: Vec<i64> = over.iter().map(|dim| *dim as i64).collect();
    Ok((output, (!all).then(|| [Operand::Slice(list), Operand::Bool(keep)])))
}

/// The remaining sizes.
fn without(dims: &[Size], over: &[usize], keep: bool) -> Vec<Size> {
    let left = |(dim, size): (usize, &Size)| match (over.contains(&dim), keep) {
        (false, _) => Some(size.clone()),
        (true, true) => Some(Size::constant(1)),
        (true, false) => None,
    };
    dims.iter().enumerate().filter_map(left).collect()
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn reduces_some_dimensions_or_all() {
        for layer in ["mean", "sum", "max", "min"] {
            assert_shape(layer, "[3, 4]", "[]");
            assert_shape(&format!("{layer} 1"), "[N, 3, H]", "[N, H]");
            assert_shape(&format!("{layer} dim=-1"), "[N, 3, 8]", "[N, 3]");
            assert_shape(&format!("{layer} (2, 3)"), "[N, 3, H, W]", "[N, 3]");
            assert_shape(&format!("{layer} dim=(-2, -1) keepdim=true"), "[N, 3, H, W]", "[N, 3, 1, 1]");
            assert_shape(&format!("{layer} keepdim=true"), "[N, 3]", "[1, 1]");
            assert_error(&format!("{layer} «2»"), "[N, 3]", "the input has 2 dimensions, so there is no dimension 2");
            assert_error(&format!("{layer} (1, «-1»)"), "[N, 3]", "dimension 1 is named twice");
            assert_error(&format!("«{layer}»"), "[N, 3]; [N]", &format!("`{layer}` takes one value, but gets 2"));
        }
        assert_shape("argmax dim=1", "[N, 10]", "i64[N]");
        assert_shape("argmax dim=-1 keepdim=true", "u8[N, 10]", "i64[N, 1]");
    }

    #[test]
    fn dtypes_are_pytorchs() {
        assert_shape("sum 1", "i32[N, 3]", "i64[N]");
        assert_shape("sum 1", "bool[N, 3]", "i64[N]");
        assert_shape("sum 1", "f16[N, 3]", "f16[N]");
        assert_shape("max 1", "bool[N, 3]", "bool[N]");
        assert_error("«mean»", "i64[N, 3]", "`mean` takes floats, but gets i64[N, 3]");
        assert_error("«argmax» dim=1", "bool[N, 3]", "`argmax` takes numbers, but gets bool[N, 3]");
    }

    #[test]
    fn nothing_has_no_largest_element() {
        assert_error("max «1»", "[N, 0]", "`max` needs at least one element along dimension 1, but there are 0");
        assert_error("«min»", "[0]", "`min` needs at least one element along dimension 0, but there are 0");
        assert_shape("sum 1", "[N, 0]", "[N]");
        assert_error("«argmax»", "[N, 3]", "`argmax` needs `dim`");
    }
}
