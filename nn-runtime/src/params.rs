//! The parameters of a layer, by name: `net.conv1.weight`. The names and layouts are PyTorch's.

use crate::init::{Init, buffer, parameter};
use crate::{Error, Optimize};
use tch::{Tensor, nn::Path};

/// The shape and initialisation of a tensor.
type Start<'a> = (&'a [i64], Init);

/// A struct of parameters and buffers, and its constructor.
macro_rules! params {
    ($(#[$attribute:meta])* $name:ident { $($tensor:ident: $make:ident),* }) => {
        $(#[$attribute])*
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub struct $name {
            $(pub $tensor: Tensor,)*
        }

        impl $name {
            /// Makes the tensors under `path`, each of the given shape.
            #[track_caller]
            pub fn new(path: &Path, $($tensor: Start),*) -> Self {
                Self { $($tensor: $make(path, stringify!($tensor), $tensor.0, $tensor.1),)* }
            }
        }

        impl Optimize for $name {
            type Optimized = Self;

            fn optimized(&self) -> Result<Self, Error> {
                Ok(Self { $($tensor: self.$tensor.optimized()?,)* })
            }
        }
    };
}

params! {
    /// A weight alone: `linear 10 bias=false`, `embedding`, `rmsnorm`, `prelu`.
    Weight { weight: parameter }
}

params! {
    /// A bias alone, where the weight is another layer's.
    Bias { bias: parameter }
}

params! {
    /// A weight and a bias: `conv`, `linear`, `layernorm`.
    Affine { weight: parameter, bias: parameter }
}

params! {
    /// Batch normalisation: scale, shift, and the statistics that evaluation uses.
    BatchNorm { weight: parameter, bias: parameter, running_mean: buffer, running_var: buffer }
}

params! {
    /// Normalisation that keeps statistics, but neither scales nor shifts: `bn affine=false`.
    Statistics { running_mean: buffer, running_var: buffer }
}

/// Multi-head attention: the projections of queries, keys and values in one, and that of the result.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Attention {
    pub in_proj_weight: Tensor,
    pub in_proj_bias: Tensor,
    pub out_proj: Affine,
}

impl Attention {
    /// Makes the tensors under `path`, each of the given shape.
    #[track_caller]
    pub fn new(path: &Path, in_weight: Start, in_bias: Start, out_weight: Start, out_bias: Start) -> Self {
        let out_proj = Affine::new(&(path / "out_proj"), out_weight, out_bias);
        // PyTorch's module creates a linear layer first, which draws a bias, and then sets that to 0.
        let _ = Init::fan_in(out_bias.0.iter().product()).tensor(out_bias.0, path.kind(), path.device());
        Self {
            in_proj_weight: parameter(path, "in_proj_weight", in_weight.0, in_weight.1),
            in_proj_bias: parameter(path, "in_proj_bias", in_bias.0, in_bias.1),
            out_proj,
        }
    }
}

impl Optimize for Attention {
    type Optimized = Self;

    fn optimized(&self) -> Result<Self, Error> {
        let Self { in_proj_weight, in_proj_bias, out_proj } = self;
        Ok(Self {
            in_proj_weight: in_proj_weight.optimized()?,
            in_proj_bias: in_proj_bias.optimized()?,
            out_proj: out_proj.optimized()?,
        })
    }
}

/// Multi-head attention without biases.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct AttentionWeights {
    pub in_proj_weight: Tensor,
    pub out_proj: Weight,
}

impl AttentionWeights {
    /// Makes the tensors under `path`, each of the given shape.
    #[track_caller]
    pub fn new(path: &Path, in_weight: Start, out_weight: Start) -> Self {
        // First drawn, as in PyTorch's module.
        let out_proj = Weight::new(&(path / "out_proj"), out_weight);
        Self { in_proj_weight: parameter(path, "in_proj_weight", in_weight.0, in_weight.1), out_proj }
    }
}

impl Optimize for AttentionWeights {
    type Optimized = Self;

    fn optimized(&self) -> Result<Self, Error> {
        Ok(Self { in_proj_weight: self.in_proj_weight.optimized()?, out_proj: self.out_proj.optimized()? })
    }
}

/// Any layer of a network that does not compile: it has whatever a layer may have, so that using it adds no error.
#[doc(hidden)]
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Unknown {
    pub weight: Tensor,
    pub bias: Tensor,
    pub running_mean: Tensor,
    pub running_var: Tensor,
    pub in_proj_weight: Tensor,
    pub in_proj_bias: Tensor,
    pub out_proj: Affine,
}
