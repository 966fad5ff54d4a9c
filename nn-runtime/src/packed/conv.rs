//! 2d convolutions with the weight packed for the fastest kernel.

use std::cell::{OnceCell, RefCell};

use tch::{Tensor, no_grad};

use super::{Activation, expect_bias, max_pool2d, misfit};
use crate::attempt::computed;
use crate::native::onednn::{self, Kernel};
use crate::native::{mapped_copy, planes, winograd};
use crate::{Error, Optimize};

/// With fewer multiply-adds, starting oneDNN takes longer than all of libtorch's own convolution.
const FEW: i64 = 500_000;

/// How a convolution moves over its input, in rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Window {
    /// The stride.
    pub stride: [i64; 2],
    /// The zeros added on both sides.
    pub padding: [i64; 2],
    /// The distance between the points of the window.
    pub dilation: [i64; 2],
    /// The number of channel groups.
    pub groups: i64,
}

impl Window {
    /// Whether the window is valid for this number of output channels.
    fn divides(&self, out: i64) -> bool {
        let Self { stride, padding, dilation, groups } = self;
        let steps = stride.iter().chain(dilation).all(|step| *step > 0);
        steps && padding.iter().all(|zeros| *zeros >= 0) && *groups > 0 && out % groups == 0
    }
}

impl Default for Window {
    fn default() -> Self {
        Self { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 }
    }
}

/// A convolution over `[N, C, H, W]`, followed by an activation.
///
/// ```
/// use nn_runtime::packed::{Activation, Conv2d, Window};
/// use tch::{Device, Kind, Tensor};
///
/// let float = (Kind::Float, Device::Cpu);
/// let (weight, bias) = (Tensor::randn([16, 3, 5, 5], float), Tensor::randn([16], float));
/// let images = Tensor::randn([2, 3, 28, 28], float);
/// let conv = Conv2d::new(&weight, Some(&bias), Window::default(), Activation::Relu)?;
/// let plain = images.conv2d(&weight, Some(&bias), [1, 1], [0, 0], [1, 1], 1).relu();
/// assert!(conv.forward(&images).allclose(&plain, 1e-5, 1e-5, false));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug)]
pub struct Conv2d {
    weight: Weight,
    bias: Option<Tensor>,
    kernel: Kernel,
    activation: Activation,
}

#[derive(Debug)]
enum Weight {
    Plain(Tensor),
    Packed(Packed),
    /// For a kernel so small that oneDNN is slower for some inputs.
    Both {
        plain: Tensor,
        packed: OnceCell<Tensor>,
    },
    /// For Winograd's convolution. The other form is made for the first input for which that is slower.
    Panels {
        panels: Tensor,
        other: OnceCell<Box<Weight>>,
    },
}

impl Weight {
    fn new(weight: &Tensor, kernel: &Kernel) -> Result<Self, Error> {
        if onednn::takes(weight) && winograd::takes(kernel) {
            Ok(Weight::Panels { panels: no_grad(|| winograd::pack(weight))?, other: OnceCell::new() })
        } else {
            Weight::direct(weight, kernel)
        }
    }

    /// For direct convolution.
    fn direct(weight: &Tensor, kernel: &Kernel) -> Result<Self, Error> {
        if !onednn::takes(weight) {
            return Ok(Weight::Plain(weight.optimized()?));
        }
        let Kernel { shape, window: Window { dilation, groups, .. } } = kernel;
        if shape.iter().product::<i64>() < FEW / 8 && *dilation == [1, 1] && *groups == 1 {
            Ok(Weight::Both { plain: weight.f_contiguous()?.optimized()?, packed: OnceCell::new() })
        } else {
            Ok(Weight::Packed(Packed::new(weight)?))
        }
    }
}

/// A weight for oneDNN, packed for the size of the first input, because the best layout depends on it.
#[derive(Debug)]
struct Packed {
    /// The weight until then.
    plain: RefCell<Option<Tensor>>,
    packed: OnceCell<Tensor>,
}

impl Packed {
    fn new(weight: &Tensor) -> Result<Self, Error> {
        let plain = RefCell::new(Some(no_grad(|| mapped_copy(weight))?));
        Ok(Self { plain, packed: OnceCell::new() })
    }

    fn packed(&self, input: &Tensor, kernel: &Kernel) -> &Tensor {
        self.packed.get_or_init(|| {
            let packed = {
                let plain = self.plain.borrow();
                computed(onednn::pack_conv2d(plain.as_ref().expect("it is not packed yet"), input, kernel))
            };
            self.plain.replace(None);
            packed
        })
    }
}

