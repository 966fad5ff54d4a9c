//! The parameters of a layer, by name: `net.conv1.weight`. The names and layouts are PyTorch's.

use crate::init::{Init, buffer, parameter};
use tch::{Tensor, nn::Path};

/// The shape of a tensor, and how it starts.
type Start<'a> = (&'a [i64], Init);

/// A struct of parameters and buffers, and its constructor.
macro_rules! layer {
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
    };
}

layer! {
    /// A weight alone: `linear 10 bias=false`, `embedding`, `rmsnorm`, `prelu`.
    Weight { weight: parameter }
}

layer! {
    /// A bias alone, where the weight is another layer's.
    Bias { bias: parameter }
}

layer! {
    /// A weight and a bias: `conv`, `linear`, `layernorm`.
    Affine { weight: parameter, bias: parameter }
}

layer! {
    /// Batch normalisation: scale, shift, and the statistics that evaluation uses.
    BatchNorm { weight: parameter, bias: parameter, running_mean: buffer, running_var: buffer }
}
