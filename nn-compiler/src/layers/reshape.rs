//! Layers that give the same elements another shape.

use super::list::{Item, product};
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Memory, Operand, TensorType};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["reshape"],
        "The same elements in another shape, like `torch.reshape`: `reshape [N, 100, 1, 1]`. One size may be \
            `_`, if it divides exactly.",
        &[Argument::positional("sizes", "the sizes of the output").required()],
        reshape,
    ),
    Layer::new(
        &["unflatten"],
        "Splits one dimension into several, like `torch.nn.Unflatten`: `unflatten 1 [8, 8]`. One size may be \
            `_`, if it divides exactly.",
        &[
            Argument::positional("dim", "the dimension").required(),
            Argument::positional("sizes", "the sizes to split it into").required(),
        ],
        unflatten,
    ),
];

fn reshape(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let items = context.list("sizes")?;
    let count = product(&input.dims)?;
    let dims = fill(context, &count, &items, &input.to_string())?;
    let (x, sizes) = (context.operand(0), Item::operand(&items));
    let python = Python::method("reshape", [Python::from(&x), Python::spread(&sizes)]);
    context.memory = Memory::VIEW;
    context.method("reshape", vec![x, sizes], input.with(dims)).python(python)
}

fn unflatten(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dim = context.required_dimension("dim", input.rank())?;
    let items = context.list("sizes")?;
    if items.is_empty() {
        return Err(context.mistake(context.place("sizes"), "`unflatten` needs at least one size").into());
    }
    let split = fill(context, &input.dims[dim], &items, &format!("dimension {dim}"))?;
    let output = splice(&input, dim, split);
    let operands = vec![context.operand(0), Operand::integer(dim as i64), Item::operand(&items)];
    context.memory = Memory::VIEW;
    context.method("unflatten", operands.clone(), output).python(Python::method("unflatten", operands))
}

/// The type with dimension `dim` replaced by others.
fn splice(input: &TensorType, dim: usize, others: Vec<Size>) -> TensorType {
    let mut dims = input.dims.clone();
    dims.splice(dim..=dim, others);
    input.with(dims)
}

/// The sizes, with `_` filled in so that there are `count` elements.
fn fill(context: &mut Context, count: &Size, items: &[Item], whole: &str) -> Result<Vec<Size>, Failure> {
    let place = context.place("sizes");
    let holes: Vec<&Item> = items.iter().filter(|item| item.size.is_none()).collect();
    let known = product(items.iter().filter_map(|item| item.size.as_ref()))?;
    let list = Item::list(items);
    let inferred = match holes[..] {
        [] => {
            let what = format!("{whole} cannot become {list}: {count} elements are not {known}");
            let mistake = context.mistake(place, what);
            context.same_count(count, &known, mistake)?;
            known
        }
        [_] if known == Size::constant(0) => {
            return Err(context.mistake(place, "`_` cannot be inferred next to a size of 0").into());
        }
        [_] => {
            let what = format!("{whole} cannot become {list}: {count} elements are not divisible by {known}");
            let mistake = context.mistake(place, what);
            context.same_count(&count.rem(&known)?, &Size::constant(0), mistake)?;
            count.div_floor(&known)?
        }
        [_, second, ..] => return Err(context.mistake(second.place, "only one size can be `_`").into()),
    };
    Ok(items.iter().map(|item| item.size.clone().unwrap_or_else(|| inferred.clone())).collect())
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn reshape() {
        assert_shape("reshape [N, 100, 1, 1]", "[N, 100]", "[N, 100, 1, 1]");
        assert_shape("reshape [N, _]", "[N, 16, H, W]", "[N, 16 * H * W]");
        assert_shape("reshape [_, 4]", "[N, 6, 2]", "[3 * N, 4]");
        assert_shape("reshape [N, 1, 1, T]", "i64[N, T]", "i64[N, 1, 1, T]");
        assert_shape("let [n, t, d] = id; reshape [n, t, (D), (d / D)]", "[N, T, (4 * D)]", "[N, T, (D), 4]");
        assert_shape("reshape []", "[1, 1]", "[]");
    }

    #[test]
    fn reshape_errors() {
        let what = "[N, 16, 4, 4] cannot become [N, 100]: 256 * N elements are not 100 * N";
        assert_error("reshape «[N, 100]»", "[N, 16, 4, 4]", what);
        let what = "[N, 16] cannot become [N, 5, _]: 16 * N elements are not divisible by 5 * N";
        assert_error("reshape «[N, 5, _]»", "[N, 16]", what);
        assert_error("reshape [N, _, «_»]", "[N, 16]", "only one size can be `_`");
        assert_error("reshape [N, «-1»]", "[N, 16]", "a size cannot be negative, but this is -1");
        assert_error("reshape «[0, _]»", "[N, 16]", "`_` cannot be inferred next to a size of 0");
        let what = "`reshape` keeps the element type, so its `sizes` take none";
        assert_error("reshape «i64[N, 4, 4]»", "[N, 16]", what);
        assert_error("reshape «16»", "[N, 16]", "`sizes` of `reshape` is a list of sizes, not a number");
        let what = "[T] cannot become [_, 4]: T elements are not divisible by 4";
        assert_error("reshape [_, 4] -> flatten 0", "[T]", what);
    }

    #[test]
    fn unflatten() {
        assert_shape("unflatten 1 [8, _]", "[N, 64]", "[N, 8, 8]");
        assert_shape("unflatten dim=-1 sizes=[2, H]", "[N, (2 * H)]", "[N, 2, H]");
        assert_error("unflatten 2 [8, 8]", "[N, 64]", "the input has 2 dimensions, so there is no dimension 2");
        let what = "dimension 1 cannot become [8, 9]: 64 elements are not 72";
        assert_error("unflatten 1 «[8, 9]»", "[N, 64]", what);
        assert_error("unflatten 1 «[]»", "[N, 64]", "`unflatten` needs at least one size");
    }
}
