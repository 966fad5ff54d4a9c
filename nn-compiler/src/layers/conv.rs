//! Convolution.

use super::window::{Window, spatial};
use super::{Argument, Built, Context, Failure, Layer, Outputs, Parameters, Python};
use crate::shaped::{Callee, Memory, Operand, Sees, TensorType};
use crate::size::Size;
use crate::state::{Datum, Given};

pub static LAYERS: &[Layer] = &[Layer::new(
    &["conv", "conv1d", "conv2d", "conv3d"],
    "Convolution over `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]`, like `torch.nn.Conv2d`: `[N, out, (H + \
        2 * padding - dilation * (kernel - 1) - 1) / stride + 1, ..]`. The weight is `[out, C / groups, \
        kernel..]`, the bias `[out]`.",
    &[
        Argument::positional("out", "channels of the output (the input's)"),
        Argument::key("kernel", "size of the window").short("k").required(),
        Argument::key("stride", "step of the window (1)").short("s"),
        Argument::key("padding", "padding added on both sides (0), or `same`").short("p"),
        Argument::key("dilation", "distance between the points of the window (1)").short("d"),
        Argument::key("groups", "number of groups that the channels are divided into (1)").short("g"),
        Argument::key("bias", "whether to add a bias (true)"),
        Argument::key("padding_mode", "`zeros`, `reflect`, `replicate` or `circular` (zeros)"),
        Argument::key("in", "channels of the input, checked if given"),
    ],
    infer,
)
.with_parameters(Parameters::WeightAndBias)];

/// The run time's convolution, which is faster than libtorch's for some sizes.
pub const CONV2D: &str = "ops::conv2d";

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let rank = spatial(context, &input)?;
    let Channels { into, out, groups } = channels(context, &input)?;
    let kernel = kernel(context, rank)?;
    let per_group = into.div_floor(&groups)?;
    let fan_in = kernel.iter().try_fold(per_group.clone(), |fan, size| fan.mul(size))?;
    let shape: Vec<Size> = [out.clone(), per_group].into_iter().chain(kernel.iter().cloned()).collect();
    let same = pads_to_same(context)?;
    let (window, spatial) =
        if same { same_window(context, kernel, &input)? } else { free_window(context, kernel, &input)? };
    let Padded { source, padding, python } = padded(context, &input, &window, same)?;

    let weight = context.fan_in("weight", &shape, &fan_in)?;
    let bias = context.bias(&out, &fan_in)?;
    let callee = match padding {
        Operand::Text(_) => Callee::Method(["conv1d_padding", "conv2d_padding", "conv3d_padding"][rank - 1]),
        _ if is_winograds(&window, &groups) => Callee::Function(CONV2D),
        _ => Callee::Method(["conv1d", "conv2d", "conv3d"][rank - 1]),
    };
    let (stride, dilation) = (context.sizes_operand("stride", rank, 1)?, Operand::sizes(&window.dilation));
    let operands = [source, weight, bias, stride, padding, dilation, Operand::size(&groups)];
    let whole_padding = if same { "same".into() } else { Operand::sizes(&window.padding) };
    let (module, function) = written(context, rank, python, whole_padding, &operands)?;
    let dims: Vec<Size> = [input.dims[0].clone(), out].into_iter().chain(spatial).collect();
    context.multiply_adds(&dims, &fan_in)?;
    context.sees = Sees::Window(window.steps()?);
    context.memory = Memory::INPUTS;
    let result = context.call(callee, operands.to_vec());
    Outputs::one(input.with(dims), result).module(context, module, function)
}

/// Whether Winograd's algorithm applies. The run time decides for which inputs it is faster.
fn is_winograds(window: &Window, groups: &Size) -> bool {
    let all = |sizes: &[Size], value: i64| *sizes == [Size::constant(value), Size::constant(value)];
    all(&window.kernel, 3) && all(&window.stride, 1) && all(&window.dilation, 1) && *groups == Size::constant(1)
}

