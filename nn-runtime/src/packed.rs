//! Layers for inference on the CPU: the weight is packed once into the layout that oneDNN wants, and what follows the layer
//! is computed with it, before its result is stored.
//!
//! These are what `torch.compile` calls on a CPU (`torch/_inductor/mkldnn_lowerings.py`). They record no gradients, and they
//! do not see it when the weight they were made of is trained further.

use tch::{Device, Kind, Tensor, no_grad};

use crate::native::onednn::{self, Activation};
use crate::{Error, Misfit};

/// How a convolution moves over its input, in rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Window {
    /// Step of the window.
    pub stride: [i64; 2],
    /// Zeros added on both sides.
    pub padding: [i64; 2],
    /// Distance between the points of the window.
    pub dilation: [i64; 2],
    /// Groups of channels that do not see each other.
    pub groups: i64,
}

impl Window {
    /// Whether a convolution to so many channels can move so.
    fn divides(&self, out: i64) -> bool {
        let Self { stride, padding, dilation, groups } = self;
        let steps = stride.iter().chain(dilation).all(|step| *step > 0);
        steps && padding.iter().all(|zeros| *zeros >= 0) && *groups > 0 && out % groups == 0
    }

    /// How many steps a window of `kernel` points makes along an axis: none where it does not fit.
    fn steps(&self, axis: usize, size: i64, kernel: i64) -> i64 {
        let Self { stride, padding, dilation, .. } = self;
        (size + 2 * padding[axis] - dilation[axis] * (kernel - 1) - 1).div_euclid(stride[axis]) + 1
    }
}

impl Default for Window {
    fn default() -> Self {
        Self { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 }
    }
}

/// A convolution over `[N, C, H, W]` whose weight is packed. Its results lie channels-last in memory, and it is fastest
/// where its inputs do.
///
/// ```
/// use nn_runtime::packed::{Conv2d, Window};
/// use tch::{Device, Kind, Tensor};
///
/// let float = (Kind::Float, Device::Cpu);
/// let (weight, bias) = (Tensor::randn([16, 3, 5, 5], float), Tensor::randn([16], float));
/// let images = Tensor::randn([2, 3, 28, 28], float);
/// let conv = Conv2d::new(&weight, Some(&bias), Window::default())?;
/// let plain = images.conv2d(&weight, Some(&bias), [1, 1], [0, 0], [1, 1], 1).relu();
/// assert!(conv.forward_relu(&images)?.allclose(&plain, 1e-5, 1e-5, false));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug)]
pub struct Conv2d {
    packed: Tensor,
    bias: Option<Tensor>,
    window: Window,
    /// `[out, in / groups, height, width]`: oneDNN does not check that its inputs fit.
    shape: [i64; 4],
}

impl Conv2d {
    /// Packs `weight`, `[out, in / groups, height, width]`; `bias` is `[out]`.
    ///
    /// # Errors
    /// If a tensor has another shape, is not `f32`, or is not on the CPU.
    pub fn new(weight: &Tensor, bias: Option<&Tensor>, window: Window) -> Result<Self, Error> {
        const OF: &str = "packed convolution";
        expect(OF, "weight", weight, 4)?;
        expect_bias(OF, weight, bias)?;
        let (out, into, height, width) = weight.size4()?;
        if !window.divides(out) {
            let problem = format!("{window:?} must have steps of at least 1, and groups that divide {out} channels");
            return Err(misfit(OF, problem, "weight", weight));
        }
        let packed = no_grad(|| onednn::pack_conv2d(&weight.detach(), &window))?;
        Ok(Self { packed, bias: bias.map(Tensor::detach), window, shape: [out, into, height, width] })
    }

    /// The convolution of `input`, `[N, C, H, W]`.
    ///
    /// # Errors
    /// If `input` has another shape, is not `f32`, or is not on the CPU.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor, Error> {
        self.run(input, Activation::None)
    }

    /// The convolution of `input`, then relu.
    ///
    /// # Errors
    /// As [`Conv2d::forward`].
    pub fn forward_relu(&self, input: &Tensor) -> Result<Tensor, Error> {
        self.run(input, Activation::Relu)
    }

    /// The convolution of `input` plus `other`, which has the shape of the result, then relu: the end of a residual block.
    ///
    /// # Errors
    /// As [`Conv2d::forward`], and if `other` does not fit.
    pub fn forward_add_relu(&self, input: &Tensor, other: &Tensor) -> Result<Tensor, Error> {
        let size = self.output_size(input)?;
        expect("packed convolution", "other", other, 4)?;
        if other.size() != size {
            return Err(misfit("packed convolution", format!("what is added must be {size:?}"), "other", other));
        }
        let Self { packed, bias, window, .. } = self;
        no_grad(|| onednn::conv2d_add_relu(input, other, packed, bias.as_ref(), window))
    }

    fn run(&self, input: &Tensor, activation: Activation) -> Result<Tensor, Error> {
        self.output_size(input)?;
        let Self { packed, bias, window, .. } = self;
        no_grad(|| onednn::conv2d(input, packed, bias.as_ref(), window, activation))
    }

    /// The size of the result, where the input fits.
    fn output_size(&self, input: &Tensor) -> Result<[i64; 4], Error> {
        const OF: &str = "packed convolution";
        expect(OF, "input", input, 4)?;
        let (samples, channels, height, width) = input.size4()?;
        let [out, per_group, ref kernel @ ..] = self.shape;
        let wanted = per_group * self.window.groups;
        if channels != wanted {
            return Err(misfit(OF, format!("the input must have {wanted} channels"), "input", input));
        }
        let [height, width] = [0, 1].map(|axis| self.window.steps(axis, [height, width][axis], kernel[axis]));
        if height < 1 || width < 1 {
            return Err(misfit(OF, format!("the {}x{} kernel does not fit", kernel[0], kernel[1]), "input", input));
        }
        Ok([samples, out, height, width])
    }
}

