//! The networks written by hand with `tch::nn`, for the benchmarks that include this file.
#![allow(dead_code)] // Each uses a part of it.

use tch::Tensor;
use tch::nn::{self, Module, ModuleT, RNN};

#[derive(Debug)]
pub struct Mlp([nn::Linear; 3]);

impl Mlp {
    pub fn new(path: &nn::Path) -> Mlp {
        let linear = |name, into, out| nn::linear(path / name, into, out, Default::default());
        Mlp([linear("linear1", 784, 512), linear("linear2", 512, 512), linear("linear3", 512, 10)])
    }
}

impl Module for Mlp {
    fn forward(&self, xs: &Tensor) -> Tensor {
        let [first, second, third] = &self.0;
        xs.apply(first).relu().apply(second).relu().apply(third)
    }
}

#[derive(Debug)]
pub struct LeNet {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    linear1: nn::Linear,
    linear2: nn::Linear,
    linear3: nn::Linear,
}

impl LeNet {
    pub fn new(path: &nn::Path) -> LeNet {
        let padded = nn::ConvConfig { padding: 2, ..Default::default() };
        LeNet {
            conv1: nn::conv2d(path / "conv1", 1, 6, 5, padded),
            conv2: nn::conv2d(path / "conv2", 6, 16, 5, Default::default()),
            linear1: nn::linear(path / "linear1", 400, 120, Default::default()),
            linear2: nn::linear(path / "linear2", 120, 84, Default::default()),
            linear3: nn::linear(path / "linear3", 84, 10, Default::default()),
        }
    }
}

impl ModuleT for LeNet {
    fn forward_t(&self, xs: &Tensor, _train: bool) -> Tensor {
        xs.apply(&self.conv1)
            .relu()
            .max_pool2d_default(2)
            .apply(&self.conv2)
            .relu()
            .max_pool2d_default(2)
            .flatten(1, -1)
            .apply(&self.linear1)
            .relu()
            .apply(&self.linear2)
            .relu()
            .apply(&self.linear3)
    }
}

/// A convolution and its batch normalisation.
#[derive(Debug)]
struct ConvBn {
    conv: nn::Conv2D,
    bn: nn::BatchNorm,
}

impl ConvBn {
    fn new(path: nn::Path, into: i64, out: i64, kernel: i64, stride: i64) -> ConvBn {
        let config = nn::ConvConfig { stride, padding: kernel / 2, bias: false, ..Default::default() };
        ConvBn {
            conv: nn::conv2d(&path / "conv", into, out, kernel, config),
            bn: nn::batch_norm2d(&path / "bn", out, Default::default()),
        }
    }
}

impl ModuleT for ConvBn {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        xs.apply(&self.conv).apply_t(&self.bn, train)
    }
}

#[derive(Debug)]
struct Basic {
    first: ConvBn,
    second: ConvBn,
    downsample: Option<ConvBn>,
}

impl Basic {
    fn new(path: nn::Path, into: i64, out: i64, stride: i64) -> Basic {
        let downsample = (into != out).then(|| ConvBn::new(&path / "downsample", into, out, 1, stride));
        Basic {
            first: ConvBn::new(&path / "first", into, out, 3, stride),
            second: ConvBn::new(&path / "second", out, out, 3, 1),
            downsample,
        }
    }
}

impl ModuleT for Basic {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        let ys = xs.apply_t(&self.first, train).relu().apply_t(&self.second, train);
        match &self.downsample {
            Some(downsample) => (xs.apply_t(downsample, train) + ys).relu(),
            None => (xs + ys).relu(),
        }
    }
}

/// ResNet-18 has two blocks in each stage, ResNet-34 has 3, 4, 6 and 3.
#[derive(Debug)]
pub struct ResNet {
    stem: ConvBn,
    blocks: Vec<Basic>,
    fc: nn::Linear,
}

