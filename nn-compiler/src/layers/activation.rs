//! Elementwise activations, which keep the shape.

use super::{Argument, Built, Context, Failure, Layer, Outputs, Python};
use crate::shaped::{Callee, Memory, Operand, Sees, TensorType};
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[
    plain(&["relu"], "`max(x, 0)`, like `torch.nn.ReLU`."),
    plain(&["relu6"], "`min(max(x, 0), 6)`, like `torch.nn.ReLU6`."),
    plain(&["selu"], "The self-normalising ELU (Klambauer et al., 2017), like `torch.nn.SELU`."),
    plain(&["silu"], "`x * sigmoid(x)`, also called swish, like `torch.nn.SiLU`."),
    plain(&["mish"], "`x * tanh(softplus(x))` (Misra, 2019), like `torch.nn.Mish`."),
    plain(&["sigmoid"], "`1 / (1 + exp(-x))`, like `torch.nn.Sigmoid`."),
    plain(&["tanh"], "The hyperbolic tangent, like `torch.nn.Tanh`."),
    plain(&["hardswish"], "`x * relu6(x + 3) / 6` (Howard et al., 2019), like `torch.nn.Hardswish`."),
    plain(&["hardsigmoid"], "`relu6(x + 3) / 6`, like `torch.nn.Hardsigmoid`."),
    Layer::new(&["logsigmoid"], "`log(sigmoid(x))`, like `torch.nn.LogSigmoid`.", &[], log_sigmoid),
    Layer::new(&["softsign"], "`x / (1 + |x|)`, like `torch.nn.Softsign`.", &[], softsign),
    Layer::new(
        &["gelu"],
        "`x * Φ(x)`, where `Φ` is the normal distribution function (Hendrycks and Gimpel, 2016), like \
            `torch.nn.GELU`.",
        &[Argument::positional("approximate", "`none`, or `tanh` for a faster approximation (none)")],
        gelu,
    ),
    Layer::new(
        &["leaky_relu"],
        "`x`, or `negative_slope * x` where `x` is negative, like `torch.nn.LeakyReLU`.",
        &[Argument::positional("negative_slope", "the factor for negative values (0.01)").float()],
        leaky_relu,
    ),
    Layer::new(
        &["elu"],
        "`x`, or `alpha * (exp(x) - 1)` where `x` is negative (Clevert et al., 2015), like `torch.nn.ELU`.",
        &[ALPHA],
        elu,
    ),
    Layer::new(
        &["celu"],
        "`x`, or `alpha * (exp(x / alpha) - 1)` where `x` is negative (Barron, 2017), like `torch.nn.CELU`.",
        &[ALPHA],
        celu,
    ),
    Layer::new(
        &["softplus"],
        "`log(1 + exp(beta * x)) / beta`, like `torch.nn.Softplus`.",
        &[
            Argument::positional("beta", "how sharp the bend is (1.0)").float(),
            Argument::positional("threshold", "above it, `beta * x` gives `x` (20.0)").float(),
        ],
        softplus,
    ),
    Layer::new(
        &["hardtanh"],
        "`min(max(x, min_val), max_val)`, like `torch.nn.Hardtanh`.",
        &[
            Argument::positional("min_val", "the least value (-1.0)").short("min").float(),
            Argument::positional("max_val", "the greatest value (1.0)").short("max").float(),
        ],
        hardtanh,
    ),
    Layer::new(
        &["threshold"],
        "`x` where it is above `threshold`, else `value`, like `torch.nn.Threshold`.",
        &[
            Argument::positional("threshold", "values up to it are replaced").required().float(),
            Argument::positional("value", "what replaces them").required().float(),
        ],
        threshold,
    ),
];

const ALPHA: Argument = Argument::positional("alpha", "the scale of negative values (1.0)").float();

/// A layer without arguments, named like its method.
const fn plain(names: &'static [&'static str], documentation: &'static str) -> Layer {
    Layer::new(names, documentation, &[], same_shape)
}

