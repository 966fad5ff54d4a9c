//! Triangles of matrices.

use super::{Argument, Built, Context, Failure, Layer, Python};
use crate::shaped::{Code, Operand};

pub static LAYERS: &[Layer] = &[
    triangle(&["tril"], "Zeroes each matrix in the last two dimensions above a diagonal, like `torch.tril`."),
    triangle(&["triu"], "Zeroes each matrix in the last two dimensions below a diagonal, like `torch.triu`."),
];

static ARGUMENTS: &[Argument] =
    &[Argument::positional("diagonal", "which diagonal: 0 is the main one, positive ones lie above it (0)")];

const fn triangle(names: &'static [&'static str], documentation: &'static str) -> Layer {
    Layer::new(names, documentation, ARGUMENTS, infer)
}

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.input()?;
    if input.rank() < 2 {
        let what = format!("`{}` needs at least 2 dimensions, but the input has {}", context.keyword, input.rank());
        return Err(context.mistake(context.keyword, what).into());
    }
    let diagonal = context.code("diagonal")?.map_or(Code::Literal(0), |(_, code)| code);
    let (name, diagonal) = (context.layer.stem(), Operand::Size(diagonal));
    let python = Python::call(&format!("torch.{name}"), [context.operand(0)]);
    let python = python.key_unless(0, "diagonal", diagonal.clone());
    context.method(name, vec![context.operand(0), diagonal], input).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn triangles() {
        assert_shape("tril -> triu 1 -> triu diagonal=-1", "[N, T, T]", "[N, T, T]");
        assert_error("«tril»", "[N]", "`tril` needs at least 2 dimensions, but the input has 1");
    }
}
