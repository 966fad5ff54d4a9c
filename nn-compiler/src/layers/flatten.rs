//! Flattening.

use super::{Argument, Built, Context, Failure, Layer};
use crate::shaped::Operand;
use crate::size::Size;

pub static LAYERS: &[Layer] = &[Layer {
    names: &["flatten"],
    documentation: "Makes one dimension of those from `start` to `end`, as `torch.nn.Flatten` does it.",
    arguments: &[
        Argument::positional("start", "the first dimension (1)"),
        Argument::positional("end", "the last dimension (-1)"),
    ],
    owns: false,
    source: false,
    infer,
}];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let rank = input.rank();
    let (start, end) = (context.dimension("start", rank, 1)?, context.dimension("end", rank, -1)?);
    if start > end {
        let what = format!("`flatten` goes from dimension {start} to dimension {end}, which comes before it");
        return Err(context.mistake(context.place("start"), what).into());
    }
    let flat = input.dims[start..=end].iter().try_fold(Size::constant(1), |product, size| product.mul(size))?;
    let dims = input.dims[..start].iter().cloned().chain([flat]).chain(input.dims[end + 1..].iter().cloned()).collect();
    let operands = vec![context.operand(0), Operand::integer(start as i64), Operand::integer(end as i64)];
    context.method("flatten", operands, input.with(dims))
}
