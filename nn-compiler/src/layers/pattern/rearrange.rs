//! `rearrange` and `reduce`, which split dimensions into axes, reorder these, and join them to dimensions again.

use super::parse::{Axis, Pattern};
use super::solve::{solve, spread};
use super::walk::Walk;
use super::{text, wrong};
use crate::layers::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Dtype, Operand};

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["rearrange"],
        "Reorders, splits and joins dimensions by a pattern of named axes, like `einops.rearrange`: `rearrange \
            \"b c (h p) (w q) -> b (h w) (p q c)\" p=16 q=16`. `...` stands for any number of dimensions, `1` \
            for one of size 1.",
        &[
            Argument::positional("pattern", "the input's axes, `->`, and the output's axes").required(),
            Argument::any("axis", "the size of an axis that the shape does not determine"),
        ],
        rearrange,
    ),
    Layer::new(
        &["reduce"],
        "Like `rearrange`, and reduces the axes that the right side leaves out, like `einops.reduce`: `reduce \
            \"b c (h 2) (w 2) -> b c h w\" max`.",
        &[
            Argument::positional("pattern", "the input's axes, `->`, and the output's axes").required(),
            Argument::positional("operation", "`mean`, `sum`, `max`, `min` or `prod`").required(),
            Argument::any("axis", "the size of an axis that the shape does not determine"),
        ],
        reduce,
    ),
];

fn rearrange(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let Pattern { left, right } = pattern(context)?;
    if let Some(axis) = left.axes().find(|axis| !right.has(axis)) {
        return Err(wrong(context, format!("the axis `{axis}` is missing on the right side")));
    }
    let (left, right) = spread(context, &input, &left, &right)?;
    let axes = solve(context, &input, &left)?;
    let python = Python::call("einops.rearrange", [context.operand(0), text(context)?.as_str().into()]);
    let python = with_sizes(context, python)?;
    let mut walk = Walk::new(context, axes);
    walk.rearrange(&right);
    walk.end(input.dtype)?.python(python)
}

fn reduce(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let operation = context.word("operation", &["mean", "sum", "max", "min", "prod"], "mean")?;
    let Pattern { left, right } = pattern(context)?;
    let (left, right) = spread(context, &input, &left, &right)?;
    let axes = solve(context, &input, &left)?;
    let reduces = left.axes().any(|axis| !right.has(axis));
    if operation == "mean" && reduces {
        context.expect_floats(&input)?;
    }
    let dtype = match operation {
        "sum" | "prod" if reduces && !input.dtype.is_float() => Dtype::I64,
        _ => input.dtype,
    };
    let operands = [context.operand(0), text(context)?.as_str().into(), operation.into()];
    let python = with_sizes(context, Python::call("einops.reduce", operands))?;
    let mut walk = Walk::new(context, axes);
    walk.reduce(&right, operation)?;
    walk.rearrange(&right);
    walk.end(dtype)?.python(python)
}

/// Adds the given sizes of axes to a call, by name.
fn with_sizes(context: &Context, mut python: Python) -> Result<Python, Failure> {
    let names: Vec<String> = context.given.iter().map(|(name, _)| name.clone()).collect();
    for name in names.iter().filter(|name| !matches!(name.as_str(), "pattern" | "operation")) {
        if let Some((_, code)) = context.code(name)? {
            python = python.key(name, Operand::Size(code));
        }
    }
    Ok(python)
}

