//! Activations that are computed together with the layer before them.

use tch::Tensor;

use crate::native::onednn::PostOp;
use crate::ops;

/// The activation after a packed layer, with its name in `torch.nn`. oneDNN applies it before the layer's result is
/// stored.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum Activation {
    None,
    Relu,
    Relu6,
    /// Clamps to the two numbers.
    Hardtanh(f64, f64),
    /// With this factor for negative values.
    LeakyRelu(f64),
    Sigmoid,
    Tanh,
    Silu,
    Hardswish,
    Hardsigmoid,
    Gelu,
    /// `torch.nn.GELU(approximate="tanh")`
    GeluTanh,
}

impl Activation {
    /// Applies it in place to a value that nothing else refers to.
    pub(super) fn in_place(self, mut x: Tensor) -> Tensor {
        match self {
            Activation::None => x,
            Activation::Relu => x.relu_(),
            Activation::Relu6 => x.relu6_(),
            Activation::Hardtanh(low, high) => x.clamp_(low, high),
            Activation::LeakyRelu(slope) => ops::leaky_relu_(x, slope),
            Activation::Sigmoid => x.sigmoid_(),
            Activation::Tanh => x.tanh_(),
            Activation::Silu => x.silu_(),
            Activation::Hardswish => x.hardswish_(),
            Activation::Hardsigmoid => x.hardsigmoid_(),
            Activation::Gelu => x.gelu_("none"),
            Activation::GeluTanh => x.gelu_("tanh"),
        }
    }

    /// Whether it is monotonically increasing.
    pub(super) fn is_monotone(self) -> bool {
        match self {
            Activation::None
            | Activation::Relu
            | Activation::Relu6
            | Activation::Hardtanh(..)
            | Activation::Sigmoid
            | Activation::Tanh
            | Activation::Hardsigmoid => true,
            Activation::LeakyRelu(slope) => slope >= 0.0,
            Activation::Silu | Activation::Hardswish | Activation::Gelu | Activation::GeluTanh => false,
        }
    }

    /// Applies it to `x + other`, where nothing else refers to `x`. (The sums that oneDNN fuses with a layer are slower, unless
    /// they overwrite `other`; and `_add_relu_`, which exists only on the CPU, turns NaN into 0.)
    pub(super) fn of_sum(self, mut x: Tensor, other: &Tensor) -> Tensor {
        // `other` may be larger, or have a wider type.
        let fits = x.size() == other.size() && x.kind() == other.kind();
        self.in_place(if fits { x.g_add_(other) } else { x + other })
    }

    /// oneDNN's name for it.
    pub(super) fn post_op(self) -> PostOp {
        match self {
            Activation::None => PostOp::new(c"none", &[]),
            Activation::Relu => PostOp::new(c"relu", &[]),
            Activation::Relu6 => PostOp::new(c"hardtanh", &[0.0, 6.0]),
            Activation::Hardtanh(low, high) => PostOp::new(c"hardtanh", &[low, high]),
            Activation::LeakyRelu(slope) => PostOp::new(c"leaky_relu", &[slope]),
            Activation::Sigmoid => PostOp::new(c"sigmoid", &[]),
            Activation::Tanh => PostOp::new(c"tanh", &[]),
            Activation::Silu => PostOp::new(c"swish", &[]),
            Activation::Hardswish => PostOp::new(c"hardswish", &[]),
            Activation::Hardsigmoid => PostOp::new(c"hardsigmoid", &[]),
            Activation::Gelu => PostOp::new(c"gelu", &[]).algorithm(c"none"),
            Activation::GeluTanh => PostOp::new(c"gelu", &[]).algorithm(c"tanh"),
        }
    }
}
