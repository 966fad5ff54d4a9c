//! Normalisation by the neighbouring channels.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Operand, Sees};

pub static LAYERS: &[Layer] = &[Layer::new(
    &["local_response_norm"],
    "`x / (k + alpha * m) ^ beta`, where `m` is the mean square over `size` neighbouring channels of `[N, C, L, \
        ..]` (Krizhevsky et al., 2012), like `torch.nn.LocalResponseNorm`; the shape stays.",
    &[
        Argument::positional("size", "how many channels").required(),
        Argument::key("alpha", "the weight of the mean square (1e-4)").float(),
        Argument::key("beta", "the exponent (0.75)").float(),
        Argument::key("k", "what is added (1.0)").float(),
    ],
    infer,
)];

fn infer(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    if input.rank() < 3 {
        let what = format!("`local_response_norm` takes at least 3 dimensions, but the input has {}", input.rank());
        return Err(context.mistake(context.keyword, what).into());
    }
    let Some((size, code)) = context.code("size")? else { return Err(Failure::Reported) };
    context.positive("size", &size)?;
    let (alpha, beta, k) = (context.number("alpha", 1e-4)?, context.number("beta", 0.75)?, context.number("k", 1.0)?);
    let operands = vec![context.operand(0), Operand::Size(code), alpha, beta, k];
    let python = Python::call("F.local_response_norm", operands.clone());
    let result = context.call(Callee::Function("ops::local_response_norm"), operands);
    context.sees = Sees::Place;
    Outputs::one(input, result).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn looks_at_neighbouring_channels() {
        assert_shape("local_response_norm 5 alpha=1e-3 beta=0.5 k=2", "[N, 64, H, W]", "[N, 64, H, W]");
        assert_error(
            "local_response_norm «0»",
            "[N, 6, 8]",
            "`size` of `local_response_norm` must be at least 1, but is 0",
        );
        assert_error(
            "«local_response_norm» 2",
            "[N, 6]",
            "`local_response_norm` takes at least 3 dimensions, but the input has 2",
        );
    }
}
