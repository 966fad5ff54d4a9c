//! Channels to pixels, and back.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Operand};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["pixel_shuffle"],
        "`[.., C * r * r, H, W]` becomes `[.., C, H * r, W * r]` (Shi et al., 2016), like \
            `torch.nn.PixelShuffle`.",
        &[Argument::positional("upscale_factor", "`r`").short("r").required()],
        shuffle,
    ),
    Layer::new(
        &["pixel_unshuffle"],
        "`[.., C, H * r, W * r]` becomes `[.., C * r * r, H, W]`, like `torch.nn.PixelUnshuffle`.",
        &[Argument::positional("downscale_factor", "`r`").short("r").required()],
        unshuffle,
    ),
];

fn shuffle(context: &mut Context) -> Result<Built, Failure> {
    let (factor, operand) = factor(context, "upscale_factor")?;
    rearranged(context, Callee::Method("pixel_shuffle"), operand, |context, [channels, height, width]| {
        let square = factor.mul(&factor)?;
        divides(context, "upscale_factor", channels, &square, "number of channels")?;
        Ok([channels.div_floor(&square)?, height.mul(&factor)?, width.mul(&factor)?])
    })
}

fn unshuffle(context: &mut Context) -> Result<Built, Failure> {
    let (factor, operand) = factor(context, "downscale_factor")?;
    rearranged(context, Callee::Function("ops::pixel_unshuffle"), operand, |context, [channels, height, width]| {
        divides(context, "downscale_factor", height, &factor, "height")?;
        divides(context, "downscale_factor", width, &factor, "width")?;
        Ok([channels.mul(&factor.mul(&factor)?)?, height.div_floor(&factor)?, width.div_floor(&factor)?])
    })
}

fn factor(context: &mut Context, name: &str) -> Result<(Size, Operand), Failure> {
    let (factor, code) = context.code(name)?.ok_or(Failure::Reported)?;
    context.positive(name, &factor)?;
    Ok((factor, Operand::Size(code)))
}

/// Makes the call, which changes the last three dimensions.
fn rearranged(
    context: &mut Context,
    callee: Callee,
    factor: Operand,
    rule: impl Fn(&mut Context, [&Size; 3]) -> Result<[Size; 3], Failure>,
) -> Result<Built, Failure> {
    let input = context.input()?;
    let [batch @ .., channels, height, width] = input.dims.as_slice() else {
        let what = format!("`{}` needs at least 3 dimensions, but the input has {}", context.keyword, input.rank());
        return Err(context.mistake(context.keyword, what).into());
    };
    let last = rule(context, [channels, height, width])?;
    let dims = batch.iter().cloned().chain(last).collect();
    let operands = vec![context.operand(0), factor];
    let python = Python::call(&format!("F.{}", context.layer.stem()), operands.clone());
    let result = context.call(callee, operands);
    Outputs::one(input.with(dims), result).python(python)
}

fn divides(context: &mut Context, name: &str, size: &Size, by: &Size, of: &str) -> Result<(), Failure> {
    let what = format!("the {of}, {size}, is not divisible by {by}");
    let mistake = context.mistake(context.place(name), what);
    context.same_count(&size.rem(by)?, &Size::constant(0), mistake)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn shapes() {
        assert_shape("pixel_shuffle 2", "[N, 12, H, W]", "[N, 3, 2 * H, 2 * W]");
        assert_shape("pixel_unshuffle 3", "[N, 2, (3 * H), 6]", "[N, 18, H, 2]");
        assert_shape("pixel_shuffle (R)", "[(3 * R * R), 4, 4]", "[3, (4 * R), (4 * R)]");
    }

    #[test]
    fn errors() {
        assert_error("pixel_shuffle «2»", "[N, 6, H, W]", "the number of channels, 6, is not divisible by 4");
        assert_error("pixel_unshuffle «2»", "[N, 6, 4, 5]", "the width, 5, is not divisible by 2");
        assert_error("«pixel_shuffle» 2", "[4, 4]", "`pixel_shuffle` needs at least 3 dimensions, but the input has 2");
        assert_error(
            "pixel_shuffle «0»",
            "[4, 4, 4]",
            "`upscale_factor` of `pixel_shuffle` must be at least 1, but is 0",
        );
    }
}
