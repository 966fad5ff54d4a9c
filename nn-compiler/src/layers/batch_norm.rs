//! Normalisation of each channel: over the batch, or in each sample.

use super::list::product;
use super::window::spatial_rank;
use super::{Argument, Built, Context, Failure, Layer, Parameters, Python};
use crate::shaped::{Init, Memory, Operand, Sees, Statistics, TensorType};
use crate::size::{Comparison, Predicate, Size, Verdict};
use crate::state::Datum;

pub static LAYERS: &[Layer] = &[
    Layer::new(
        &["bn", "bn1d", "bn2d", "bn3d"],
        "Batch normalisation (Ioffe and Szegedy, 2015) of each channel of `[N, C]`, `[N, C, L]`, `[N, C, H, W]` \
            or `[N, C, D, H, W]`, like `torch.nn.BatchNorm2d`; the shape stays. Weight and bias are `[C]`. \
            Training normalises with the batch's statistics and keeps running ones, `[C]` each, for evaluation.",
        &[
            EPS,
            MOMENTUM,
            Argument::key("affine", "whether it has a weight and a bias (true)"),
            Argument::key("track_running_stats", "whether to keep statistics for evaluation (true)"),
        ],
        batch_norm,
    )
    .with_parameters(Parameters::WeightAndBias),
    Layer::new(
        &["instancenorm", "instancenorm1d", "instancenorm2d", "instancenorm3d"],
        "Instance normalisation (Ulyanov et al., 2016) of each channel of each sample of `[N, C, L]`, `[N, C, \
            H, W]` or `[N, C, D, H, W]`, like `torch.nn.InstanceNorm2d`; the shape stays. Weight, bias and \
            running statistics are `[C]`.",
        &[
            EPS,
            MOMENTUM,
            Argument::key("affine", "whether it has a weight and a bias (false)"),
            Argument::key("track_running_stats", "whether to keep statistics for evaluation (false)"),
        ],
        instance_norm,
    )
    .with_parameters(Parameters::WeightAndBias),
];

const EPS: Argument = Argument::key("eps", "added to the variance (1e-5)").float();
const MOMENTUM: Argument = Argument::key("momentum", "weight of the new statistics (0.1)").float();

fn batch_norm(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    match context.keyword.to_string().as_str() {
        "bn" => context.rank(&input, 2..=5)?,
        "bn1d" => context.rank(&input, 2..=3)?,
        _ => spatial_rank(context, &input)?,
    };
    if let Some(given) = context.argument("eps")
        && let Datum::Float(eps) = given.datum
        && eps <= 0.0
    {
        let what = format!("`eps` of `{}` must be positive, but is {eps}", context.keyword);
        return Err(context.mistake(given.place, what).into());
    }
    let (affine, track) = (context.boolean("affine", true)?, context.boolean("track_running_stats", true)?);
    let values = product(&input.dims[2..])?.mul(&input.dims[0])?;
    statistics(context, &values, Statistics { whole_batch: true, running: track })?;
    let rank = if input.rank() == 2 { 1 } else { input.rank() - 2 };
    let module = Python::call(&format!("nn.BatchNorm{rank}d"), [channels(affine)]);
    let module = module.key_unless(true, "affine", affine).key_unless(true, "track_running_stats", track);
    normalise(context, "batch_norm", input, (affine, track), module)
}

fn instance_norm(context: &mut Context) -> Result<Built, Failure> {
    let input = context.float_input()?;
    spatial_rank(context, &input)?;
    let (affine, track) = (context.boolean("affine", false)?, context.boolean("track_running_stats", false)?);
    let values = product(&input.dims[2..])?;
    statistics(context, &values, Statistics { whole_batch: false, running: track })?;
    if !track {
        occupied(context, &input.dims[0])?;
    }
    let module = Python::call(&format!("nn.InstanceNorm{}d", input.rank() - 2), [channels(affine)]);
    let module = module.key_unless(false, "affine", affine).key_unless(false, "track_running_stats", track);
    normalise(context, "instance_norm", input, (affine, track), module)
}

/// The number of channels, an argument of PyTorch's module.
fn channels(affine: bool) -> Python {
    Python::size(if affine { "weight" } else { "running_mean" }, 0)
}

/// Leaves it to the run time to check that statistics are taken over several values, unless that is known now.
fn statistics(context: &mut Context, values: &Size, statistics: Statistics) -> Result<(), Failure> {
    if !statistics.running {
        several_elements(context, values)?;
    }
    let single = Predicate::new(values.clone(), Comparison::Equal, 1);
    context.statistics = (context.proofs.facts.decide(&single) != Verdict::False).then_some(statistics);
    Ok(())
}

/// Reports a mean over one element, which is the element itself, so that nothing would be left of it.
pub fn several_elements(context: &Context, elements: &Size) -> Result<(), Failure> {
    let only = Predicate::new(elements.clone(), Comparison::Equal, 1);
    if context.proofs.facts.decide(&only) != Verdict::True {
        return Ok(());
    }
    let what = format!("`{}` would normalise a single element, which leaves nothing", context.keyword);
    Err(context.mistake(context.keyword, what).into())
}