fn same_shape(context: &mut Context) -> Result<Built, Failure> {
    let name = context.layer.stem();
    elementwise(context, name, &[], Python::call(&python_name(name), [context.operand(0)]))
}

/// PyTorch's function: some are in `torch`, the newer ones in `torch.nn.functional`.
fn python_name(name: &str) -> String {
    let module = if matches!(name, "sigmoid" | "tanh") { "torch" } else { "F" };
    format!("{module}.{name}")
}

fn log_sigmoid(context: &mut Context) -> Result<Built, Failure> {
    elementwise(context, "log_sigmoid", &[], Python::call("F.logsigmoid", [context.operand(0)]))
}

fn softsign(context: &mut Context) -> Result<Built, Failure> {
    function(context, "ops::softsign", &[], Python::call("F.softsign", [context.operand(0)]))
}

fn gelu(context: &mut Context) -> Result<Built, Failure> {
    let approximate = context.word("approximate", &["none", "tanh"], "none")?;
    let python = Python::call("F.gelu", [context.operand(0)]).key_unless("none", "approximate", approximate);
    elementwise(context, "gelu", &[approximate.into()], python)
}

/// tch's method has no argument for the slope, so another than libtorch's default needs a function of the run time.
fn leaky_relu(context: &mut Context) -> Result<Built, Failure> {
    let slope = context.number("negative_slope", 0.01)?;
    let python = Python::call("F.leaky_relu", [context.operand(0)]).key_unless(0.01, "negative_slope", slope.clone());
    match context.argument("negative_slope") {
        None => elementwise(context, "leaky_relu", &[], python),
        Some(_) => function(context, "ops::leaky_relu", &[slope], python),
    }
}

fn elu(context: &mut Context) -> Result<Built, Failure> {
    let alpha = context.number("alpha", 1.0)?;
    let python = Python::call("F.elu", [context.operand(0)]).key_unless(1.0, "alpha", alpha.clone());
    match context.argument("alpha") {
        None => elementwise(context, "elu", &[], python),
        Some(_) => function(context, "ops::elu", &[alpha], python),
    }
}

fn celu(context: &mut Context) -> Result<Built, Failure> {
    not_zero(context, "alpha")?;
    let alpha = context.number("alpha", 1.0)?;
    let python = Python::call("F.celu", [context.operand(0)]).key_unless(1.0, "alpha", alpha.clone());
    match context.argument("alpha") {
        None => elementwise(context, "celu", &[], python),
        Some(_) => function(context, "ops::celu", &[alpha], python),
    }
}

fn softplus(context: &mut Context) -> Result<Built, Failure> {
    not_zero(context, "beta")?;
    let (beta, threshold) = (context.number("beta", 1.0)?, context.number("threshold", 20.0)?);
    let python = Python::call("F.softplus", [context.operand(0)]).key_unless(1.0, "beta", beta.clone()).key_unless(
        20.0,
        "threshold",
        threshold.clone(),
    );
    match (context.argument("beta"), context.argument("threshold")) {
        (None, None) => elementwise(context, "softplus", &[], python),
        _ => function(context, "ops::softplus", &[beta, threshold], python),
    }
}

fn hardtanh(context: &mut Context) -> Result<Built, Failure> {
    let (low, high) = (context.number("min_val", -1.0)?, context.number("max_val", 1.0)?);
    if let (Operand::Float(low), Operand::Float(high)) = (&low, &high)
        && low >= high
    {
        let wrong = if context.argument("max_val").is_some() { "max_val" } else { "min_val" };
        let what = format!(
            "`max_val` of `{}` must be greater than `min_val`, but {high} is not greater than {low}",
            context.keyword
        );
        return Err(context.mistake(context.place(wrong), what).into());
    }
    let python = Python::call("F.hardtanh", [context.operand(0)]).key_unless(-1.0, "min_val", low.clone()).key_unless(
        1.0,
        "max_val",
        high.clone(),
    );
    match (context.argument("min_val"), context.argument("max_val")) {
        (None, None) => elementwise(context, "hardtanh", &[], python),
        _ => elementwise(context, "clamp", &[low, high], python),
    }
}