/// PyTorch's module, which pads in any mode, and its function, whose source is already padded unless with zeros.
fn written(
    context: &Context,
    rank: usize,
    source: Python,
    whole_padding: Operand,
    [_, weight, bias, stride, padding, dilation, groups]: &[Operand; 7],
) -> Result<(Python, Python), Failure> {
    let keys = |python: Python, padding: Operand| {
        python
            .key_unless(1, "stride", stride.clone().one_for_all())
            .key_unless(0, "padding", padding.one_for_all())
            .key_unless(1, "dilation", dilation.clone().one_for_all())
            .key_unless(1, "groups", groups.clone())
    };
    let channels = [Python::channels("weight", 1, groups), Python::size("weight", 0)];
    let module = Python::call(&format!("nn.Conv{rank}d"), channels).key("kernel_size", Python::window("weight", 2));
    let module = keys(module, whole_padding)
        .key_unless("zeros", "padding_mode", context.word("padding_mode", &MODES, "zeros")?)
        .key_unless(true, "bias", bias.is_some());
    let function = Python::call(&format!("F.conv{rank}d"), [source, weight.into(), bias.into()]);
    Ok((module, keys(function, padding.clone())))
}

/// The channels of input and output, both divisible by the groups.
pub struct Channels {
    pub into: Size,
    pub out: Size,
    pub groups: Size,
}

/// Reads `in`, `out` and `groups`.
pub fn channels(context: &mut Context, input: &TensorType) -> Result<Channels, Failure> {
    let into = input.dims[1].clone();
    context.expect_size("in", &into, "channels")?;
    let out = context.size("out")?.unwrap_or_else(|| into.clone());
    context.positive("out", &out)?;
    let groups = context.size("groups")?.unwrap_or_else(|| Size::constant(1));
    context.positive("groups", &groups)?;
    for (side, size) in [("input", &into), ("output", &out)] {
        let what = format!("the {size} channels of the {side} do not divide into {groups} groups");
        let mistake = context.mistake(context.place("groups"), what);
        let rest = size.rem(&groups)?;
        context.proofs.same(&rest, &Size::constant(0), || mistake)?;
    }
    Ok(Channels { into, out, groups })
}

/// The argument `kernel`, whose sizes are those of the weight.
pub fn kernel(context: &Context, rank: usize) -> Result<Vec<Size>, Failure> {
    let kernel = context.sizes("kernel", rank, 1)?;
    for (axis, size) in kernel.iter().enumerate() {
        context.fixed("`kernel`", size, context.place_of("kernel", axis))?;
    }
    Ok(kernel)
}

/// Whether the argument `padding` is a word, which must be `same`.
fn pads_to_same(context: &Context) -> Result<bool, Failure> {
    match context.argument("padding") {
        Some(given) if given.datum.is_word("same") => Ok(true),
        Some(given @ Given { datum: Datum::Word(_) | Datum::Text(_), .. }) => {
            Err(context.unfit("padding", given, "a size, a tuple of sizes, or `same`"))
        }
        _ => Ok(false),
    }
}

/// The window with the given stride and padding.
fn free_window(context: &mut Context, kernel: Vec<Size>, input: &TensorType) -> Result<(Window, Vec<Size>), Failure> {
    let stride = context.sizes("stride", kernel.len(), 1)?;
    let window = Window::read(context, kernel, stride)?;
    let spatial = window.slide(context, input)?;
    Ok((window, spatial))
}