impl ResNet {
    pub fn new(path: &nn::Path, blocks: [i64; 4]) -> ResNet {
        let widths = [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)];
        let stage = |index: usize| {
            let path = path / format!("layer{}", index + 1);
            let (into, out, stride) = widths[index];
            let rest = (1..blocks[index]).map(|block| (block, out, 1));
            let block = |(block, into, stride)| Basic::new(&path / block, into, out, stride);
            [(0, into, stride)].into_iter().chain(rest).map(block).collect::<Vec<_>>()
        };
        ResNet {
            stem: ConvBn::new(path / "stem", 3, 64, 7, 2),
            blocks: (0..4).flat_map(stage).collect(),
            fc: nn::linear(path / "fc", 512, 1000, Default::default()),
        }
    }
}

impl ModuleT for ResNet {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        let stem = xs.apply_t(&self.stem, train).relu().max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        let features = self.blocks.iter().fold(stem, |xs, block| xs.apply_t(block, train));
        features.adaptive_avg_pool2d([1, 1]).flatten(1, -1).apply(&self.fc)
    }
}

#[derive(Debug)]
pub struct Lstm(nn::LSTM);

impl Lstm {
    pub fn new(path: &nn::Path, features: i64, hidden: i64, layers: i64) -> Lstm {
        Lstm(nn::lstm(path, features, hidden, nn::RNNConfig { num_layers: layers, ..Default::default() }))
    }
}

impl ModuleT for Lstm {
    fn forward_t(&self, xs: &Tensor, _train: bool) -> Tensor {
        self.0.seq(xs).0
    }
}

#[derive(Debug)]
struct EncoderLayer {
    heads: i64,
    norm1: nn::LayerNorm,
    project: nn::Linear,
    out: nn::Linear,
    norm2: nn::LayerNorm,
    widen: nn::Linear,
    narrow: nn::Linear,
}

impl EncoderLayer {
    fn new(path: nn::Path, width: i64, heads: i64) -> EncoderLayer {
        let norm = |name| nn::layer_norm(&path / name, vec![width], Default::default());
        let linear = |name, into, out| nn::linear(&path / name, into, out, Default::default());
        EncoderLayer {
            heads,
            norm1: norm("norm1"),
            project: linear("project", width, 3 * width),
            out: linear("out", width, width),
            norm2: norm("norm2"),
            widen: linear("widen", width, 4 * width),
            narrow: linear("narrow", 4 * width, width),
        }
    }

    fn attend(&self, xs: &Tensor) -> Tensor {
        let (batch, steps, width) = xs.size3().expect("three dimensions");
        let heads =
            xs.apply(&self.project).view([batch, steps, 3, self.heads, width / self.heads]).permute([2, 0, 3, 1, 4]);
        let [query, key, value] = [0, 1, 2].map(|index| heads.get(index));
        let none = None::<&Tensor>;
        Tensor::scaled_dot_product_attention(&query, &key, &value, none, 0.0, false, None, false)
            .transpose(1, 2)
            .reshape([batch, steps, width])
            .apply(&self.out)
    }
}

impl Module for EncoderLayer {
    fn forward(&self, xs: &Tensor) -> Tensor {
        let xs = xs + self.attend(&xs.apply(&self.norm1));
        let ys = xs.apply(&self.norm2).apply(&self.widen).gelu("none").apply(&self.narrow);
        xs + ys
    }
}

#[derive(Debug)]
pub struct Encoder {
    layers: Vec<EncoderLayer>,
    norm: nn::LayerNorm,
}

impl Encoder {
    pub fn new(path: &nn::Path, width: i64, heads: i64) -> Encoder {
        Encoder {
            layers: (0..6).map(|index| EncoderLayer::new(path / index, width, heads)).collect(),
            norm: nn::layer_norm(path / "norm", vec![width], Default::default()),
        }
    }
}

impl ModuleT for Encoder {
    fn forward_t(&self, xs: &Tensor, _train: bool) -> Tensor {
        self.layers.iter().fold(xs.shallow_clone(), |xs, layer| xs.apply(layer)).apply(&self.norm)
    }
}
