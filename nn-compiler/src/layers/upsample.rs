//! Upsampling by copying or interpolation.

use super::dimension::counted;
use super::window::spatial;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::place::Place;
use crate::shaped::{Code, Dtype, Memory, Operand, Sees, TensorType, Tokens};
use crate::size::Size;
use crate::state::{Datum, Given};
use crate::tree::Operator;
use quote::quote;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["upsample", "upsample1d", "upsample2d", "upsample3d"],
    "Resizes the spatial dimensions by a factor or to a size, like `torch.nn.Upsample`: `upsample 2`, `upsample \
        size=(h, w) mode=bilinear`. `[N, C, H, W]` becomes `[N, C, H * scale, W * scale]`, rounded down.",
    &[
        Argument::positional("scale", "the factor, or a tuple with one for each dimension").short("scale_factor"),
        Argument::key("size", "the output's size, or a tuple with one for each dimension"),
        Argument::key(
            "mode",
            "`nearest`, `nearest_exact` or `area`; `linear` in 1d, `bilinear` or `bicubic` in 2d, `trilinear` in 3d (nearest)",
        ),
        Argument::key("align_corners", "whether interpolation keeps the corner pixels in place (false)"),
    ],
    infer,
)];

const MODES: [&str; 7] = ["nearest", "nearest_exact", "area", "linear", "bilinear", "bicubic", "trilinear"];

/// The sizes of the output, with the code that computes them.
struct Target {
    sizes: Vec<(Size, Code)>,
    /// The factors, if they were given as numbers.
    scales: Option<Vec<f64>>,
    /// The factors, if they are whole.
    whole: Option<Vec<Size>>,
}

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let rank = spatial(context, &input)?;
    let mode = mode(context, &input, rank)?;
    let target = match (context.argument("scale").cloned(), context.argument("size").is_some()) {
        (Some(scale), false) => by_scale(context, &input, &scale)?,
        (None, true) => Target { sizes: context.codes("size", rank, 1)?, scales: None, whole: None },
        (None, false) => return Err(context.mistake(context.keyword, "`upsample` needs `scale` or `size`").into()),
        (Some(_), true) => {
            return Err(context.mistake(context.place("size"), "`upsample` takes `scale` or `size`, not both").into());
        }
    };
    check_sizes(context, &input, &target)?;
    let spatial = target.sizes.iter().map(|(size, _)| size.clone());
    let output = input.with(input.dims[..2].iter().cloned().chain(spatial).collect());
    let python = written(context, &target, mode)?;
    context.sees = sees(context, &target, mode)?;
    let (method, operands) = call(context, target, mode, rank)?;
    context.memory = Memory::NOTHING;
    context.method(method, operands, output).python(python)
}

/// The mode, which must fit the rank and the element type.
fn mode(context: &Context, input: &TensorType, rank: usize) -> Result<&'static str, Failure> {
    let mode = context.word("mode", &MODES, "nearest")?;
    let wanted = match mode {
        "linear" => 1,
        "bilinear" | "bicubic" => 2,
        "trilinear" => 3,
        _ => rank,
    };
    if wanted != rank {
        let what = format!("`{mode}` is for {wanted}d, but the input has {} besides batch and channels", counted(rank));
        let help = format!("use `mode={}`", ["linear", "bilinear", "trilinear"][rank - 1]);
        return Err(context.mistake(context.place("mode"), what).help(help).into());
    }
    // Images as bytes can be copied, but not averaged.
    if input.dtype != Dtype::U8 || !mode.starts_with("nearest") {
        context.expect_floats(input)?;
    }
    Ok(mode)
}

fn by_scale(context: &mut Context, input: &TensorType, scale: &Given) -> Result<Target, Failure> {
    let spatial = &input.dims[2..];
    let factors: Vec<&Given> = match &scale.datum {
        Datum::Tuple(items) if items.len() == spatial.len() => items.iter().collect(),
        Datum::Tuple(items) => {
            let what = format!(
                "`scale` is a number, or one for each of {} dimensions, not a tuple of {}",
                spatial.len(),
                items.len()
            );
            return Err(context.mistake(scale.place, what).into());
        }
        _ => vec![scale; spatial.len()],
    };
    let mut sizes = Vec::new();
    for (axis, factor) in factors.iter().enumerate() {
        sizes.push(scaled(context, axis + 2, &spatial[axis], factor)?);
    }
    let scales = factors.iter().map(|factor| factor.datum.as_float()).collect();
    Ok(Target { sizes, scales, whole: factors.iter().map(|factor| whole(factor)).collect() })
}

/// A factor, if it is an integer.
fn whole(factor: &Given) -> Option<Size> {
    match &factor.datum {
        Datum::Size(by, _) => Some(by.clone()),
        Datum::Float(by) => fraction(*by).filter(|(_, q)| *q == 1).map(|(p, _)| Size::constant(p)),
        _ => None,
    }
}

