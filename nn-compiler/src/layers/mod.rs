//! The layers. Each is one file: its arguments, its shape rule, its parameters, its call, its documentation, its tests.
//! No other place knows what kinds of layer there are.

mod activation;
mod adaptive_pool;
mod batch_norm;
mod binary;
pub mod broadcast;
mod cast;
mod context;
mod conv;
mod conv_transpose;
mod dimension;
mod dropout;
mod elementwise;
mod flatten;
pub mod init;
mod join;
mod linear;
mod normalize;
mod pool;
mod reduction;
mod scalar;
#[cfg(test)]
mod testing;
mod window;

pub use context::{Built, Context, Failure};

use crate::shaped::Tensor;

/// All layers. A new layer is a file, and a line here.
static LAYERS: &[&[Layer]] = &[
    activation::LAYERS,
    adaptive_pool::LAYERS,
    batch_norm::LAYERS,
    binary::LAYERS,
    cast::LAYERS,
    conv::LAYERS,
    conv_transpose::LAYERS,
    dropout::LAYERS,
    elementwise::LAYERS,
    flatten::LAYERS,
    join::LAYERS,
    linear::LAYERS,
    normalize::LAYERS,
    pool::LAYERS,
    reduction::LAYERS,
];

/// One layer of the language.
#[derive(Debug)]
pub struct Layer {
    /// What it is called; an unlabelled stage is named after the first.
    pub names: &'static [&'static str],
    pub documentation: &'static str,
    pub arguments: &'static [Argument],
    /// Whether it has parameters, and so takes `init=` and its like.
    pub owns: bool,
    /// Whether it makes a value instead of changing one.
    pub source: bool,
    /// Checks the call, and writes it.
    pub infer: fn(&mut Context) -> Result<Built, Failure>,
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
    /// Its expressions are computed in floats.
    pub float: bool,
    pub documentation: &'static str,
}

impl Argument {
    /// An argument that is given by key.
    pub const fn key(name: &'static str, documentation: &'static str) -> Argument {
        Argument { name, short: None, positional: false, required: false, float: false, documentation }
    }

    /// An argument that may be given by position.
    pub const fn positional(name: &'static str, documentation: &'static str) -> Argument {
        Argument { positional: true, ..Argument::key(name, documentation) }
    }

    /// With an abbreviation.
    pub const fn short(self, short: &'static str) -> Argument {
        Argument { short: Some(short), ..self }
    }

    /// Has no default.
    pub const fn required(self) -> Argument {
        Argument { required: true, ..self }
    }

    /// Is a float.
    pub const fn float(self) -> Argument {
        Argument { float: true, ..self }
    }

    /// Whether `key` means this argument.
    pub fn is_called(&self, key: &str) -> bool {
        self.name == key || self.short == Some(key)
    }
}

/// What every layer with parameters takes besides its own arguments.
static OWNER_ARGUMENTS: &[Argument] = &[
    Argument::key(
        "init",
        "how the weight starts: `xavier_uniform`, `normal(0.0, 0.02)`, ..; PyTorch's own unless given",
    ),
    Argument::key("bias_init", "how the bias starts"),
    Argument::key("weight", "a value to take as the weight, instead of making one"),
];

impl Layer {
    /// The layer that is called `name`.
    pub fn find(name: &str) -> Option<&'static Layer> {
        Layer::all().find(|layer| layer.names.contains(&name))
    }

    /// Every layer.
    pub fn all() -> impl Iterator<Item = &'static Layer> {
        LAYERS.iter().copied().flatten()
    }

    /// Its own arguments, and those that every owner of parameters takes.
    pub fn all_arguments(&self) -> impl Iterator<Item = &'static Argument> + use<> {
        let common: &'static [Argument] = if self.owns { OWNER_ARGUMENTS } else { &[] };
        self.arguments.iter().chain(common)
    }

    /// What an unlabelled stage is named after.
    pub fn stem(&self) -> &'static str {
        self.names[0]
    }
}

/// The struct of the run time that holds such parameters.
pub fn bundle_of(tensors: &[Tensor]) -> &'static str {
    let names: Vec<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    match names.as_slice() {
        ["weight"] => "Weight",
        ["bias"] => "Bias",
        ["weight", "bias"] => "Affine",
        ["weight", "bias", "running_mean", "running_var"] => "BatchNorm",
        ["running_mean", "running_var"] => "Statistics",
        names => panic!("a layer with the parameters {names:?} says which struct holds them"),
    }
}
