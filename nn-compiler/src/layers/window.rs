//! Windows that move over the spatial dimensions, as in convolution and pooling.

use super::{Context, Failure};
use crate::report::Mistake;
use crate::shaped::TensorType;
use crate::size::{Comparison, Predicate, Size, Verdict};

/// The note for an input with one dimension too few, which most likely has no channels.
pub const CHANNELS: &str =
    "the channels come after the batch, [N, channels, ..]; `unsqueeze 1` adds a dimension for one channel";

/// The note for images whose last dimension alone is too small.
const CHANNELS_LAST: &str =
    "images are [N, channels, height, width]; `permute (0, 3, 1, 2)` makes them so where the channels come last";

/// A window: its size, and how it moves.
#[derive(Debug)]
pub struct Window {
    pub kernel: Vec<Size>,
    pub stride: Vec<Size>,
    pub padding: Vec<Size>,
    pub dilation: Vec<Size>,
    /// Whether a window may start inside and end outside.
    pub ceil: bool,
}

/// The number of spatial dimensions of the input. A name such as `conv2d` fixes it.
pub fn spatial_rank(context: &Context, input: &TensorType) -> Result<usize, Failure> {
    let keyword = context.keyword.to_string();
    let digit = keyword.strip_suffix('d').and_then(|rest| rest.chars().last()).and_then(|c| c.to_digit(10));
    let ranks = match digit {
        Some(dimensions) => dimensions as usize + 2..=dimensions as usize + 2,
        None => 3..=5,
    };
    context.rank(input, ranks).map(|rank| rank - 2)
}

/// As [`spatial_rank`], and checks that no dimension but the batch is empty, as libtorch requires.
pub fn spatial(context: &mut Context, input: &TensorType) -> Result<usize, Failure> {
    let rank = spatial_rank(context, input)?;
    for size in &input.dims[1..] {
        let what = format!("`{}` cannot work on an input without elements", context.keyword);
        let mistake = context.mistake(context.keyword, what);
        context.proofs.at_least(size, 1, || mistake)?;
    }
    Ok(rank)
}

impl Window {
    /// Reads a window's `padding` and `dilation`, and checks all arguments.
    pub fn read(context: &mut Context, kernel: Vec<Size>, stride: Vec<Size>) -> Result<Window, Failure> {
        let rank = kernel.len();
        let padding = context.sizes("padding", rank, 0)?;
        let dilation = context.sizes("dilation", rank, 1)?;
        let window = Window { kernel, stride, padding, dilation, ceil: false };
        window.check(context)?;
        Ok(window)
    }

    /// Checks that kernel, stride and dilation are at least 1, and padding at least 0.
    pub fn check(&self, context: &mut Context) -> Result<(), Failure> {
        at_least(context, "kernel", &self.kernel, 1)?;
        // The stride of pooling is the kernel, unless it is given.
        if self.stride != self.kernel {
            at_least(context, "stride", &self.stride, 1)?;
        }
        at_least(context, "padding", &self.padding, 0)?;
        at_least(context, "dilation", &self.dilation, 1)?;
        for (name, sizes) in [("padding", &self.padding), ("dilation", &self.dilation)] {
            for (axis, size) in sizes.iter().enumerate() {
                context.fixed(&format!("`{name}`"), size, context.place_of(name, axis))?;
            }
        }
        Ok(())
    }

    /// The extent of the kernel with its dilation.
    pub fn reach(&self, axis: usize) -> Result<Size, Failure> {
        let one = Size::constant(1);
        Ok(self.dilation[axis].mul(&self.kernel[axis].sub(&one)?)?.add(&one)?)
    }

    /// Its extent and stride in each dimension.
    pub fn steps(&self) -> Result<Vec<(Size, Size)>, Failure> {
        (0..self.kernel.len()).map(|axis| Ok((self.reach(axis)?, self.stride[axis].clone()))).collect()
    }

    /// The spatial sizes of the output, each at least 1.
    pub fn slide(&self, context: &mut Context, input: &TensorType) -> Result<Vec<Size>, Failure> {
        (0..self.kernel.len()).map(|axis| self.slide_along(context, input, axis)).collect()
    }

    fn slide_along(&self, context: &mut Context, input: &TensorType, axis: usize) -> Result<Size, Failure> {
        let last_start = self.last_start(context, &input.dims[axis + 2], axis)?;
        let mistake = self.too_large(context, input, axis)?;
        context.proofs.at_least(&last_start, 0, || mistake)?;
        Ok(last_start.div_floor(&self.stride[axis])?.add(&Size::constant(1))?)
    }

