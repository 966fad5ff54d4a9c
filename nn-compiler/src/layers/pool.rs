//! Pooling with a window.

use super::window::{Window, spatial};
use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Memory, Operand, Sees, TensorType};
use crate::size::{ArithmeticError, Comparison, Size};

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["maxpool", "maxpool1d", "maxpool2d", "maxpool3d"],
        "The largest value in each window over `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]`, like \
            `torch.nn.MaxPool2d`: `[N, C, (H + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1, ..]`.",
        &[
            KERNEL,
            STRIDE,
            PADDING,
            Argument::key("dilation", "distance between the points of the window (1)").short("d"),
            CEIL,
        ],
        max_pool,
    ),
    Layer::new(
        &["avgpool", "avgpool1d", "avgpool2d", "avgpool3d"],
        "The mean of each window over `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]`, like \
            `torch.nn.AvgPool2d`: `[N, C, (H + 2 * padding - kernel) / stride + 1, ..]`.",
        &[
            KERNEL,
            STRIDE,
            PADDING,
            CEIL,
            Argument::key("count_include_pad", "whether zeros from the padding count in the mean (true)"),
        ],
        average_pool,
    ),
];

/// The run time's max pooling of `[N, C, H, W]`.
pub const MAX_POOL2D: &str = "ops::max_pool2d";

const KERNEL: Argument = Argument::positional("kernel", "size of the window (2)").short("k");
const STRIDE: Argument = Argument::key("stride", "step of the window (the kernel)").short("s");
const PADDING: Argument =
    Argument::key("padding", "padding added on both sides, at most half the kernel (0)").short("p");
const CEIL: Argument = Argument::key("ceil", "whether a last window may reach past the end (false)");

fn max_pool(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let window = pooling_window(context, &input)?;
    let output = slide(context, &window, &input)?;
    context.sees = Sees::Window(window.steps()?);
    context.memory = Memory { besides: index_bytes(&output)?, ..Memory::INPUTS };
    let mut operands = operands(context, &window)?;
    let dilation = Operand::sizes(&window.dilation);
    let python = written(context, "F.max_pool", &operands).key_unless(1, "dilation", dilation.clone().one_for_all());
    let python = python.key_unless(false, "ceil_mode", window.ceil);
    operands.extend([dilation, Operand::Bool(window.ceil)]);
    let callee = match input.rank() {
        3 => Callee::Method("max_pool1d"),
        4 => Callee::Function(MAX_POOL2D),
        _ => Callee::Method("max_pool3d"),
    };
    let result = context.call(callee, operands);
    Outputs::one(output, result).python(python)
}

fn average_pool(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let window = pooling_window(context, &input)?;
    let rank = window.kernel.len();
    if rank == 3 {
        kernel_within_input(context, &window, &input)?;
    }
    let output = slide(context, &window, &input)?;
    context.sees = Sees::Window(window.steps()?);
    context.memory = Memory::INPUTS;
    let count_padding = context.boolean("count_include_pad", true)?;
    let mut operands = operands(context, &window)?;
    let python = written(context, "F.avg_pool", &operands).key_unless(false, "ceil_mode", window.ceil).key_unless(
        true,
        "count_include_pad",
        count_padding,
    );
    operands.extend([Operand::Bool(window.ceil), Operand::Bool(count_padding)]);
    // In two and three dimensions libtorch also takes a divisor.
    operands.extend((rank > 1).then_some(Operand::None));
    context.method(["avg_pool1d", "avg_pool2d", "avg_pool3d"][rank - 1], operands, output).python(python)
}

/// The bytes of the positions of the largest elements: an `i64` for each element of the output.
pub fn index_bytes(output: &TensorType) -> Result<Size, ArithmeticError> {
    output.dims.iter().try_fold(Size::constant(8), |bytes, size| bytes.mul(size))
}

/// PyTorch's function with the operands that both kinds of pooling have.
fn written(context: &Context, function: &str, operands: &[Operand]) -> Python {
    let [input, kernel, stride, padding] = operands else { unreachable!("`operands` gives these") };
    let rank = context.inputs[0].ty.rank() - 2;
    Python::call(&format!("{function}{rank}d"), [input.clone(), kernel.clone().one_for_all()])
        .key_unless(kernel.clone().one_for_all(), "stride", stride.clone().one_for_all())
        .key_unless(0, "padding", padding.clone().one_for_all())
}

/// Reads a window. Its stride is the kernel unless given, and its padding at most half of the kernel.
fn pooling_window(context: &mut Context, input: &TensorType) -> Result<Window, Failure> {
    let rank = spatial(context, input)?;
    let kernel = context.sizes("kernel", rank, 2)?;
    let stride = context.sizes(stride_argument(context), rank, 2)?;
    let window = Window { ceil: context.boolean("ceil", false)?, ..Window::read(context, kernel, stride)? };
    for (axis, (padding, kernel)) in window.padding.iter().zip(&window.kernel).enumerate() {
        let half = kernel.div_floor(&Size::constant(2))?;
        let what = format!("a padding of {padding} is more than half of the kernel, {kernel}");
        let mistake = context.mistake(context.place_of("padding", axis), what);
        context.proofs.hold(padding, Comparison::LessEqual, &half, || mistake)?;
    }
    Ok(window)
}

