//! The networks as its users write them with burn, on its CPU backend.

#[path = "../tables/answer.rs"]
mod answer;
#[path = "../tables/rows.rs"]
#[allow(dead_code)]
mod rows;
#[cfg(test)]
mod sample;

use answer::Call;
use anyhow::bail;
use burn::module::{ModuleVisitor, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{AdaptiveAvgPool2dConfig, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::prelude::*;
use burn::tensor::Distribution;
use burn::tensor::activation::relu;
use rows::{Model, Row, Task};

fn main() -> anyhow::Result<()> {
    answer::serve(load)
}

/// A network with an input of rank `D` that returns logits.
trait Classifier<const D: usize>: Module + 'static {
    fn forward(&self, x: Tensor<D>) -> Tensor<2>;
}

fn load(row: Row) -> anyhow::Result<(Call, i64)> {
    match row.net {
        Model::Mlp => load_net(row, Mlp::new),
        Model::LeNet => load_net(row, LeNet::new),
        Model::ResNet18 => load_net(row, ResNet18::new),
        _ => bail!("burn is not asked for `{row}`"),
    }
}

fn load_net<N: Classifier<D>, const D: usize>(row: Row, new: fn(&Device) -> N) -> anyhow::Result<(Call, i64)> {
    let shape: Vec<usize> = row.net.input(row.batch).into_iter().map(|size| size as usize).collect();
    let (plain, device) = (Device::flex(), Device::flex().autodiff());
    let net = new(&device);
    let mut learned = Learned(0);
    net.visit(&mut learned);
    let input = |device| Tensor::random(shape, Distribution::Normal(0., 1.), device);
    let call: Call = match row.task {
        Task::Inference => {
            let (net, input) = (net.valid(), input(&plain));
            Box::new(move || {
                net.forward(input.clone());
                Ok(())
            })
        }
        Task::Training => {
            let mut step = training(net, optimizer(row.net), input(&device), 1e-6);
            Box::new(move || {
                step();
                Ok(())
            })
        }
        _ => bail!("burn is not asked for `{row}`"),
    };
    Ok((call, learned.0))
}

/// Counts the trained parameters. `num_params` also counts the running statistics of batch norms.
struct Learned(i64);

impl ModuleVisitor for Learned {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.val().is_require_grad() {
            self.0 += param.shape().num_elements() as i64;
        }
    }
}

/// The optimizer, with PyTorch's defaults.
fn optimizer(net: Model) -> ModuleOptimizer {
    match net {
        Model::Mlp => AdamWConfig::new().with_epsilon(1e-8).with_weight_decay(0.01).init(),
        _ => SgdConfig::new().with_momentum(Some(MomentumConfig::new().with_dampening(0.))).init(),
    }
}

/// A training step, which returns the loss.
fn training<N: Classifier<D>, const D: usize>(
    net: N,
    mut optimizer: ModuleOptimizer,
    input: Tensor<D>,
    rate: f64,
) -> impl FnMut() -> Tensor<1> {
    let device = input.device();
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    let labels = Tensor::<1, Int>::zeros([input.dims()[0]], &device);
    let mut trained = Some(net);
    move || {
        let net = trained.take().expect("a step gives back what it takes");
        let loss = cross_entropy.forward(net.forward(input.clone()), labels.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        trained = Some(optimizer.step(rate, net, gradients));
        loss
    }
}

#[derive(Module, Debug)]
struct Mlp {
    linear1: Linear,
    linear2: Linear,
    linear3: Linear,
}

impl Mlp {
    fn new(device: &Device) -> Mlp {
        Mlp {
            linear1: LinearConfig::new(784, 512).init(device),
            linear2: LinearConfig::new(512, 512).init(device),
            linear3: LinearConfig::new(512, 10).init(device),
        }
    }
}

impl Classifier<2> for Mlp {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = relu(self.linear1.forward(x));
        let x = relu(self.linear2.forward(x));
        self.linear3.forward(x)
    }
}

#[derive(Module, Debug)]
struct LeNet {
    conv1: Conv2d,
    conv2: Conv2d,
    linear1: Linear,
    linear2: Linear,
    linear3: Linear,
}

impl LeNet {
    fn new(device: &Device) -> LeNet {
        LeNet {
            conv1: Conv2dConfig::new([1, 6], [5, 5]).with_padding(padding(2)).init(device),
            conv2: Conv2dConfig::new([6, 16], [5, 5]).init(device),
            linear1: LinearConfig::new(400, 120).init(device),
            linear2: LinearConfig::new(120, 84).init(device),
            linear3: LinearConfig::new(84, 10).init(device),
        }
    }
}

impl Classifier<4> for LeNet {
    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let pool = MaxPool2dConfig::new([2, 2]).init();
        let x = pool.forward(relu(self.conv1.forward(x)));
        let x = pool.forward(relu(self.conv2.forward(x)));
        let x = relu(self.linear1.forward(x.flatten(1, 3)));
        self.linear3.forward(relu(self.linear2.forward(x)))
    }
}