/// `y = x W^T + b` over the last dimension, whose weight is packed for a number of rows.
///
/// It wins where there are many; a few rows are multiplied as fast by [`Tensor::linear`], or faster.
///
/// ```
/// use nn_runtime::packed::Linear;
/// use tch::{Device, Kind, Tensor};
///
/// let float = (Kind::Float, Device::Cpu);
/// let (weight, bias) = (Tensor::randn([30, 20], float), Tensor::randn([30], float));
/// let x = Tensor::randn([64, 20], float);
/// let linear = Linear::new(&weight, Some(&bias), 64)?;
/// assert!(linear.forward_relu(&x)?.allclose(&x.linear(&weight, Some(&bias)).relu(), 1e-5, 1e-5, false));
/// # Ok::<(), nn_runtime::Error>(())
/// ```
#[derive(Debug)]
pub struct Linear {
    packed: Tensor,
    bias: Option<Tensor>,
    features: i64,
}

impl Linear {
    /// Packs `weight`, `[out, in]`; `bias` is `[out]`. Inputs may have any number of rows; `rows` is what it is made fast for.
    ///
    /// # Errors
    /// If a tensor has another shape, is not `f32`, or is not on the CPU.
    pub fn new(weight: &Tensor, bias: Option<&Tensor>, rows: i64) -> Result<Self, Error> {
        const OF: &str = "packed linear layer";
        expect(OF, "weight", weight, 2)?;
        expect_bias(OF, weight, bias)?;
        if rows < 1 {
            return Err(misfit(OF, format!("it cannot be packed for {rows} rows"), "weight", weight));
        }
        let packed = no_grad(|| onednn::pack_linear(&weight.detach(), rows))?;
        Ok(Self { packed, bias: bias.map(Tensor::detach), features: weight.size()[1] })
    }

    /// The layer applied to `input`, `[.., in]`.
    ///
    /// # Errors
    /// If `input` has another shape, is not `f32`, or is not on the CPU.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor, Error> {
        self.run(input, Activation::None)
    }

    /// The layer applied to `input`, then relu.
    ///
    /// # Errors
    /// As [`Linear::forward`].
    pub fn forward_relu(&self, input: &Tensor) -> Result<Tensor, Error> {
        self.run(input, Activation::Relu)
    }

    fn run(&self, input: &Tensor, activation: Activation) -> Result<Tensor, Error> {
        expect_kind("packed linear layer", "input", input)?;
        if input.size().last() != Some(&self.features) {
            let problem = format!("the input must have {} features", self.features);
            return Err(misfit("packed linear layer", problem, "input", input));
        }
        no_grad(|| onednn::linear(input, &self.packed, self.bias.as_ref(), activation))
    }
}

fn expect(of: &'static str, name: &str, tensor: &Tensor, rank: usize) -> Result<(), Error> {
    expect_kind(of, name, tensor)?;
    match tensor.dim() == rank {
        true => Ok(()),
        false => Err(misfit(of, format!("the {name} must have {rank} dimensions"), name, tensor)),
    }
}

fn expect_bias(of: &'static str, weight: &Tensor, bias: Option<&Tensor>) -> Result<(), Error> {
    let Some(bias) = bias else { return Ok(()) };
    expect_kind(of, "bias", bias)?;
    match bias.size() == weight.size()[..1] {
        true => Ok(()),
        false => Err(misfit(of, format!("the bias must be [{}]", weight.size()[0]), "bias", bias)),
    }
}

fn expect_kind(of: &'static str, name: &str, tensor: &Tensor) -> Result<(), Error> {
    match tensor.kind() == Kind::Float && tensor.device() == Device::Cpu {
        true => Ok(()),
        false => Err(misfit(of, format!("the {name} must be f32 and on the CPU"), name, tensor)),
    }
}