/// The pattern. Every axis of its right side must be on its left side.
fn pattern(context: &Context) -> Result<Pattern, Failure> {
    let pattern = Pattern::parse(&text(context)?).map_err(|what| wrong(context, what))?;
    let Pattern { left, right } = &pattern;
    if let Some(axis) = right.axes().find(|axis| matches!(axis, Axis::Number(_)) || !left.has(axis)) {
        return Err(wrong(context, format!("the axis `{axis}` appears only on the right side")));
    }
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn rearranges() {
        let patches = "rearrange \"b c (h p) (w q) -> b (h w) (p q c)\" p=16 q=16";
        assert_shape(patches, "[N, 3, 224, 224]", "[N, 196, 768]");
        assert_shape("rearrange \"n d h w -> n (h w) d\"", "[N, 768, H, W]", "[N, H * W, 768]");
        assert_shape("rearrange \"n t (h e) -> n h t e\" e=(D)", "[N, T, (8 * D)]", "[N, 8, T, (D)]");
        assert_shape("rearrange \"b ... c -> b c ...\"", "i64[N, H, W, 3]", "i64[N, 3, H, W]");
        assert_shape("rearrange \"b ... -> b (...)\"", "[N, 4, H, W]", "[N, 4 * H * W]");
        assert_shape("rearrange \"b ... -> b (...) 1\"", "[N]", "[N, 1, 1]");
        assert_shape("rearrange \"1 c () -> c 1\"", "[1, 4, 1]", "[4, 1]");
        assert_shape("(id, id) -> cat dim=0 -> rearrange \"(a b) -> b a\" a=2", "[T]", "[T, 2]");
        assert_shape("let [n, t] = id; rearrange \"(a b) c -> b (a c)\" a=n", "[N, T]", "[1, N * T]");
    }

    #[test]
    fn rearrange_errors() {
        let on_image = |pattern: &str, what: &str| assert_error(&format!("rearrange {pattern}"), "[N, 3, 30, T]", what);
        on_image("«\"b c h w\"»", "a pattern has two sides, with one `->` between them");
        on_image("«\"b c h -> b c h\"»", "the pattern is for 3 dimensions, but the input has 4");
        on_image(
            "«\"a b c d e ... -> a b c d e ...\"»",
            "the pattern is for at least 5 dimensions, but the input has 4",
        );
        on_image("«\"b c h w -> b c h\"»", "the axis `w` is missing on the right side");
        on_image("«\"b c ... -> b c\"»", "the axis `...` is missing on the right side");
        on_image("«\"b c h w -> b c h w r\"»", "the axis `r` appears only on the right side");
        on_image("«\"b c h w -> b c h w ...\"»", "the axis `...` appears only on the right side");
        on_image("«\"b c h h -> b c h\"»", "the axis `h` appears twice on the left side");
        on_image("«\"b c (h p) w -> b c h p w\"»", "the sizes of `h` and `p` cannot both be inferred from `(h p)`");
        on_image(
            "«\"b c (h p) w -> b c h p w\"» p=16",
            "the axis `h` of `(h p)` cannot be inferred: 30 is not divisible by 16",
        );
        on_image(
            "«\"b c (h p) w -> b c h p w\"» p=16 h=2",
            "`(h p)` in the pattern is 32, but dimension 2 has size 30",
        );
        on_image("\"b c h w -> b c h w\" c=«4»", "`c` in the pattern is 4, but dimension 1 has size 3");
        on_image("«\"b 1 h w -> b h w\"»", "`1` in the pattern is 1, but dimension 1 has size 3");
        on_image("\"b c h w -> b c h w\" axis=«4»", "there is no axis `axis` on the left side of the pattern");
        on_image("\"b c h w -> b c h w\" c=«0»", "the axis `c` must have a size of at least 1, but this is 0");
        on_image("«\"b (c 3) h w -> b c h w\"»", "the axis `3` is missing on the right side");
        on_image("«\"b c (h w -> b c h w\"»", "a `(` is never closed");
        on_image("«\"b c h) w -> b c h w\"»", "a `)` closes nothing");
        on_image("«\"b ((c h)) w -> b c h w\"»", "parentheses cannot be nested");
        on_image("«\"b c, h w -> b c h w\"»", "`,` does not belong in a pattern");
        on_image("«\"b (c ...) -> b c ...\"»", "`...` cannot stand in parentheses on the left side");
        on_image("«3»", "`pattern` of `rearrange` is a string, not a number");
        assert_error(
            "rearrange \"(a b) -> (b a)\" b=4",
            "[T]",
            "the axis `a` of `(a b)` cannot be inferred: T is not divisible by 4",
        );
    }

    #[test]
    fn reduces() {
        assert_shape("reduce \"b c h w -> b c\" mean", "[N, 3, H, W]", "[N, 3]");
        let twice = "(id, id) -> cat dim=2";
        assert_shape(&format!("{twice} -> reduce \"b c (h 2) (w 2) -> b c h w\" max"), "[N, 3, H, 8]", "[N, 3, H, 4]");
        assert_shape("reduce \"b (h p) c -> c (b h)\" sum p=5", "i32[N, 10, 3]", "i64[3, 2 * N]");
        assert_shape("reduce \"b ... -> b 1\" prod", "bool[N, 10, 3]", "i64[N, 1]");
        assert_shape("reduce \"b c -> c b\" mean", "i64[N, 10]", "i64[10, N]");
        assert_error("reduce \"b c -> b\" «median»", "[N, 4]", "there is no `median` here");
        assert_error("«reduce» \"b c -> b\" mean", "i64[N, 4]", "`reduce` takes floats, but gets i64[N, 4]");
        assert_error("reduce «\"b c -> b 2\"» mean", "[N, 4]", "the axis `2` appears only on the right side");
        assert_error(
            "reduce «\"b c -> b\"» max",
            "[N, 0]",
            "the `max` of the axis `c` needs a size of at least 1, but this is 0",
        );
        assert_error(
            "reduce «\"b ... -> b\"» min",
            "[N, 0]",
            "the `min` of the axis `...` needs a size of at least 1, but this is 0",
        );
        assert_error("«reduce» \"b c -> b\"", "[N, 4]", "`reduce` needs `operation`");
    }
}