/// The window of the output that each position of the input contributes to. Interpolation makes it wider, except that with
/// an odd factor some positions of the output coincide with positions of the input.
fn sees(context: &Context, target: &Target, mode: &str) -> Result<Sees, Failure> {
    let mixed = match mode {
        "linear" | "bilinear" | "trilinear" => 2,
        "bicubic" => 4,
        _ => 1,
    };
    let Some(factors) = &target.whole else { return Ok(Sees::All) };
    if context.boolean("align_corners", false)? {
        return Ok(Sees::All);
    }
    let reach = |factor: &Size| match mixed {
        1 => Ok(factor.clone()),
        mixed => factor.mul(&Size::constant(mixed))?.sub(&factor.rem(&Size::constant(2))?),
    };
    Ok(Sees::Spread(factors.iter().map(|factor| Ok((reach(factor)?, factor.clone()))).collect::<Result<_, Failure>>()?))
}

/// A size times a factor, rounded down.
fn scaled(context: &mut Context, axis: usize, size: &Size, factor: &Given) -> Result<(Size, Code), Failure> {
    match &factor.datum {
        Datum::Size(by, code) => {
            let code = code.map(&mut |reference| reference.local);
            let result = size.mul(by)?;
            Ok((result.clone(), code_of(context, axis, &result, |size| times(size, code))))
        }
        Datum::Float(by) => match (size.as_constant(), fraction(*by)) {
            (Some(size), _) => {
                let result = Size::constant((size as f64 * by) as i64);
                Ok((result.clone(), Code::from(&result)))
            }
            (None, Some((p, q))) => {
                let result = size.mul(&Size::constant(p))?.div_floor(&Size::constant(q))?;
                let quotient = |size| {
                    Code::Binary(Operator::Divide, Box::new(times(size, Code::Literal(p))), Box::new(Code::Literal(q)))
                };
                Ok((result.clone(), code_of(context, axis, &result, quotient)))
            }
            (None, None) => Err(inexact(context, size, *by, factor.place)),
        },
        _ => Err(context.unfit("scale", factor, "a number, or a tuple of numbers")),
    }
}

/// Code for a size of the output, which may be computed from the input's size along an axis.
fn code_of(context: &mut Context, axis: usize, result: &Size, compute: impl FnOnce(Code) -> Code) -> Code {
    if result.symbols().is_empty() {
        return Code::from(result);
    }
    let tensor = context.inputs[0].reference.local;
    compute(Code::Local(context.frame.size_of(tensor, axis, None)))
}

fn times(left: Code, right: Code) -> Code {
    Code::Binary(Operator::Multiply, Box::new(left), Box::new(right))
}

/// The float as a fraction of small integers, if it is one exactly.
fn fraction(value: f64) -> Option<(i64, i64)> {
    let exact = |q: &i64| (value * *q as f64).fract() == 0.0;
    let q = (0..=10).map(|power| 1_i64 << power).find(exact)?;
    let p = value * q as f64;
    (p.abs() <= 1e6).then_some((p as i64, q))
}

fn inexact(context: &Context, size: &Size, by: f64, place: Place) -> Failure {
    let what = format!("the result of scaling {size} by {by} depends on rounding");
    context
        .mistake(place, what)
        .note("an unknown size can be scaled by a fraction such as 1.5 or 0.25, whose denominator is a power of 2")
        .into()
}

fn check_sizes(context: &mut Context, input: &TensorType, target: &Target) -> Result<(), Failure> {
    let name = if context.argument("size").is_some() { "size" } else { "scale" };
    for (axis, (size, _)) in target.sizes.iter().enumerate() {
        let place = context.place_of(name, axis);
        let from = &input.dims[axis + 2];
        let mistake = context.mistake(place, format!("a size of {from} cannot become {size}"));
        context.proofs.at_least(size, 1, || mistake.clone())?;
        context.proofs.at_least(from, 1, || mistake)?;
    }
    Ok(())
}

/// PyTorch's function, with a factor if that is the same for all inputs.
fn written(context: &Context, target: &Target, mode: &str) -> Result<Python, Failure> {
    let sizes = || Operand::Sizes(target.sizes.iter().map(|(_, code)| code.clone()).collect());
    let number =
        |scale: &f64| if scale.fract() == 0.0 { Operand::integer(*scale as i64) } else { Operand::Float(*scale) };
    let scales = target.scales.as_ref().map(|scales| Operand::List(scales.iter().map(number).collect()));
    let python = Python::call("F.interpolate", [context.operand(0)]);
    let python = match scales {
        Some(scales) => python.key("scale_factor", scales.one_for_all()),
        None => python.key("size", sizes()),
    };
    let python = python.key_unless("nearest", "mode", mode.replace('_', "-").as_str());
    Ok(python.key_unless(false, "align_corners", context.boolean("align_corners", false)?))
}