fn misfit(of: &'static str, problem: String, name: &str, tensor: &Tensor) -> Error {
    Misfit::new(of, problem, &[(name, tensor)], "use the layer that it was made of").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOAT: (Kind, Device) = (Kind::Float, Device::Cpu);

    fn channels_last(x: &Tensor) -> Tensor {
        x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
    }

    fn assert_equal(found: &Tensor, expected: &Tensor) {
        assert_eq!(found.size(), expected.size());
        assert!(found.allclose(expected, 1e-5, 1e-5, false), "{found} is not {expected}");
    }

    fn windows() -> [Window; 4] {
        [
            Window::default(),
            Window { padding: [1, 2], ..Window::default() },
            Window { stride: [2, 1], dilation: [1, 2], ..Window::default() },
            Window { stride: [2, 2], padding: [1, 1], groups: 4, ..Window::default() },
        ]
    }

    #[test]
    fn a_packed_convolution_is_the_plain_one() {
        tch::manual_seed(1);
        let (x, bias) = (Tensor::randn([2, 8, 13, 17], FLOAT), Tensor::randn([12], FLOAT));
        for window in windows() {
            let Window { stride, padding, dilation, groups } = window;
            let weight = Tensor::randn([12, 8 / groups, 3, 3], FLOAT);
            for bias in [None, Some(&bias)] {
                let conv = Conv2d::new(&weight, bias, window).unwrap();
                let plain = x.conv2d(&weight, bias, stride, padding, dilation, groups);
                let other = plain.randn_like();
                for (x, other) in [(x.shallow_clone(), &other), (channels_last(&x), &channels_last(&other))] {
                    assert_equal(&conv.forward(&x).unwrap(), &plain);
                    assert_equal(&conv.forward_relu(&x).unwrap(), &plain.relu());
                    assert_equal(&conv.forward_add_relu(&x, other).unwrap(), &(&plain + other).relu());
                }
            }
        }
    }

    #[test]
    fn a_packed_linear_layer_is_the_plain_one() {
        tch::manual_seed(1);
        let (weight, bias) = (Tensor::randn([30, 20], FLOAT), Tensor::randn([30], FLOAT));
        for bias in [None, Some(&bias)] {
            let linear = Linear::new(&weight, bias, 64).unwrap();
            for shape in [&[20][..], &[1, 20], &[64, 20], &[3, 5, 20], &[0, 20]] {
                let x = Tensor::randn(shape, FLOAT);
                let plain = x.linear(&weight, bias);
                assert_equal(&linear.forward(&x).unwrap(), &plain);
                assert_equal(&linear.forward_relu(&x).unwrap(), &plain.relu());
            }
        }
    }

    #[test]
    fn what_is_packed_is_not_trained_further_and_records_no_gradient() {
        let mut weight = Tensor::ones([1, 1, 1, 1], FLOAT).set_requires_grad(true);
        let conv = Conv2d::new(&weight, None, Window::default()).unwrap();
        let _ = no_grad(|| weight.fill_(2.0));
        let result = conv.forward(&Tensor::ones([1, 1, 1, 1], FLOAT)).unwrap();
        assert!(!result.requires_grad());
        assert_eq!(result.double_value(&[0, 0, 0, 0]), 1.0);
    }

    fn error<T>(result: Result<T, Error>) -> String {
        result.err().expect("an error").to_string()
    }

    #[test]
    fn tensors_that_do_not_fit_are_errors() {
        let conv = Conv2d::new(&Tensor::zeros([6, 3, 3, 3], FLOAT), None, Window::default()).unwrap();
        assert_eq!(
            error(conv.forward(&Tensor::zeros([2, 4, 8, 8], FLOAT))),
            "packed convolution: the input must have 3 channels\nnote: input: f32 [2, 4, 8, 8]\n\
             help: use the layer that it was made of"
        );
        let x = Tensor::zeros([2, 3, 8, 8], FLOAT);
        assert!(error(conv.forward(&x.to_kind(Kind::Double))).contains("the input must be f32 and on the CPU"));
        assert!(error(conv.forward_add_relu(&x, &x)).contains("what is added must be [2, 6, 6, 6]"));
        assert!(error(conv.forward(&Tensor::zeros([2, 3, 2, 8], FLOAT))).contains("the 3x3 kernel does not fit"));
        let quarters = Window { groups: 4, ..Window::default() };
        assert!(error(Conv2d::new(&Tensor::zeros([6, 3, 3, 3], FLOAT), None, quarters)).contains("divide 6 channels"));
        let flat = Tensor::zeros([6, 3], FLOAT);
        assert!(error(Conv2d::new(&flat, None, Window::default())).contains("the weight must have 4 dimensions"));
        assert!(error(Linear::new(&flat, Some(&flat), 1)).contains("the bias must be [6]"));
        assert!(error(Linear::new(&flat, None, 0)).contains("it cannot be packed for 0 rows"));
        let linear = Linear::new(&flat, None, 1).unwrap();
        assert!(error(linear.forward(&Tensor::zeros([2, 4], FLOAT))).contains("the input must have 3 features"));
    }
}
