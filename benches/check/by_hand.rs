//! ResNet-152 written by hand on tch, for `benches/check.rs`.

use nn_dsl::nn::{BatchNorm, Conv2D, ConvConfig, Linear, Module, ModuleT, Path, VarStore};
use nn_dsl::{Device, Kind, Tensor, nn};

/// A convolution without bias, followed by batch normalisation.
#[derive(Debug)]
struct ConvBn {
    conv: Conv2D,
    bn: BatchNorm,
}

impl ConvBn {
    fn new(path: &Path, (conv, bn): (&str, &str), (from, to): (i64, i64), kernel: i64, stride: i64) -> Self {
        let config = ConvConfig { stride, padding: kernel / 2, bias: false, ..ConvConfig::default() };
        Self {
            conv: nn::conv2d(path / conv, from, to, kernel, config),
            bn: nn::batch_norm2d(path / bn, to, nn::BatchNormConfig::default()),
        }
    }
}

impl ModuleT for ConvBn {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.bn.forward_t(&self.conv.forward(xs), train)
    }
}

#[derive(Debug)]
struct Bottleneck {
    first: ConvBn,
    second: ConvBn,
    third: ConvBn,
    downsample: Option<ConvBn>,
}

impl Bottleneck {
    fn new(path: &Path, from: i64, channels: i64, stride: i64) -> Self {
        let to = 4 * channels;
        let shortcut = || ConvBn::new(&(path / "downsample"), ("0", "1"), (from, to), 1, stride);
        Self {
            first: ConvBn::new(path, ("conv1", "bn1"), (from, channels), 1, 1),
            second: ConvBn::new(path, ("conv2", "bn2"), (channels, channels), 3, stride),
            third: ConvBn::new(path, ("conv3", "bn3"), (channels, to), 1, 1),
            downsample: (from != to || stride != 1).then(shortcut),
        }
    }
}

impl ModuleT for Bottleneck {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        let y = self.first.forward_t(xs, train).relu();
        let y = self.second.forward_t(&y, train).relu();
        let y = self.third.forward_t(&y, train);
        let shortcut = self.downsample.as_ref().map(|downsample| downsample.forward_t(xs, train));
        (y + shortcut.as_ref().unwrap_or(xs)).relu()
    }
}

#[derive(Debug)]
struct ResNet152 {
    stem: ConvBn,
    layers: Vec<Vec<Bottleneck>>,
    fc: Linear,
}

impl ResNet152 {
    fn new(path: &Path) -> Self {
        let mut from = 64;
        let mut layers = Vec::new();
        for (layer, (channels, turns)) in [(64, 3), (128, 8), (256, 36), (512, 3)].into_iter().enumerate() {
            let path = path / format!("layer{}", layer + 1);
            let blocks = (0..turns).map(|turn| {
                let stride = if turn == 0 && layer > 0 { 2 } else { 1 };
                let block = Bottleneck::new(&(&path / turn), from, channels, stride);
                from = 4 * channels;
                block
            });
            layers.push(blocks.collect());
        }
        let fc = nn::linear(path / "fc", 2048, 1000, nn::LinearConfig::default());
        Self { stem: ConvBn::new(path, ("conv1", "bn1"), (3, 64), 7, 2), layers, fc }
    }
}

impl ModuleT for ResNet152 {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        let stem = self.stem.forward_t(xs, train).relu().max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        let blocks = self.layers.iter().flatten();
        let y = blocks.fold(stem, |y, block| block.forward_t(&y, train));
        self.fc.forward(&y.adaptive_avg_pool2d([1, 1]).flatten(1, -1))
    }
}

fn main() {
    let vs = VarStore::new(Device::Cpu);
    let net = ResNet152::new(&vs.root());
    let images = Tensor::zeros([1, 3, 64, 64], (Kind::Float, Device::Cpu));
    println!("{:?}", net.forward_t(&images, false).size());
}
