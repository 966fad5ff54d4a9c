//! The layers. Each is one file with its arguments, shape rule, parameters, call, documentation and tests.
//! No other place decides what a layer does. The optimiser knows calls by name.

mod activation;
mod adaptive_pool;
mod attention;
mod axes;
mod batch_norm;
mod bilinear;
mod binary;
pub mod broadcast;
mod cast;
mod choosing;
mod comparison;
mod context;
mod conv;
mod conv_transpose;
mod cut;
mod dimension;
mod dropout;
mod elementwise;
mod embedding;
mod expand;
mod flatten;
mod given;
mod group_norm;
mod indexing;
pub mod init;
mod join;
mod layer_norm;
mod linear;
mod list;
mod local_response_norm;
mod normalize;
mod pad;
mod pattern;
mod pixel_shuffle;
mod pool;
mod prelu;
mod recurrent;
mod reduction;
mod reshape;
pub mod scalar;
mod sdpa;
mod softmax;
mod source;
#[cfg(test)]
mod testing;
mod triangle;
mod upsample;
mod window;

pub use context::{Built, Context, Failure, Outputs};
pub use conv::CONV2D;
pub use linear::LINEAR;
pub use pool::MAX_POOL2D;

pub(crate) use crate::shaped::Python;

use crate::shaped::Tensor;

/// All layers. A new layer is a new file and a line here.
static LAYERS: &[&[Layer]] = &[
    activation::LAYERS,
    adaptive_pool::LAYERS,
    attention::LAYERS,
    axes::LAYERS,
    batch_norm::LAYERS,
    bilinear::LAYERS,
    binary::LAYERS,
    cast::LAYERS,
    choosing::LAYERS,
    comparison::LAYERS,
    conv::LAYERS,
    conv_transpose::LAYERS,
    cut::LAYERS,
    dropout::LAYERS,
    elementwise::LAYERS,
    embedding::LAYERS,
    expand::LAYERS,
    flatten::LAYERS,
    group_norm::LAYERS,
    indexing::LAYERS,
    join::LAYERS,
    layer_norm::LAYERS,
    linear::LAYERS,
    local_response_norm::LAYERS,
    normalize::LAYERS,
    pad::LAYERS,
    pattern::EINSUM,
    pattern::REARRANGE,
    pixel_shuffle::LAYERS,
    pool::LAYERS,
    prelu::LAYERS,
    recurrent::LAYERS,
    reduction::LAYERS,
    reshape::LAYERS,
    sdpa::LAYERS,
    softmax::LAYERS,
    source::LAYERS,
    triangle::LAYERS,
    upsample::LAYERS,
];

/// One layer of the language.
#[derive(Debug)]
pub struct Layer {
    /// Its names. An unlabelled stage is named after the first.
    pub names: &'static [&'static str],
    pub documentation: &'static str,
    pub arguments: &'static [Argument],
    pub parameters: Parameters,
    /// Whether it makes a value instead of changing one.
    pub source: bool,
    /// Checks a call and emits the code for it.
    pub infer: fn(&mut Context) -> Result<Built, Failure>,
}

/// Which parameters a layer has, and so which further arguments it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameters {
    None,
    Weight,
    WeightAndBias,
    /// Several weights, and a bias for each.
    Several,
}

/// An argument of a layer.
#[derive(Debug)]
pub struct Argument {
    pub name: &'static str,
    /// `k` for `kernel`
    pub short: Option<&'static str>,
    /// Given by position, in the order of the list.
    pub positional: bool,
    pub required: bool,
    /// Expressions in it are computed in floats.
    pub float: bool,
    /// Takes every key that no other argument has, as for the axes of a pattern.
    pub any: bool,
    pub documentation: &'static str,
}

impl Argument {
    /// An argument that is given by key.
    pub const fn key(name: &'static str, documentation: &'static str) -> Argument {
        Argument { name, short: None, positional: false, required: false, float: false, any: false, documentation }
    }

