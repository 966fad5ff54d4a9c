//! Layers that reorder dimensions, or the elements along them.

use super::dimension::counted;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Code, Memory, Operand};
use crate::size::Size;
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["permute"],
        "Reorders dimensions, like `torch.permute`: `permute (0, 2, 3, 1)`.",
        &[Argument::positional("dims", "for each dimension of the output, the input's dimension").required()],
        permute,
    ),
    Layer::new(
        &["transpose"],
        "Swaps two dimensions, like `torch.transpose`: `transpose 1 2`.",
        &[
            Argument::positional("dim0", "the first dimension").short("a").required(),
            Argument::positional("dim1", "the second dimension").short("b").required(),
        ],
        transpose,
    ),
    Layer::new(
        &["squeeze"],
        "Removes dimensions, like `torch.squeeze`: `squeeze 1`, `squeeze (2, 3)`. Their size must be 1.",
        &[Argument::positional("dim", "the dimension, or a tuple of them").required()],
        squeeze,
    ),
    Layer::new(
        &["unsqueeze"],
        "Inserts a dimension of size 1, like `torch.unsqueeze`: `unsqueeze 1`.",
        &[Argument::positional("dim", "its position in the output").required()],
        unsqueeze,
    ),
    Layer::new(
        &["flip"],
        "Reverses the order along dimensions, like `torch.flip`: `flip 1`, `flip (2, 3)`.",
        &[Argument::positional("dims", "the dimension, or a tuple of them").short("dim").required()],
        flip,
    ),
    Layer::new(
        &["roll"],
        "Shifts elements along dimensions, wrapping around, like `torch.roll`: `roll 1 dims=2`, `roll (1, -1) \
            dims=(2, 3)`. Without `dims` the elements shift as if flattened.",
        &[
            Argument::positional("shifts", "how far, or a tuple").required(),
            Argument::key("dims", "the dimension, or a tuple of them").short("dim"),
        ],
        roll,
    ),
];

fn permute(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let order = context.dimensions("dims", input.rank())?.unwrap_or_default();
    if order.len() != input.rank() {
        let what = format!("`permute` orders {}, but the input has {}", counted(order.len()), input.rank());
        return Err(context.mistake(context.place("dims"), what).into());
    }
    let dims = order.iter().map(|&dim| input.dims[dim].clone()).collect();
    let (x, order) = (context.operand(0), indices(&order));
    let python = Python::method("permute", [Python::from(&x), Python::spread(&order)]);
    context.memory = Memory::VIEW;
    context.method("permute", vec![x, order], input.with(dims)).python(python)
}

fn transpose(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let (a, b) = (context.required_dimension("dim0", input.rank())?, context.required_dimension("dim1", input.rank())?);
    let mut dims = input.dims.clone();
    dims.swap(a, b);
    let operands = vec![context.operand(0), Operand::integer(a as i64), Operand::integer(b as i64)];
    let python = Python::method("transpose", operands.clone());
    context.memory = Memory::VIEW;
    context.method("transpose", operands, input.with(dims)).python(python)
}

fn squeeze(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let gone = context.dimensions("dim", input.rank())?.unwrap_or_default();
    for (index, &dim) in gone.iter().enumerate() {
        let size = &input.dims[dim];
        let what = format!("dimension {dim} has size {size}, but only size 1 can be squeezed");
        let mistake = context.mistake(context.place_of("dim", index), what);
        context.proofs.same(size, &Size::constant(1), || mistake)?;
    }
    let kept = input.dims.iter().enumerate().filter(|(dim, _)| !gone.contains(dim));
    let output = input.with(kept.map(|(_, size)| size.clone()).collect());
    let (method, dims) = match gone[..] {
        [dim] => ("squeeze_dim", Operand::integer(dim as i64)),
        _ => ("squeeze_dims", indices(&gone)),
    };
    let operands = vec![context.operand(0), dims];
    context.memory = Memory::VIEW;
    context.method(method, operands.clone(), output).python(Python::method("squeeze", operands))
}

