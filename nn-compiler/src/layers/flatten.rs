//! Flattening.

use super::list::product;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Memory, Operand};

pub static LAYERS: &[Layer] = &[Layer::new(
    &["flatten"],
    "Flattens the dimensions from `start` to `end` into one, like `torch.nn.Flatten`.",
    &[
        Argument::positional("start", "the first dimension (1)").short("start_dim"),
        Argument::positional("end", "the last dimension (-1)").short("end_dim"),
    ],
    infer,
)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let rank = input.rank();
    let (start, end) = (context.dimension("start", rank, 1)?, context.dimension("end", rank, -1)?);
    if start > end {
        let what = format!("`flatten` goes from dimension {start} to dimension {end}, which comes before it");
        let place = if context.argument("start").is_some() { "start" } else { "end" };
        return Err(context.mistake(context.place(place), what).into());
    }
    let flat = product(&input.dims[start..=end])?;
    let dims = input.dims[..start].iter().cloned().chain([flat]).chain(input.dims[end + 1..].iter().cloned()).collect();
    let operands = vec![context.operand(0), Operand::integer(start as i64), Operand::integer(end as i64)];
    let python = if end == rank - 1 {
        Python::call("torch.flatten", &operands[..2])
    } else {
        Python::call("torch.flatten", operands.clone())
    };
    context.memory = Memory::VIEW;
    context.method("flatten", operands, input.with(dims)).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn shapes() {
        assert_shape("flatten", "[N, 16, 5, 5]", "[N, 400]");
        assert_shape("flatten 0", "i64[N, T]", "i64[N * T]");
        assert_shape("flatten 2 end=-2", "[N, 3, H, W, 5]", "[N, 3, H * W, 5]");
        assert_shape("flatten 1 1", "[N, 3, 4]", "[N, 3, 4]");
    }

    #[test]
    fn errors() {
        assert_error(
            "flatten «2» 1",
            "[N, 3, 4]",
            "`flatten` goes from dimension 2 to dimension 1, which comes before it",
        );
        assert_error(
            "flatten end=«0»",
            "[N, 3, 4]",
            "`flatten` goes from dimension 1 to dimension 0, which comes before it",
        );
        assert_error("flatten «3»", "[N, 3, 4]", "the input has 3 dimensions, so there is no dimension 3");
        assert_error("«flatten»", "[N]", "the input has 1 dimension, so there is no dimension 1");
    }
}