    /// An argument that may be given by position.
    pub const fn positional(name: &'static str, documentation: &'static str) -> Argument {
        Argument { positional: true, ..Argument::key(name, documentation) }
    }

    /// Arguments under any other key.
    pub const fn any(name: &'static str, documentation: &'static str) -> Argument {
        Argument { any: true, ..Argument::key(name, documentation) }
    }

    /// The argument has an abbreviation.
    pub const fn short(self, short: &'static str) -> Argument {
        Argument { short: Some(short), ..self }
    }

    /// The argument has no default.
    pub const fn required(self) -> Argument {
        Argument { required: true, ..self }
    }

    /// The argument is a float.
    pub const fn float(self) -> Argument {
        Argument { float: true, ..self }
    }

    /// Whether `key` means this argument.
    pub fn is_called(&self, key: &str) -> bool {
        self.any || self.name == key || self.short == Some(key)
    }
}

const INIT: Argument =
    Argument::key("init", "how weights start: `xavier_uniform`, `normal(0.0, 0.02)`, .. (PyTorch's default)");
const BIAS_INIT: Argument = Argument::key("bias_init", "how biases start");
const WEIGHT: Argument = Argument::key("weight", "a value to use as the weight instead of making one");

impl Parameters {
    /// The arguments for these parameters.
    const fn arguments(self) -> &'static [Argument] {
        match self {
            Parameters::None => &[],
            Parameters::Weight => &[INIT, WEIGHT],
            Parameters::WeightAndBias => &[INIT, BIAS_INIT, WEIGHT],
            Parameters::Several => &[INIT, BIAS_INIT],
        }
    }
}

impl Layer {
    /// A layer without parameters that changes a value.
    pub const fn new(
        names: &'static [&'static str],
        documentation: &'static str,
        arguments: &'static [Argument],
        infer: fn(&mut Context) -> Result<Built, Failure>,
    ) -> Layer {
        Layer { names, documentation, arguments, parameters: Parameters::None, source: false, infer }
    }

    /// The layer has parameters.
    pub const fn with_parameters(self, parameters: Parameters) -> Layer {
        Layer { parameters, ..self }
    }

    /// Makes a value instead of changing one.
    pub const fn source(self) -> Layer {
        Layer { source: true, ..self }
    }

    /// Whether it has parameters.
    pub fn owns(&self) -> bool {
        self.parameters != Parameters::None
    }

    /// The layer that is called `name`.
    pub fn find(name: &str) -> Option<&'static Layer> {
        Layer::all().find(|layer| layer.names.contains(&name))
    }

    /// Every layer.
    pub fn all() -> impl Iterator<Item = &'static Layer> {
        LAYERS.iter().copied().flatten()
    }

    /// Its own arguments, and those for its parameters.
    pub fn all_arguments(&self) -> impl Iterator<Item = &'static Argument> + use<> {
        self.arguments.iter().chain(self.parameters.arguments())
    }

    /// The arguments that may be given by position, in their order.
    pub fn positional(&self) -> impl Iterator<Item = &'static Argument> + use<> {
        self.arguments.iter().filter(|argument| argument.positional)
    }

    /// What an unlabelled stage is named after.
    pub fn stem(&self) -> &'static str {
        self.names[0]
    }
}

/// The struct of the run time's module `params` for these parameters. If there is none, because their number varies, the
/// network gets a struct of its own.
pub fn params_of(tensors: &[Tensor]) -> Option<&'static str> {
    let names: Vec<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    Some(match names.as_slice() {
        ["weight"] => "Weight",
        ["bias"] => "Bias",
        ["weight", "bias"] => "Affine",
        ["weight", "bias", "running_mean", "running_var"] => "BatchNorm",
        ["running_mean", "running_var"] => "Statistics",
        ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"] => "Attention",
        ["in_proj_weight", "out_proj.weight"] => "AttentionWeights",
        _ => return None,
    })
}