fn threshold(context: &mut Context) -> Result<Built, Failure> {
    let (threshold, value) = (context.number("threshold", 0.0)?, context.number("value", 0.0)?);
    let python = Python::call("F.threshold", [context.operand(0), threshold.clone(), value.clone()]);
    elementwise(context, "threshold", &[threshold, value], python)
}

/// Reports an argument that is zero, since it is divided by.
fn not_zero(context: &Context, name: &str) -> Result<(), Failure> {
    match context.argument(name) {
        Some(given) if matches!(given.datum, Datum::Float(0.0)) => {
            let what = format!("`{name}` of `{}` cannot be 0, because it is a divisor", context.keyword);
            Err(context.mistake(given.place, what).into())
        }
        _ => Ok(()),
    }
}

/// Calls a method of the input.
fn elementwise(
    context: &mut Context,
    method: &'static str,
    arguments: &[Operand],
    python: Python,
) -> Result<Built, Failure> {
    call(context, Callee::Method(method), arguments, python)
}

/// Calls a function of the run time.
fn function(
    context: &mut Context,
    path: &'static str,
    arguments: &[Operand],
    python: Python,
) -> Result<Built, Failure> {
    call(context, Callee::Function(path), arguments, python)
}

fn call(context: &mut Context, callee: Callee, arguments: &[Operand], python: Python) -> Result<Built, Failure> {
    let input: TensorType = context.float_input()?;
    context.sees = Sees::Place;
    context.memory = match callee {
        Callee::Method("relu" | "sigmoid" | "tanh") => Memory::OUTPUTS,
        Callee::Method("log_sigmoid") | Callee::Function("ops::softsign") => Memory::default(),
        _ => Memory::INPUTS,
    };
    let operands = [&[context.operand(0)], arguments].concat();
    let result = context.call(callee, operands);
    Outputs::one(input, result).python(python)
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn keep_the_shape() {
        let names = "relu relu6 selu silu mish sigmoid tanh hardswish hardsigmoid logsigmoid softsign gelu leaky_relu elu \
            celu softplus hardtanh";
        for name in names.split_whitespace() {
            assert_shape(name, "[N, 3, H, W]", "[N, 3, H, W]");
            assert_shape(name, "[]", "[]");
        }
    }

    #[test]
    fn take_their_arguments() {
        for call in [
            "gelu approximate=tanh",
            "leaky_relu 0.2",
            "elu 2",
            "celu 0.5",
            "softplus 2 threshold=10",
            "threshold 0.1 20",
        ] {
            assert_shape(call, "[N, 3]", "[N, 3]");
        }
        assert_shape("option slope = 0.1; leaky_relu slope", "[N, 3]", "[N, 3]");
        assert_shape("hardtanh min=-2 max=2", "[N, 3]", "[N, 3]");
    }

    #[test]
    fn say_what_is_wrong() {
        assert_error("«relu»", "i64[N, 3]", "`relu` takes floats, but gets i64[N, 3]");
        assert_error("gelu approximate=«fast»", "[N, 3]", "there is no `fast` here");
        assert_error("celu «0»", "[N, 3]", "`alpha` of `celu` cannot be 0, because it is a divisor");
        assert_error("softplus beta=«0.0»", "[N, 3]", "`beta` of `softplus` cannot be 0, because it is a divisor");
        assert_error(
            "hardtanh 1 «1»",
            "[N, 3]",
            "`max_val` of `hardtanh` must be greater than `min_val`, but 1 is not greater than 1",
        );
        assert_error("elu «true»", "[N, 3]", "`alpha` of `elu` is a number, not a boolean");
    }
}