/// Reports an empty dimension, over which libtorch takes no statistics.
fn occupied(context: &mut Context, size: &Size) -> Result<(), Failure> {
    let what = format!("`{}` cannot work on an input without elements", context.keyword);
    let mistake = context.mistake(context.keyword, what);
    Ok(context.proofs.at_least(size, 1, || mistake)?)
}

/// Writes the call, whose operands are the same for both methods.
fn normalise(
    context: &mut Context,
    method: &'static str,
    input: TensorType,
    (affine, track): (bool, bool),
    module: Python,
) -> Result<Built, Failure> {
    occupied(context, &input.dims[1])?;
    let channels = [input.dims[1].clone()];
    let mut operands = vec![context.operand(0)];
    for (name, start) in [("weight", 1.0), ("bias", 0.0)] {
        operands.push(if affine {
            context.parameter(name, &channels, Init::Constant(start.into()))?.some()
        } else {
            Operand::NoTensor
        });
    }
    for (name, start) in [("running_mean", 0.0), ("running_var", 1.0)] {
        operands.push(if track {
            context.buffer(name, &channels, Init::Constant(start.into()))?.some()
        } else {
            Operand::NoTensor
        });
    }
    // Without running statistics it normalises in evaluation as in training.
    operands.push(if track { Operand::Train } else { Operand::Bool(true) });
    let (momentum, eps) = (context.number("momentum", 0.1)?, context.number("eps", 1e-5)?);
    let module = keys(module, &momentum, &eps);
    let function = function(method, &operands);
    operands.extend([momentum.clone(), eps.clone(), Operand::Bool(true)]);
    context.sees = Sees::Place;
    // The mean and the inverse deviation of each channel, for each sample if samples are normalised separately.
    let samples = if method == "batch_norm" { Size::constant(8) } else { input.dims[0].mul(&Size::constant(8))? };
    context.memory = Memory { besides: samples.mul(&input.dims[1])?, ..Memory::INPUTS };
    context.method(method, operands, input).module(context, module, keys(function, &momentum, &eps))
}

/// PyTorch's function on the same operands.
fn function(method: &str, operands: &[Operand]) -> Python {
    let [x, weight, bias, mean, variance, train] = operands else { unreachable!("`normalise` has these") };
    Python::call(&format!("F.{method}"), [x.clone(), mean.clone(), variance.clone()])
        .key_unless(Operand::NoTensor, "weight", weight.clone())
        .key_unless(Operand::NoTensor, "bias", bias.clone())
        .key(if method == "batch_norm" { "training" } else { "use_input_stats" }, train.clone())
}

fn keys(python: Python, momentum: &Operand, eps: &Operand) -> Python {
    python.key_unless(1e-5, "eps", eps.clone()).key_unless(0.1, "momentum", momentum.clone())
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::{assert_error, assert_shape};

    #[test]
    fn keep_the_shape() {
        for call in
            ["bn", "bn2d eps=0.001 momentum=0.01", "bn affine=false", "bn track_running_stats=false", "instancenorm"]
        {
            assert_shape(call, "[N, 3, H, W]", "[N, 3, H, W]");
        }
        assert_shape("bn1d", "[N, 3]", "[N, 3]");
        assert_shape("bn1d", "[N, 3, L]", "[N, 3, L]");
        assert_shape("instancenorm1d affine=true track_running_stats=true", "[N, 3, L]", "[N, 3, L]");
        assert_shape("bn affine=false track_running_stats=false", "[N, C]", "[N, C]");
    }

    #[test]
    fn say_what_is_wrong() {
        assert_error("«bn2d»", "[N, 3]", "`bn2d` takes 4 dimensions, but the input has 2");
        assert_error("bn eps=«0»", "[N, 3]", "`eps` of `bn` must be positive, but is 0");
        assert_error(
            "«bn»",
            "[N, C]",
            "the `weight` of `bn` cannot depend on `C`, which can differ from input to input",
        );
        assert_error("«bn»", "i64[N, 3]", "`bn` takes floats, but gets i64[N, 3]");
        assert_error("bn affine=«1»", "[N, 3]", "`affine` of `bn` is `true` or `false`, not a number");
        assert_error(
            "«instancenorm»",
            "[N, 3, 1, 1]",
            "`instancenorm` would normalise a single element, which leaves nothing",
        );
        let single = "`bn` would normalise a single element, which leaves nothing";
        assert_error("«bn» track_running_stats=false", "[1, 3]", single);
        assert_error("«bn»", "[N, 0, 8]", "`bn` cannot work on an input without elements");
        assert_error("«instancenorm»", "[0, 3, 8]", "`instancenorm` cannot work on an input without elements");
        assert_error("«instancenorm»", "[N, 3]", "`instancenorm` takes 3, 4 or 5 dimensions, but the input has 2");
    }
}