/// The argument that gives the stride.
fn stride_argument(context: &Context) -> &'static str {
    if context.argument("stride").is_some() { "stride" } else { "kernel" }
}

/// The type of the output.
fn slide(context: &mut Context, window: &Window, input: &TensorType) -> Result<TensorType, Failure> {
    let spatial = window.slide(context, input)?;
    Ok(input.with(input.dims[..2].iter().cloned().chain(spatial).collect()))
}

/// The first operands of both kinds of pooling.
fn operands(context: &Context, window: &Window) -> Result<Vec<Operand>, Failure> {
    let rank = window.kernel.len();
    let kernel = context.sizes_operand("kernel", rank, 2)?;
    let stride = context.sizes_operand(stride_argument(context), rank, 2)?;
    Ok(vec![context.operand(0), kernel, stride, Operand::sizes(&window.padding)])
}

/// Checks that the kernel is not larger than the unpadded input, as libtorch requires of means in three dimensions.
fn kernel_within_input(context: &mut Context, window: &Window, input: &TensorType) -> Result<(), Failure> {
    for (axis, (kernel, size)) in window.kernel.iter().zip(&input.dims[2..]).enumerate() {
        let what = format!("a kernel of {kernel} is larger than the input, {size}, without its padding");
        let mistake = context.mistake(context.place_of("kernel", axis), what);
        context.proofs.at_least(&size.sub(kernel)?, 0, || mistake)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn steps_by_the_kernel() {
        assert_shape("maxpool", "[N, 3, 9, 8]", "[N, 3, 4, 4]");
        assert_shape("maxpool 3 s=2 p=1", "[N, 64, 112, 112]", "[N, 64, 56, 56]");
        assert_shape("avgpool (2, 3)", "[N, 3, H, W]", "[N, 3, H / 2, W / 3] where H >= 2, W >= 3");
        assert_shape("avgpool 3 s=(1, 2) p=(1, 0)", "[N, 3, 5, 5]", "[N, 3, 5, 2]");
        assert_shape("maxpool1d 2 d=3", "[N, 3, 9]", "[N, 3, 3]");
        assert_shape("maxpool (1, 2, 2)", "[N, 3, 16, 112, 112]", "[N, 3, 16, 56, 56]");
    }

    #[test]
    fn pools_over_sizes_of_the_input() {
        let whole = "let [_, _, h, w] = id; avgpool (h, w)";
        assert_shape(whole, "[N, 3, H, W]", "[N, 3, 1, 1]");
    }

    #[test]
    fn rounds_up_as_libtorch_does() {
        assert_shape("maxpool 2 ceil=true", "[N, 3, H, W]", "[N, 3, (H + 1) / 2, (W + 1) / 2]");
        assert_shape("avgpool 3 s=2 p=1 ceil=true", "[N, 3, L]", "[N, 3, L / 2 + 1]");
        assert_shape("maxpool 3 s=2 ceil=true", "[N, 3, 2]", "[N, 3, 1]");
        assert_shape("maxpool 2 s=5 ceil=true", "[N, 3, 1, 6]", "[N, 3, 1, 2]");
        assert_shape("maxpool 3 s=2 p=1 d=2 ceil=true", "[N, 3, L]", "[N, 3, (L - 2) / 2 + 1]");
        assert_error(
            "maxpool «2» s=1 d=2 ceil=true",
            "[N, 3, 2]",
            "a kernel of 2, dilated to reach over 3, does not fit the input of 2",
        );
        assert_error(
            "maxpool K s=2 ceil=«true»",
            "[N, 3, L]",
            "with `ceil`, the macro must know whether `2 <= K`, but it does not",
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_error("maxpool «5»", "[N, 3, 4, 4]", "a 5x5 kernel does not fit the 4x4 input");
        assert_error("maxpool 3 p=«2»", "[N, 3, 9]", "a padding of 2 is more than half of the kernel, 3");
        assert_error("avgpool (4, 3) p=(2, «2»)", "[N, 3, 9, 9]", "a padding of 2 is more than half of the kernel, 3");
        assert_error("maxpool «0»", "[N, 3, 9]", "`kernel` of `maxpool` must be at least 1, but is 0");
        assert_error("«maxpool» 2", "[N, 0, 9]", "`maxpool` cannot work on an input without elements");
        assert_error("«avgpool» 2", "i64[N, 3, 9]", "`avgpool` takes floats, but gets i64[N, 3, 9]");
        assert_error(
            "avgpool «3» p=1",
            "[N, 3, 2, 4, 4]",
            "a kernel of 3 is larger than the input, 2, without its padding",
        );
        assert_error("«avgpool3d» 3", "[N, 3, 4, 4]", "`avgpool3d` takes 5 dimensions, but the input has 4");
    }
}
