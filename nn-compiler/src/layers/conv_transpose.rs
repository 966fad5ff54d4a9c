//! Transposed convolution.

use super::conv::{Channels, channels, kernel};
use super::window::{Window, at_least, spatial};
use super::{Argument, Built, Context, Failure, Layer, Parameters, Python};
use crate::shaped::{Memory, Operand, Sees, TensorType};
use crate::size::{Comparison, Predicate, Size, Verdict};

pub static LAYERS: &[Layer] = &[Layer::new(
    &["conv_transpose", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"],
    "Transposed convolution over `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]`, like \
        `torch.nn.ConvTranspose2d`: `[N, out, (H - 1) * stride - 2 * padding + dilation * (kernel - 1) + \
        output_padding + 1, ..]`. The weight is `[C, out / groups, kernel..]`, the bias `[out]`.",
    &[
        Argument::positional("out", "channels of the output").required(),
        Argument::key("kernel", "size of the window").short("k").required(),
        Argument::key("stride", "step of the window in the output (1)").short("s"),
        Argument::key("padding", "removed from both sides of the output (0)").short("p"),
        Argument::key("output_padding", "added to one side of the output; less than stride or dilation (0)"),
        Argument::key("dilation", "distance between the points of the window (1)").short("d"),
        Argument::key("groups", "number of groups that the channels are divided into (1)").short("g"),
        Argument::key("bias", "whether to add a bias (true)"),
        Argument::key("in", "channels of the input, checked if given"),
    ],
    infer,
)
.with_parameters(Parameters::WeightAndBias)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let rank = spatial(context, &input)?;
    let Channels { into, out, groups } = channels(context, &input)?;
    let kernel = kernel(context, rank)?;
    let per_group = out.div_floor(&groups)?;
    // PyTorch computes the fan from dimension 1 of the weight, which here is the output's.
    let fan_in = kernel.iter().try_fold(per_group.clone(), |fan, size| fan.mul(size))?;
    let shape: Vec<Size> = [into, per_group].into_iter().chain(kernel.iter().cloned()).collect();
    let stride = context.sizes("stride", rank, 1)?;
    let window = Window::read(context, kernel, stride)?;
    let extra = output_padding(context, &window)?;
    let spatial: Result<Vec<Size>, Failure> =
        (0..rank).map(|axis| unslide(context, &window, &extra, &input, axis)).collect();

    let weight = context.fan_in("weight", &shape, &fan_in)?;
    let bias = context.bias(&out, &fan_in)?;
    let (stride, extra) =
        (context.sizes_operand("stride", rank, 1)?, context.sizes_operand("output_padding", rank, 0)?);
    let (padding, dilation) = (Operand::sizes(&window.padding), Operand::sizes(&window.dilation));
    let operands = [context.operand(0), weight, bias, stride, padding, extra, Operand::size(&groups), dilation];
    let (module, function) = written(rank, &operands);
    let dims = [input.dims[0].clone(), out].into_iter().chain(spatial?).collect();
    context.multiply_adds(&input.dims, &fan_in)?;
    context.sees = Sees::Spread(window.steps()?);
    context.memory = Memory::INPUTS;
    let method = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"][rank - 1];
    context.method(method, operands.to_vec(), input.with(dims)).module(context, module, function)
}

/// PyTorch's module and function.
fn written(rank: usize, operands: &[Operand; 8]) -> (Python, Python) {
    let [_, _, bias, stride, padding, extra, groups, dilation] = operands;
    let keys = |python: Python| {
        python
            .key_unless(1, "stride", stride.clone().one_for_all())
            .key_unless(0, "padding", padding.clone().one_for_all())
            .key_unless(0, "output_padding", extra.clone().one_for_all())
            .key_unless(1, "groups", groups.clone())
            .key_unless(1, "dilation", dilation.clone().one_for_all())
    };
    let channels = [Python::size("weight", 0), Python::channels("weight", 1, groups)];
    let module = Python::call(&format!("nn.ConvTranspose{rank}d"), channels);
    let module = keys(module.key("kernel_size", Python::window("weight", 2))).key_unless(true, "bias", bias.is_some());
    let function = Python::call(&format!("F.conv_transpose{rank}d"), &operands[..3]);
    (module, keys(function))
}

/// Reads `output_padding`. libtorch requires it to be less than the stride or the dilation.
fn output_padding(context: &mut Context, window: &Window) -> Result<Vec<Size>, Failure> {
    let extra = context.sizes("output_padding", window.kernel.len(), 0)?;
    at_least(context, "output_padding", &extra, 0)?;
    for (axis, size) in extra.iter().enumerate() {
        let (stride, dilation) = (&window.stride[axis], &window.dilation[axis]);
        let below_dilation = Predicate::new(size.clone(), Comparison::Less, dilation.clone());
        if context.proofs.facts.decide(&below_dilation) == Verdict::True {
            continue;
        }
        let what =
            format!("an output padding of {size} must be less than the stride, {stride}, or the dilation, {dilation}");
        let mistake = context.mistake(context.place_of("output_padding", axis), what);
        context.proofs.hold(size, Comparison::Less, stride, || mistake)?;
    }
    Ok(extra)
}

/// The size of the output along one axis: a convolution would turn it into the input's size.
fn unslide(
    context: &mut Context,
    window: &Window,
    extra: &[Size],
    input: &TensorType,
    axis: usize,
) -> Result<Size, Failure> {
    let (stride, padding) = (&window.stride[axis], &window.padding[axis]);
    let last_start = input.dims[axis + 2].sub(&Size::constant(1))?.mul(stride)?;
    let whole = last_start.add(&window.reach(axis)?)?.add(&extra[axis])?;
    if *padding == Size::constant(0) {
        return Ok(whole);
    }
    let size = whole.sub(&padding.mul(&Size::constant(2))?)?;
    let what = format!("a padding of {padding} on both sides leaves nothing of an output of {whole}");
    let mistake = context.mistake(context.place_of("padding", axis), what);
    context.proofs.at_least(&size, 1, || mistake)?;
    Ok(size)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn undoes_the_shape_of_a_convolution() {
        assert_shape("conv_transpose 64 k=2 s=2", "[N, 128, H, W]", "[N, 64, 2 * H, 2 * W]");
        assert_shape("conv_transpose 8 k=4 s=2 p=1", "[N, 16, 7, 9]", "[N, 8, 14, 18]");
        assert_shape("conv_transpose 8 in=4 k=3 s=2 p=1 output_padding=1 g=4", "[N, 4, 5]", "[N, 8, 10]");
        assert_shape("conv_transpose3d 2 k=(1, 2, 3) d=(3, 2, 1)", "[N, 3, 4, 5, 6]", "[N, 2, 4, 7, 8]");
        assert_shape("conv_transpose 2 k=3 d=3 output_padding=2 bias=false", "[N, 3, 4]", "[N, 2, 12]");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_error(
            "conv_transpose 2 k=3 s=2 output_padding=(1, «2»)",
            "[N, 3, 4, 4]",
            "an output padding of 2 must be less than the stride, 2, or the dilation, 1",
        );
        assert_error(
            "conv_transpose 2 k=3 p=«2»",
            "[N, 3, 2, 9]",
            "a padding of 2 on both sides leaves nothing of an output of 4",
        );
        assert_error(
            "conv_transpose 6 k=3 g=«4»",
            "[N, 6, 9]",
            "the 6 channels of the input do not divide into 4 groups",
        );
        assert_error(
            "«conv_transpose2d» 2 k=3",
            "[N, 6, 9]",
            "`conv_transpose2d` takes 4 dimensions, but the input has 3",
        );
    }
}