impl Conv2d {
    /// Prepares `weight`, `[out, in / groups, height, width]`; `bias` is `[out]`.
    ///
    /// # Errors
    /// If a tensor has another shape.
    pub fn new(weight: &Tensor, bias: Option<&Tensor>, window: Window, activation: Activation) -> Result<Self, Error> {
        const OF: &str = "packed convolution";
        let Ok(shape) = <[i64; 4]>::try_from(weight.size()) else {
            return Err(misfit(OF, "the weight must have 4 dimensions".to_owned(), &[("weight", weight)]));
        };
        expect_bias(OF, weight, bias)?;
        if !window.divides(shape[0]) {
            let problem =
                format!("{window:?} must have steps of at least 1, and groups that divide {} channels", shape[0]);
            return Err(misfit(OF, problem, &[("weight", weight)]));
        }
        let kernel = Kernel { shape, window };
        let weight = Weight::new(weight, &kernel)?;
        Ok(Self { weight, bias: bias.map(Tensor::optimized).transpose()?, kernel, activation })
    }

    /// Convolves `input`, `[N, C, H, W]`, then applies the activation.
    ///
    /// # Panics
    /// If `input` does not fit.
    pub fn forward(&self, input: &Tensor) -> Tensor {
        no_grad(|| self.run(&self.weight, input, self.activation))
    }

    /// Convolves `input`, adds `other`, broadcast like `+`, then applies the activation: the end of a residual block.
    ///
    /// # Panics
    /// If `input` or `other` does not fit.
    pub fn forward_add(&self, input: &Tensor, other: &Tensor) -> Tensor {
        no_grad(|| match &self.weight {
            Weight::Panels { panels, .. } if winograd::pays(input, &self.kernel) && self.gives(input, other) => {
                self.winograd(panels, input, Some(other), self.activation)
            }
            weight => self.activation.of_sum(self.run(weight, input, Activation::None), other),
        })
    }

    /// Like `forward`, followed by max pooling in adjacent windows of this many rows and columns.
    ///
    /// # Panics
    /// If `input` or the window does not fit.
    pub fn forward_max_pool(&self, input: &Tensor, window: [i64; 2]) -> Tensor {
        no_grad(|| match &self.weight {
            // A monotone function commutes with the maximum.
            Weight::Both { plain, .. } if self.activation.is_monotone() && planes::pay(input, &self.kernel, window) => {
                self.planes(plain, input, window, self.activation)
            }
            weight => max_pool2d(&self.run(weight, input, self.activation), window),
        })
    }

    /// Whether `other` has the shape and type of the result for `input`, with a stride of one.
    fn gives(&self, input: &Tensor, other: &Tensor) -> bool {
        let Kernel { shape: [out, _, rows, columns], window: Window { padding: [top, left], .. } } = self.kernel;
        let [n, _, height, width] = input.size()[..] else { return false };
        let size = [n, out, height + 2 * top + 1 - rows, width + 2 * left + 1 - columns];
        other.size() == size && other.kind() == input.kind() && other.device() == input.device()
    }

    fn run(&self, weight: &Weight, input: &Tensor, activation: Activation) -> Tensor {
        let Self { bias, kernel, .. } = self;
        let bias = bias.as_ref();
        match weight {
            Weight::Plain(weight) => {
                let Window { stride, padding, dilation, groups } = kernel.window;
                activation.in_place(input.conv2d(weight, bias, stride, padding, dilation, groups))
            }
            Weight::Both { plain, .. } if planes::pay(input, kernel, [1, 1]) => {
                self.planes(plain, input, [1, 1], activation)
            }
            Weight::Both { plain, .. } if onednn::multiply_adds(input, kernel) < FEW => {
                activation.in_place(computed(onednn::small_conv2d(input, plain, bias, kernel)))
            }
            Weight::Both { plain, packed } => {
                let packed = packed.get_or_init(|| computed(onednn::pack_conv2d(plain, input, kernel)));
                computed(onednn::conv2d(input, packed, bias, kernel, &activation.post_op()))
            }
            Weight::Packed(packed) => {
                let packed = packed.packed(input, kernel);
                computed(onednn::conv2d(input, packed, bias, kernel, &activation.post_op()))
            }
            Weight::Panels { panels, .. } if winograd::pays(input, kernel) => {
                self.winograd(panels, input, None, activation)
            }
            Weight::Panels { panels, other } => {
                let direct = || Weight::direct(&winograd::unpack(panels, kernel)?, kernel);
                self.run(other.get_or_init(|| Box::new(computed(direct()))), input, activation)
            }
        }
    }

    fn planes(&self, weight: &Tensor, input: &Tensor, window: [i64; 2], activation: Activation) -> Tensor {
        activation.in_place(computed(planes::conv2d(input, weight, self.bias.as_ref(), &self.kernel, window)))
    }

    fn winograd(&self, panels: &Tensor, input: &Tensor, other: Option<&Tensor>, activation: Activation) -> Tensor {
        let relu = activation == Activation::Relu;
        let result = computed(winograd::conv2d(input, panels, self.bias.as_ref(), other, &self.kernel, relu));
        if relu { result } else { activation.in_place(result) }
    }
}

#[cfg(test)]
mod tests;