/// The window for `padding=same`, which keeps the size: the padding is half of the kernel's extent, rounded down.
fn same_window(context: &mut Context, kernel: Vec<Size>, input: &TensorType) -> Result<(Window, Vec<Size>), Failure> {
    let rank = kernel.len();
    let one = Size::constant(1);
    for (axis, size) in context.sizes("stride", rank, 1)?.iter().enumerate() {
        let what = format!("`padding=same` needs a stride of 1, but this is {size}");
        let mistake = context.mistake(context.place_of("stride", axis), what);
        context.proofs.same(size, &one, || mistake)?;
    }
    let dilation = context.sizes("dilation", rank, 1)?;
    let mut window = Window {
        kernel,
        stride: vec![one.clone(); rank],
        padding: vec![Size::constant(0); rank],
        dilation,
        ceil: false,
    };
    window.check(context)?;
    for axis in 0..rank {
        window.padding[axis] = window.reach(axis)?.sub(&one)?.div_floor(&Size::constant(2))?;
    }
    Ok((window, input.dims[2..].to_vec()))
}

/// The padding after the input for `padding=same`: as before it, or one more if the kernel's extent is even.
fn after_same(window: &Window) -> Result<Vec<Size>, Failure> {
    let axes = window.padding.iter().enumerate();
    axes.map(|(axis, before)| Ok(window.reach(axis)?.sub(&Size::constant(1))?.sub(before)?)).collect()
}

/// The source of the convolution, and the padding left to the convolution itself. Only zeros are left to it.
struct Padded {
    source: Operand,
    padding: Operand,
    /// The source in Python.
    python: Python,
}

const MODES: [&str; 4] = ["zeros", "reflect", "replicate", "circular"];

fn padded(context: &mut Context, input: &TensorType, window: &Window, same: bool) -> Result<Padded, Failure> {
    let mode = context.word("padding_mode", &MODES, "zeros")?;
    let source = context.operand(0);
    let after = if same { after_same(window)? } else { window.padding.clone() };
    if mode == "zeros" {
        let padding = if after == window.padding { Operand::sizes(&after) } else { "same".into() };
        return Ok(Padded { python: Python::from(&source), source, padding });
    }
    let mut amounts = Vec::new();
    for (axis, (before, after)) in window.padding.iter().zip(after).enumerate().rev() {
        check_wrapping(context, mode, &after, input, axis)?;
        amounts.extend([before.clone(), after]);
    }
    let operands = vec![source, Operand::sizes(&amounts), mode.into(), Operand::None];
    let python = Python::call("F.pad", &operands[..3]);
    let source = Operand::Local(context.call(Callee::Method("pad"), operands));
    Ok(Padded { source, padding: Operand::integers(&vec![0; window.kernel.len()]), python })
}

