//! Pooling to a given size.

use super::pool::index_bytes;
use super::window::{at_least, spatial};
use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Memory, Operand, TensorType};
use crate::size::Size;

const SIZE: &[Argument] =
    &[Argument::positional("size", "the output's size: one for all dimensions, or a tuple").required()];

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["adaptive_avgpool", "adaptive_avgpool1d", "adaptive_avgpool2d", "adaptive_avgpool3d"],
        "Divides `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]` into `size` parts along each dimension and \
            gives the mean of each part, like `torch.nn.AdaptiveAvgPool2d`: `[N, C, size..]`.",
        SIZE,
        adaptive_average,
    ),
    Layer::new(
        &["adaptive_maxpool", "adaptive_maxpool1d", "adaptive_maxpool2d", "adaptive_maxpool3d"],
        "Divides `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]` into `size` parts along each dimension and \
            gives the largest value in each, like `torch.nn.AdaptiveMaxPool2d`: `[N, C, size..]`.",
        SIZE,
        adaptive_max,
    ),
    Layer::new(
        &["global_avgpool", "global_avgpool1d", "global_avgpool2d", "global_avgpool3d"],
        "The mean of each channel, like `torch.nn.AdaptiveAvgPool2d(1)`: `[N, C, 1, 1]`.",
        &[],
        global_average,
    ),
    Layer::new(
        &["global_maxpool", "global_maxpool1d", "global_maxpool2d", "global_maxpool3d"],
        "The largest value in each channel, like `torch.nn.AdaptiveMaxPool2d(1)`: `[N, C, 1, 1]`.",
        &[],
        global_max,
    ),
];

fn adaptive_average(context: &mut Context) -> Result<Built, Failure> {
    let (output, size) = adaptive(context)?;
    average(context, output, size)
}

fn global_average(context: &mut Context) -> Result<Built, Failure> {
    let (output, size) = global(context)?;
    average(context, output, size)
}

fn average(context: &mut Context, output: TensorType, size: Operand) -> Result<Built, Failure> {
    // For one element per channel libtorch takes the mean, which keeps nothing for the backward pass.
    let is_mean = output.dims[2..].iter().all(|size| *size == Size::constant(1));
    context.memory = if is_mean { Memory::NOTHING } else { Memory::INPUTS };
    let method = ["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"][output.rank() - 3];
    let python = Python::call(&format!("F.{method}"), [context.operand(0), size.clone().one_for_all()]);
    context.method(method, vec![context.operand(0), size], output).python(python)
}

fn adaptive_max(context: &mut Context) -> Result<Built, Failure> {
    let (output, size) = adaptive(context)?;
    max(context, output, size)
}

fn global_max(context: &mut Context) -> Result<Built, Failure> {
    let (output, size) = global(context)?;
    max(context, output, size)
}

fn max(context: &mut Context, output: TensorType, size: Operand) -> Result<Built, Failure> {
    context.memory = Memory { besides: index_bytes(&output)?, ..Memory::INPUTS };
    let function = format!("F.adaptive_max_pool{}d", output.rank() - 2);
    let python = Python::call(&function, [context.operand(0), size.clone().one_for_all()]);
    let result = context.call(Callee::Function("ops::adaptive_max_pool"), vec![context.operand(0), size]);
    Outputs::one(output, result).python(python)
}

/// The output type for the given size.
fn adaptive(context: &mut Context) -> Result<(TensorType, Operand), Failure> {
    let (input, rank) = images(context)?;
    let sizes = context.sizes("size", rank, 1)?;
    at_least(context, "size", &sizes, 1)?;
    Ok((with_spatial(&input, sizes), context.sizes_operand("size", rank, 1)?))
}

/// The output type with one element for each channel.
fn global(context: &mut Context) -> Result<(TensorType, Operand), Failure> {
    let (input, rank) = images(context)?;
    Ok((with_spatial(&input, vec![Size::constant(1); rank]), Operand::integers(&vec![1; rank])))
}

/// The input, which must not be empty, and its number of spatial dimensions.
fn images(context: &mut Context) -> Result<(TensorType, usize), Failure> {
    let input = context.float_input()?;
    let rank = spatial(context, &input)?;
    Ok((input, rank))
}

fn with_spatial(input: &TensorType, spatial: Vec<Size>) -> TensorType {
    input.with(input.dims[..2].iter().cloned().chain(spatial).collect())
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn gives_the_size_that_is_asked_for() {
        assert_shape("adaptive_avgpool 7", "[N, 3, H, W]", "[N, 3, 7, 7]");
        assert_shape("adaptive_maxpool (2, 5)", "[N, 3, 4, 4]", "[N, 3, 2, 5]");
        assert_shape("adaptive_avgpool1d (L / 2)", "[N, 3, L]", "[N, 3, L / 2]");
        assert_shape("adaptive_maxpool 2", "[N, 3, 4, 4, 4]", "[N, 3, 2, 2, 2]");
        assert_shape("global_avgpool", "[N, 3, 4, H, W]", "[N, 3, 1, 1, 1]");
        assert_shape("global_maxpool1d", "[N, 3, L]", "[N, 3, 1]");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_error(
            "adaptive_avgpool («0», 1)",
            "[N, 3, 4, 4]",
            "`size` of `adaptive_avgpool` must be at least 1, but is 0",
        );
        assert_error("«global_avgpool2d»", "[N, 3, 4]", "`global_avgpool2d` takes 4 dimensions, but the input has 3");
        assert_error("«global_maxpool»", "[N, 3, 0]", "`global_maxpool` cannot work on an input without elements");
    }
}