fn padding(places: usize) -> PaddingConfig2d {
    PaddingConfig2d::Explicit(places, places, places, places)
}

fn conv([into, out]: [usize; 2], kernel: usize, stride: usize, device: &Device) -> Conv2d {
    let config = Conv2dConfig::new([into, out], [kernel, kernel]).with_stride([stride, stride]);
    config.with_padding(padding(kernel / 2)).with_bias(false).init(device)
}

fn bn(channels: usize, device: &Device) -> BatchNorm {
    BatchNormConfig::new(channels).init(device)
}

#[derive(Module, Debug)]
struct Basic {
    conv1: Conv2d,
    bn1: BatchNorm,
    conv2: Conv2d,
    bn2: BatchNorm,
    downsample: Option<(Conv2d, BatchNorm)>,
}

impl Basic {
    /// A block with more channels halves the height and width.
    fn new([into, out]: [usize; 2], device: &Device) -> Basic {
        let stride = if into == out { 1 } else { 2 };
        Basic {
            conv1: conv([into, out], 3, stride, device),
            bn1: bn(out, device),
            conv2: conv([out, out], 3, 1, device),
            bn2: bn(out, device),
            downsample: (into != out).then(|| (conv([into, out], 1, stride, device), bn(out, device))),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let ys = relu(self.bn1.forward(self.conv1.forward(x.clone())));
        let ys = self.bn2.forward(self.conv2.forward(ys));
        let x = match &self.downsample {
            Some((conv, bn)) => bn.forward(conv.forward(x)),
            None => x,
        };
        relu(ys + x)
    }
}

#[derive(Module, Debug)]
struct ResNet18 {
    conv1: Conv2d,
    bn1: BatchNorm,
    layer1: [Basic; 2],
    layer2: [Basic; 2],
    layer3: [Basic; 2],
    layer4: [Basic; 2],
    fc: Linear,
}

impl ResNet18 {
    fn new(device: &Device) -> ResNet18 {
        let layer = |into, out| [Basic::new([into, out], device), Basic::new([out, out], device)];
        ResNet18 {
            conv1: conv([3, 64], 7, 2, device),
            bn1: bn(64, device),
            layer1: layer(64, 64),
            layer2: layer(64, 128),
            layer3: layer(128, 256),
            layer4: layer(256, 512),
            fc: LinearConfig::new(512, 1000).init(device),
        }
    }
}

impl Classifier<4> for ResNet18 {
    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = relu(self.bn1.forward(self.conv1.forward(x)));
        let x = MaxPool2dConfig::new([3, 3]).with_strides([2, 2]).with_padding(padding(1)).init().forward(x);
        let layers = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        let x = layers.into_iter().flatten().fold(x, |x, block| block.forward(x));
        let x = AdaptiveAvgPool2dConfig::new([1, 1]).init().forward(x);
        self.fc.forward(x.flatten(1, 3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::store::{ModuleSnapshot, PyTorchToBurnAdapter, SafetensorsStore};
    use sample::Sample;

    fn tensor<const D: usize>(sample: &sample::Tensor, device: &Device) -> Tensor<D> {
        Tensor::from_data(TensorData::new(sample.values.clone(), sample.shape.clone()), device)
    }

    fn check<N: Classifier<D>, const D: usize>(net: Model, new: fn(&Device) -> N) {
        let sample = Sample::of(net);
        let load = |device: &Device| {
            let mut loaded = new(device);
            let store = SafetensorsStore::from_file(sample.weights()).with_from_adapter(PyTorchToBurnAdapter);
            // The names of the MLP's layers in a `Sequential`.
            let mut store = [("0", "linear1"), ("2", "linear2"), ("4", "linear3")]
                .into_iter()
                .fold(store, |store, (from, to)| store.with_key_remapping(format!("^{from}\\."), format!("{to}.")));
            loaded.load_from(&mut store).unwrap();
            loaded
        };
        let device = Device::flex();
        let output = load(&device).forward(tensor(&sample.input, &device));
        sample::assert_near(&output.into_data().try_to_vec().unwrap(), &sample.output.values);

        let device = device.autodiff();
        let mut step = training(load(&device), optimizer(net), tensor(&sample.input, &device), sample::RATE);
        let losses: Vec<f32> = sample.losses.values.iter().map(|_| step().into_scalar()).collect();
        sample::assert_near(&losses, &sample.losses.values);
    }

    #[test]
    fn mlp_is_pytorchs() {
        check(Model::Mlp, Mlp::new);
    }

    #[test]
    fn lenet_is_pytorchs() {
        check(Model::LeNet, LeNet::new);
    }

    #[test]
    fn resnet18_is_pytorchs() {
        check(Model::ResNet18, ResNet18::new);
    }
}