/// Checks the limits of padding: a reflection excludes the edge itself, and `circular` wraps around at most once.
fn check_wrapping(
    context: &mut Context,
    mode: &str,
    amount: &Size,
    input: &TensorType,
    axis: usize,
) -> Result<(), Failure> {
    let (least, rule) = match mode {
        "reflect" => (1, "less than"),
        "circular" => (0, "at most"),
        _ => return Ok(()),
    };
    let size = &input.dims[axis + 2];
    let what = format!("`{mode}` padding of {amount} must be {rule} the size of the input, {size}");
    let mistake = context.mistake(context.place_of("padding", axis), what);
    Ok(context.proofs.at_least(&size.sub(amount)?, least, || mistake)?)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn follows_the_window() {
        assert_shape("conv 6 k=5", "[N, 1, 28, 28]", "[N, 6, 24, 24]");
        assert_shape("conv 64 k=7 s=2 p=3", "[N, 3, H, W]", "[N, 64, (H - 1) / 2 + 1, (W - 1) / 2 + 1]");
        assert_shape("conv 8 k=(5, 1) s=(2, 1) p=(0, 3) d=(2, 1)", "[N, 4, 20, 20]", "[N, 8, 6, 26]");
        assert_shape("conv k=3 p=1", "[N, 7, L]", "[N, 7, L]");
        assert_shape("conv3d 2 k=(1, 2, 3)", "[N, 3, 4, 5, 6]", "[N, 2, 4, 4, 4]");
        assert_shape("conv 8 in=4 k=3 g=4", "[N, 4, 9, 9]", "[N, 8, 7, 7]");
    }

    #[test]
    fn pads_in_every_way() {
        assert_shape("conv 2 k=4 p=same", "[N, 2, H, W]", "[N, 2, H, W]");
        assert_shape("conv 2 k=3 p=same d=5 padding_mode=circular", "[N, 2, 10, 10]", "[N, 2, 10, 10]");
        assert_shape("conv 2 k=3 p=2 padding_mode=reflect", "[N, 2, L]", "[N, 2, L + 2]");
        assert_error(
            "conv 2 k=3 p=«2» padding_mode=reflect",
            "[N, 2, 2]",
            "`reflect` padding of 2 must be less than the size of the input, 2",
        );
        assert_error(
            "conv 2 k=3 p=(2, «3») padding_mode=circular",
            "[N, 2, 2, 2]",
            "`circular` padding of 3 must be at most the size of the input, 2",
        );
        assert_error("conv 2 k=3 p=same s=«2»", "[N, 2, 8]", "`padding=same` needs a stride of 1, but this is 2");
    }

    #[test]
    fn says_what_does_not_fit() {
        assert_error("conv 16 k=«5»", "[N, 6, 4, 4]", "a 5x5 kernel does not fit the 4x4 input");
        assert_error(
            "conv 16 k=(3, «5») p=1",
            "[N, 6, 4, 2]",
            "a 3x5 kernel does not fit the 4x2 input with a padding of 1",
        );
        assert_error(
            "conv 16 k=«3» d=4",
            "[N, 6, 8]",
            "a kernel of 3, dilated to reach over 9, does not fit the input of 8",
        );
        assert_error("conv 6 k=5 g=«4»", "[N, 6, 9, 9]", "the 6 channels of the input do not divide into 4 groups");
        assert_error("conv 6 k=5 g=«4»", "[N, 8, 9, 9]", "the 6 channels of the output do not divide into 4 groups");
        assert_error("conv 6 in=«3» k=5", "[N, 1, 9, 9]", "the input has 1 channels, not 3");
        assert_error("conv «0» k=5", "[N, 1, 9, 9]", "`out` of `conv` must be at least 1, but is 0");
        assert_error("conv 6 k=5 s=(1, «0»)", "[N, 1, 9, 9]", "`stride` of `conv` must be at least 1, but is 0");
        assert_error("conv 6 k=5 p=«-1»", "[N, 1, 9, 9]", "`padding` of `conv` must be at least 0, but is -1");
        assert_error(
            "conv 6 k=«(5, 5, 5)»",
            "[N, 1, 9, 9]",
            "`kernel` of `conv` is a size, or a tuple of 2 sizes, not a tuple of 3",
        );
    }

    #[test]
    fn says_what_it_takes() {
        assert_error("«conv2d» 6 k=5", "[N, 1, 9]", "`conv2d` takes 4 dimensions, but the input has 3");
        assert_error("«conv» 6 k=5", "[N, 1]", "`conv` takes 3, 4 or 5 dimensions, but the input has 2");
        assert_error("«conv» 6 k=5", "u8[N, 1, 9, 9]", "`conv` takes floats, but gets u8[N, 1, 9, 9]");
        assert_error("«conv» 6 k=1", "[N, 0, 9]", "`conv` cannot work on an input without elements");
        assert_error("«conv» 6 k=1", "[N, 1, 0]", "`conv` cannot work on an input without elements");
        assert_error(
            "«conv» 6 k=1",
            "[N, C, 9]",
            "the `weight` of `conv` cannot depend on `C`, which can differ from input to input",
        );
        assert_error(
            "conv 6 k=(3, «H»)",
            "[N, 1, H, W]",
            "`kernel` of `conv` cannot depend on `H`, which can differ from input to input",
        );
        assert_error("conv 6 k=3 p=«mirror»", "[N, 1, 9]", "there is no `mirror` here");
    }
}
