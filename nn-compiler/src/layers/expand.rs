//! Repetition without copies.

use super::dimension::counted;
use super::list::Item;
use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Memory, Operand};
use crate::size::Size;

pub static LAYERS: &[Layer] = &[Layer::new(
    &["expand"],
    "Repeats dimensions of size 1 without copying, like `torch.Tensor.expand`: `expand [N, 1, 768]`. `_` keeps \
        a size; new dimensions may come first.",
    &[Argument::positional("sizes", "the sizes of the output").required()],
    infer,
)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    let items = context.list("sizes")?;
    let Some(new) = items.len().checked_sub(input.rank()) else {
        let what = format!("{input} cannot be expanded to {}, {}", Item::list(&items), counted(items.len()));
        return Err(context.mistake(context.place("sizes"), what).into());
    };
    let mut dims = Vec::new();
    for (axis, item) in items.iter().enumerate() {
        let size = axis.checked_sub(new).map(|axis| &input.dims[axis]);
        dims.push(expanded(context, size, item)?);
    }
    let (x, sizes) = (context.operand(0), Item::operand(&items));
    let python = Python::method("expand", [Python::from(&x), Python::spread(&sizes)]);
    context.memory = Memory::VIEW;
    // The last operand, `implicit`, is for autograd's own calls.
    context.method("expand", vec![x, sizes, Operand::Bool(false)], input.with(dims)).python(python)
}

/// One size of the output. `size`: the size in the input, unless the dimension is new.
fn expanded(context: &mut Context, size: Option<&Size>, item: &Item) -> Result<Size, Failure> {
    match (size, &item.size) {
        (Some(size), None) => Ok(size.clone()),
        (None, None) => Err(context.mistake(item.place, "`_` keeps a size, but this dimension is new").into()),
        (None, Some(target)) => Ok(target.clone()),
        (Some(size), Some(target)) => {
            if *size != Size::constant(1) {
                let what = format!("a size of {size} cannot be expanded to {target}; only 1 can");
                let mistake = context.mistake(item.place, what);
                context.proofs.same(size, target, || mistake)?;
            }
            Ok(target.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn shapes() {
        assert_shape("(b -> expand [N, _, 768], a) -> add", "[N, 1, 768]; [1, 1, 768]", "[N, 1, 768]");
        assert_shape("expand [2, 3, _]", "[1, 4]", "[2, 3, 4]");
    }

    #[test]
    fn errors() {
        assert_error("expand [«3», 5]", "[2, 5]", "a size of 2 cannot be expanded to 3; only 1 can");
        assert_error("expand [«_», 2, 5]", "[2, 5]", "`_` keeps a size, but this dimension is new");
        assert_error("expand «[5]»", "[2, 5]", "[2, 5] cannot be expanded to [5], 1 dimension");
    }
}