/// The method and its operands: the output's sizes, and the factors as PyTorch uses them in the interpolation.
fn call(
    context: &mut Context,
    target: Target,
    mode: &str,
    rank: usize,
) -> Result<(&'static str, Vec<Operand>), Failure> {
    let mut operands = vec![context.operand(0)];
    let codes = Operand::Sizes(target.sizes.into_iter().map(|(_, code)| code).collect());
    let interpolates = mode.ends_with("linear") || mode == "bicubic";
    if let Some(given) = context.argument("align_corners").filter(|_| !interpolates) {
        return Err(context
            .mistake(given.place, format!("`align_corners` does not work with the mode `{mode}`"))
            .into());
    }
    if mode == "area" {
        operands.push(codes);
        return Ok((["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"][rank - 1], operands));
    }
    let scales = target.scales.map(|scales| Operand::List(scales.into_iter().map(Operand::Float).collect()));
    let by_scale = scales.is_some();
    operands.push(if by_scale { Operand::Tokens(Tokens(quote!(None::<i64>))) } else { codes });
    if interpolates {
        operands.push(Operand::Bool(context.boolean("align_corners", false)?));
    }
    match scales {
        Some(scales) => operands.push(scales),
        None => operands.extend(vec![Operand::None; rank]),
    }
    Ok((method(mode, rank, by_scale), operands))
}

fn method(mode: &str, rank: usize, by_scale: bool) -> &'static str {
    match (mode, rank, by_scale) {
        ("nearest", 1, false) => "upsample_nearest1d",
        ("nearest", 2, false) => "upsample_nearest2d",
        ("nearest", _, false) => "upsample_nearest3d",
        ("nearest", 1, true) => "upsample_nearest1d_vec",
        ("nearest", 2, true) => "upsample_nearest2d_vec",
        ("nearest", _, true) => "upsample_nearest3d_vec",
        ("nearest_exact", 1, false) => "internal_upsample_nearest_exact1d",
        ("nearest_exact", 2, false) => "internal_upsample_nearest_exact2d",
        ("nearest_exact", _, false) => "internal_upsample_nearest_exact3d",
        ("nearest_exact", 1, true) => "internal_upsample_nearest_exact1d_vec",
        ("nearest_exact", 2, true) => "internal_upsample_nearest_exact2d_vec",
        ("nearest_exact", _, true) => "internal_upsample_nearest_exact3d_vec",
        ("linear", _, false) => "upsample_linear1d",
        ("linear", _, true) => "upsample_linear1d_vec",
        ("bilinear", _, false) => "upsample_bilinear2d",
        ("bilinear", _, true) => "upsample_bilinear2d_vec",
        ("bicubic", _, false) => "upsample_bicubic2d",
        ("bicubic", _, true) => "upsample_bicubic2d_vec",
        (_, _, false) => "upsample_trilinear3d",
        (_, _, true) => "upsample_trilinear3d_vec",
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn shapes() {
        assert_shape("upsample 2", "[N, 3, H, W]", "[N, 3, 2 * H, 2 * W]");
        assert_shape("upsample (2, 3)", "[N, 3, 4, 5]", "[N, 3, 8, 15]");
        assert_shape("upsample 1.5 mode=linear", "[N, 3, T]", "[N, 3, 3 * T / 2]");
        assert_shape("upsample 0.3 mode=area", "[N, 3, 10]", "[N, 3, 3]");
        assert_shape("upsample (S)", "[N, 3, H]", "[N, 3, (H * S)]");
        assert_shape("upsample size=7 mode=nearest_exact", "u8[N, 3, 4, 4, 4]", "u8[N, 3, 7, 7, 7]");
        let chain = "let [n, c, h, w] = id; global_avgpool -> upsample size=(h, w) mode=bilinear align_corners=true";
        assert_shape(chain, "[N, 3, H, W]", "[N, 3, H, W]");
    }

    #[test]
    fn errors() {
        assert_error("«upsample»", "[N, 3, 4, 4]", "`upsample` needs `scale` or `size`");
        assert_error("upsample 2 size=«8»", "[N, 3, 4, 4]", "`upsample` takes `scale` or `size`, not both");
        let what = "`linear` is for 1d, but the input has 2 dimensions besides batch and channels";
        assert_error("upsample 2 mode=«linear»", "[N, 3, 4, 4]", what);
        let what = "`align_corners` does not work with the mode `nearest`";
        assert_error("upsample 2 align_corners=«true»", "[N, 3, 4, 4]", what);
        assert_error("upsample «0.1»", "[N, 3, 4, 4]", "a size of 4 cannot become 0");
        assert_error("upsample «0.3»", "[N, 3, T]", "the result of scaling T by 0.3 depends on rounding");
        let what = "`scale` is a number, or one for each of 2 dimensions, not a tuple of 3";
        assert_error("upsample «(1, 2, 3)»", "[N, 3, 4, 4]", what);
        assert_error("upsample2d 2", "[N, 3, 4]", "`upsample2d` takes 4 dimensions, but the input has 3");
    }
}