    /// Where the last window may start, counted from the first.
    fn last_start(&self, context: &Context, size: &Size, axis: usize) -> Result<Size, Failure> {
        let (stride, padding, reach) = (&self.stride[axis], &self.padding[axis], self.reach(axis)?);
        let inside = self.padded(size, axis)?.sub(&reach)?;
        if !self.ceil {
            return Ok(inside);
        }
        // It may reach beyond the end by less than a stride, but it must start before the padding there.
        let over_the_end = inside.add(stride)?.sub(&Size::constant(1))?;
        let before_the_padding = size.add(padding)?.sub(&Size::constant(1))?;
        let nearer = Predicate::new(padding.add(stride)?, Comparison::LessEqual, reach);
        match context.proofs.facts.decide(&nearer) {
            Verdict::True => Ok(over_the_end),
            Verdict::False => Ok(before_the_padding),
            Verdict::Rustc(_) | Verdict::Unknown => {
                let what = format!("with `ceil`, the macro must know whether `{nearer}`, but it does not");
                Err(context.mistake(context.place("ceil"), what).into())
            }
        }
    }

    fn padded(&self, size: &Size, axis: usize) -> Result<Size, Failure> {
        Ok(size.add(&self.padding[axis].mul(&Size::constant(2))?)?)
    }

    fn too_large(&self, context: &Context, input: &TensorType, axis: usize) -> Result<Mistake, Failure> {
        let (kernel, spatial) = (sized("kernel", &self.kernel), sized("input", &input.dims[2..]));
        let (reach, padding) = (self.reach(axis)?, &self.padding[axis]);
        let dilated =
            if reach == self.kernel[axis] { String::new() } else { format!(", dilated to reach over {reach},") };
        let around =
            if *padding == Size::constant(0) { String::new() } else { format!(" with a padding of {padding}") };
        let what = format!("a {kernel}{dilated} does not fit the {spatial}{around}");
        let mistake = context.mistake(context.place_of("kernel", axis), what);
        let last = input.dims.last().and_then(Size::as_constant);
        if axis == 1 && self.kernel.len() == 2 && matches!(last, Some(1 | 3 | 4)) {
            return Ok(mistake.note(CHANNELS_LAST));
        }
        // Other padding modes have rules of their own.
        Ok(match self.remedy(input).filter(|_| context.argument("padding_mode").is_none()) {
            Some((kernel, padding)) if self.allows_padding(padding) => {
                mistake.help(format!("use a kernel of at most {kernel}, or add padding: `p={padding}`"))
            }
            Some((kernel, _)) => mistake.help(format!("use a kernel of at most {kernel}")),
            None => mistake,
        })
    }

    /// The largest kernel and the least padding with which the window would fit in every dimension, if the macro knows them.
    fn remedy(&self, input: &TensorType) -> Option<(i128, i128)> {
        // In `i128`, no product of two sizes overflows.
        let known =
            |sizes: &[Size]| sizes.iter().map(|size| size.as_constant().map(i128::from)).collect::<Option<Vec<i128>>>();
        let (sizes, kernel) = (known(&input.dims[2..])?, known(&self.kernel)?);
        let (padding, dilation) = (known(&self.padding)?, known(&self.dilation)?);
        let axes = || (0..kernel.len()).map(|axis| (sizes[axis], kernel[axis], padding[axis], dilation[axis]));
        let most = axes().map(|(size, _, padding, dilation)| (size + 2 * padding - 1) / dilation + 1).min()?;
        let least = axes()
            .map(|(size, kernel, padding, dilation)| padding.max((dilation * (kernel - 1) + 2 - size) / 2))
            .max()?;
        Some((most, least)).filter(|_| padding.iter().all(|padding| *padding <= most / 2))
    }

    /// Whether such a padding is allowed. That of pooling is at most half of the kernel.
    fn allows_padding(&self, padding: i128) -> bool {
        let half = |kernel: &Size| kernel.as_constant().is_some_and(|kernel| padding <= i128::from(kernel / 2));
        !self.ceil && self.kernel.iter().all(half)
    }
}

/// Checks that every size of an argument is at least `least`.
pub fn at_least(context: &mut Context, name: &str, sizes: &[Size], least: i64) -> Result<(), Failure> {
    // One number may stand for all dimensions.
    for (axis, size) in sizes.iter().enumerate().filter(|(axis, size)| !sizes[..*axis].contains(size)) {
        let what = format!("`{name}` of `{}` must be at least {least}, but is {size}", context.keyword);
        let mistake = context.mistake(context.place_of(name, axis), what);
        context.proofs.at_least(size, least, || mistake)?;
    }
    Ok(())
}

/// `3x3 kernel`, `kernel of 3`, `input of (H / 2, W / 2)`
fn sized(what: &str, sizes: &[Size]) -> String {
    let texts: Vec<String> = sizes.iter().map(Size::to_string).collect();
    match texts.as_slice() {
        [size] => format!("{what} of {size}"),
        _ if texts.iter().any(|text| text.contains(' ')) => format!("{what} of ({})", texts.join(", ")),
        _ => format!("{} {what}", texts.join("x")),
    }
}