fn unsqueeze(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let rank = input.rank() + 1;
    let given = context.integer("dim")?.unwrap_or(0);
    let from_start = if given < 0 { given + rank as i64 } else { given };
    let dim = usize::try_from(from_start).ok().filter(|dim| *dim < rank).ok_or_else(|| {
        let what = format!("the output has {}, so there is no dimension {given}", counted(rank));
        Failure::from(context.mistake(context.place("dim"), what))
    })?;
    let mut dims = input.dims.clone();
    dims.insert(dim, Size::constant(1));
    let operands = vec![context.operand(0), Operand::integer(dim as i64)];
    context.memory = Memory::VIEW;
    context.method("unsqueeze", operands.clone(), input.with(dims)).python(Python::method("unsqueeze", operands))
}

fn flip(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dims = context.dimensions("dims", input.rank())?.unwrap_or_default();
    let (x, dims) = (context.operand(0), indices(&dims));
    let python = Python::method("flip", [Python::from(&x), Python::spread(&dims)]);
    context.method("flip", vec![x, dims], input).python(python)
}

fn roll(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let dims = context.dimensions("dims", input.rank())?.unwrap_or_default();
    let count = match context.argument("shifts").map(|given| &given.datum) {
        Some(Datum::Tuple(items)) => items.len(),
        _ => 1,
    };
    if count != dims.len() && !(dims.is_empty() && count == 1) {
        let what = format!("`roll` takes a shift for each dimension, but gets {count} for {}", dims.len());
        return Err(context.mistake(context.place("shifts"), what).into());
    }
    let shifts: Vec<Code> = context.codes("shifts", count, 0)?.into_iter().map(|(_, code)| code).collect();
    let (x, shifts) = (context.operand(0), Operand::Sizes(shifts));
    let python = if dims.is_empty() {
        Python::method("roll", [Python::from(&x), Python::spread(&shifts)])
    } else {
        Python::method("roll", [x.clone(), shifts.clone(), indices(&dims)])
    };
    // rustc could not infer the type of an empty array.
    let dims = if dims.is_empty() {
        Operand::Tokens(crate::shaped::Tokens(quote::quote!([0_i64; 0])))
    } else {
        indices(&dims)
    };
    context.method("roll", vec![x, shifts, dims], input).python(python)
}

fn indices(dims: &[usize]) -> Operand {
    Operand::Sizes(dims.iter().map(|&dim| Code::Literal(dim as i64)).collect())
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn permute() {
        assert_shape("permute (0, 2, -1, 1)", "[N, 3, H, W]", "[N, H, W, 3]");
        assert_error("permute (0, 2, «2», 1)", "[N, 3, H, W]", "dimension 2 is named twice");
        assert_error("permute «(0, 2, 1)»", "[N, 3, H, W]", "`permute` orders 3 dimensions, but the input has 4");
        assert_error("permute (0, «3», 1)", "[N, 3, H]", "the input has 3 dimensions, so there is no dimension 3");
    }

    #[test]
    fn transpose() {
        assert_shape("transpose 1 2", "[N, 3, T]", "[N, T, 3]");
        assert_shape("transpose a=-1 b=-2", "[N, 3, T]", "[N, T, 3]");
        assert_error("transpose 1 «3»", "[N, 3, T]", "the input has 3 dimensions, so there is no dimension 3");
    }

    #[test]
    fn squeeze() {
        assert_shape("squeeze 1", "[N, 1, T]", "[N, T]");
        assert_shape("squeeze (2, -1)", "[N, 5, 1, 1]", "[N, 5]");
        assert_error("squeeze «1»", "[N, 3]", "dimension 1 has size 3, but only size 1 can be squeezed");
        assert_error("squeeze (1, «2»)", "[N, 1, 3]", "dimension 2 has size 3, but only size 1 can be squeezed");
    }

    #[test]
    fn unsqueeze() {
        assert_shape("unsqueeze 1", "[N, T]", "[N, 1, T]");
        assert_shape("unsqueeze dim=-1", "f32[N, T]", "f32[N, T, 1]");
        assert_error("unsqueeze «3»", "[N, T]", "the output has 3 dimensions, so there is no dimension 3");
    }

    #[test]
    fn flip_and_roll() {
        assert_shape("flip (0, 1) -> flip 1", "[N, T]", "[N, T]");
        assert_shape("roll 1 -> roll shifts=-1 dims=1 -> roll (1, -2) dims=(0, -1)", "[N, T]", "[N, T]");
        assert_error("roll «(1, 2)» dims=1", "[N, T]", "`roll` takes a shift for each dimension, but gets 2 for 1");
    }
}
