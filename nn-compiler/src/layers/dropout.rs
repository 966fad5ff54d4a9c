//! Dropout, which does something in training only.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Gives, Memory, Operand, Sees, TensorType};
use crate::size::Size;
use crate::state::Datum;

const P: Argument = Argument::positional("p", "the probability (0.5)").float();

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["dropout"],
        "In training, zeroes each element with probability `p` and scales the others by `1 / (1 - p)` \
            (Srivastava et al., 2014), like `torch.nn.Dropout`; the shape stays.",
        &[P],
        elements,
    ),
    Layer::new(
        &["dropout1d", "dropout2d", "dropout3d"],
        "In training, zeroes each channel of `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]` with probability \
            `p` and scales the others by `1 / (1 - p)` (Tompson et al., 2014), like `torch.nn.Dropout2d`; the \
            shape stays.",
        &[P],
        channels,
    ),
    Layer::new(
        &["alpha_dropout"],
        "In training, drops each element with probability `p` and keeps mean and variance, for networks with \
            `selu` (Klambauer et al., 2017), like `torch.nn.AlphaDropout`; the shape stays.",
        &[P],
        alpha,
    ),
    Layer::new(
        &["drop_path"],
        "In training, zeroes each sample with probability `p` and scales the others by `1 / (1 - p)`, like \
            torchvision's `StochasticDepth` in mode `row`; the shape stays. At the end of a `residual` branch \
            it is stochastic depth (Huang et al., 2016).",
        &[Argument::positional("p", "the probability").required().float()],
        samples,
    ),
];

fn elements(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let python = written(context, "F.dropout")?;
    random(context, Callee::Method("dropout"), input, python)
}

fn channels(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let rank = super::window::spatial_rank(context, &input)?;
    let python = written(context, &format!("F.dropout{rank}d"))?;
    random(context, Callee::Method("feature_dropout"), input, python)
}

fn alpha(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    let python = written(context, "F.alpha_dropout")?;
    random(context, Callee::Method("alpha_dropout"), input, python)
}

fn samples(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    if input.rank() == 0 {
        return Err(context.mistake(context.keyword, "`drop_path` needs a dimension of samples").into());
    }
    // A dropout of ones, with one element for each sample, makes the mask.
    let x = context.operand(0);
    let shape = [Python::call("len", [&x])].into_iter().chain(vec![1.into(); input.rank() - 1]);
    let ones = Python::method("new_ones", [Python::from(&x)].into_iter().chain(shape));
    let mask = Python::call("F.dropout", [ones, probability(context, "p", 0.5)?.into(), Operand::Train.into()]);
    random(context, Callee::Function("ops::drop_path"), input, Python::infix("*", [x.into(), mask]))
}

/// PyTorch's function.
fn written(context: &Context, function: &str) -> Result<Python, Failure> {
    Ok(Python::call(function, [context.operand(0), probability(context, "p", 0.5)?, Operand::Train]))
}

fn random(context: &mut Context, callee: Callee, output: TensorType, python: Python) -> Result<Built, Failure> {
    let p = probability(context, "p", 0.5)?;
    context.sees = Sees::Place;
    context.memory = match (p == Operand::Float(0.0), &callee) {
        (true, _) => Memory::VIEW,
        (_, Callee::Method("dropout")) => {
            let mask = output.dims.iter().try_fold(Size::constant(4), |bytes, size| bytes.mul(size))?;
            Memory { gives: Gives::InputInEvaluation, besides: mask, ..Memory::NOTHING }
        }
        _ => Memory { gives: Gives::InputInEvaluation, ..Memory::default() },
    };
    let operands = vec![context.operand(0), p, Operand::Train];
    let result = context.call(callee, operands);
    Outputs::one(output, result).python(python)
}

/// A PyTorch module with a dropout of its own, and the function to call: the module itself, or, if the probability is an
/// `option`, a helper that sets it before each call.
pub fn dropping(context: &Context, module: Python, dropout: Operand) -> (Python, Python) {
    let stage = context.stage();
    if dropout.is_constant() {
        return (module.key_unless(0.0, "dropout", dropout), stage.into());
    }
    (module, Python::call("with_dropout", [stage, dropout]).defining(WITH_DROPOUT))
}

const WITH_DROPOUT: &str = "\
def with_dropout(module, p):
    module.dropout = p
    return module
";

/// A probability, between 0 and 1.
pub fn probability(context: &Context, name: &str, default: f64) -> Result<Operand, Failure> {
    if let Some(given) = context.argument(name)
        && let Datum::Float(p) = given.datum
        && !(0.0..=1.0).contains(&p)
    {
        let what = format!("the probability of `{}` must be between 0 and 1, but is {p}", context.keyword);
        return Err(context.mistake(given.place, what).into());
    }
    context.number(name, default)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn keep_the_shape() {
        for call in ["dropout", "dropout 0.1", "dropout 0", "dropout2d 0.3", "alpha_dropout 0.05", "drop_path 0.2"] {
            assert_shape(call, "[N, 3, H, W]", "[N, 3, H, W]");
        }
        assert_shape("dropout1d", "[N, 3, L]", "[N, 3, L]");
        assert_shape("option p = 0.1; drop_path p", "[N, 3]", "[N, 3]");
    }

    #[test]
    fn say_what_is_wrong() {
        assert_error("dropout «1.5»", "[N]", "the probability of `dropout` must be between 0 and 1, but is 1.5");
        assert_error("drop_path p=«-1»", "[N]", "the probability of `drop_path` must be between 0 and 1, but is -1");
        assert_error("«dropout»", "i64[N]", "`dropout` takes floats, but gets i64[N]");
        assert_error("«dropout2d»", "[N, 3, 8]", "`dropout2d` takes 4 dimensions, but the input has 3");
        assert_error("«drop_path» 0.1", "[]", "`drop_path` needs a dimension of samples");
    }
}
