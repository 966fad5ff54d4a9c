//! Traces of one run: the right layers, the right numbers, and which layer made the first NaN.

use nn_dsl::models::{
    AlexNet, DenseNet121, GoogLeNet, MobileNetV2, ResNet18, ResNet50, SqueezeNet1_1, UNet, Vgg11Bn, VitB16,
};
use nn_dsl::prelude::*;
use nn_dsl::{InputError, Trace};

network! {
    LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }

    block gate(d, skip) { (id, skip) -> add -> linear d }

    /// All that a listing can hold.
    Flow(x: [N, T, 4], y: [N, T, 4]) -> (c: [N, T, 4], b: [N, T, 4]) {
        param w: [4] init=ones;
        shared f = linear 4;
        shared g = { linear 4 -> relu };
        let h = x -> residual { linear 4 -> relu };
        let a = h -> layers: repeat 2 { gate 4 skip=y } -> repeat 2 { linear 4 } -> repeat 2 { gate 4 skip=y -> tanh };
        let b = { (1.0 - a) * w } -> f -> f -> { relu -> g };
        let (p, q) = b -> chunk 2 dim=2;
        (a, (p, q) -> cat dim=2 -> inside: Inner -> [N, T, 4] -> module: Double() -> [N, T, 4] -> apply halved)
    }

    Inner(x: [M, S, 4]) -> [M, S, 4] { stages: repeat 2 { linear 4 -> relu } -> dropout 0.5 }

    /// Divides by the deviation of a row: of a row that is constant, by 0.
    Normalised(x: [N, 4]) -> [N, 2] {
        linear 4
        -> body: {
            let x = linear 4;
            let centred = x - (x -> mean 1 keepdim=true);
            let scale = centred * centred -> mean 1 keepdim=true -> sqrt;
            centred / scale
        }
        -> out: linear 2
    }
}

#[derive(Debug)]
struct Double;

impl Double {
    fn new(_: &nn::Path) -> Self {
        Double
    }

    fn forward_t(&self, x: &Tensor, _: bool) -> Tensor {
        x * 2.0
    }
}

fn halved(x: &Tensor) -> Tensor {
    x / 2.0
}

fn made<N: Network>() -> (nn::VarStore, N) {
    tch::set_num_threads(1);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    (vs, net)
}

/// The lines of a trace, such as `conv1: conv 6 k=5 p=2`, indented below their blocks.
fn lines(trace: &Trace) -> Vec<String> {
    let line = |row: &nn_dsl::trace::Row| format!("{}{}: {}", "  ".repeat(row.depth), row.name, row.layer);
    trace.rows().iter().map(line).collect()
}

#[test]
fn values_are_those_of_the_layers() {
    let (_vs, net) = made::<LeNet>();
    let image = Tensor::randn([3, 1, 28, 28], (Kind::Float, Device::Cpu));
    let trace = net.trace(&image).unwrap();
    assert_eq!(trace.rows().len(), 1 + 12);
    let conv = image.conv2d(&net.conv1.weight, Some(&net.conv1.bias), [1, 1], [2, 2], [1, 1], 1);
    for (row, given) in
        [(0, image.shallow_clone()), (1, conv.shallow_clone()), (2, conv.relu()), (12, net.forward(&image))]
    {
        let output = &trace.rows()[row].outputs[0];
        let flat: Vec<f64> = Vec::try_from(given.flatten(0, -1).to_kind(Kind::Double)).unwrap();
        let mean = flat.iter().sum::<f64>() / flat.len() as f64;
        let variance = flat.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / flat.len() as f64;
        let zeros = flat.iter().filter(|value| **value == 0.0).count() as f64 / flat.len() as f64;
        assert_eq!((output.shape.clone(), output.dtype), (given.size(), "f32"));
        assert!((output.mean - mean).abs() < 1e-6 && (output.std - variance.sqrt()).abs() < 1e-6, "{trace}");
        assert_eq!(output.min, flat.iter().copied().fold(f64::INFINITY, f64::min));
        assert_eq!(output.max, flat.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        assert_eq!((output.zeros, output.nan, output.infinite), (zeros, 0, 0));
    }
    let names: Vec<&str> = trace.rows().iter().map(|row| row.name.as_str()).filter(|name| !name.is_empty()).collect();
    assert_eq!(names, ["conv1", "conv2", "linear1", "linear2", "linear3"]);
    assert!(trace.rows()[1..].iter().all(|row| !row.time.is_zero()) && trace.first_nan().is_none());
}

/// The lines of a trace of `Flow`.
const FLOW: [&str; 49] = [
    ": input x",
    ": input y",
    "linear1: linear 4",
    ": relu",
    ": +",
    "layers: repeat 2 { .. }",
    "  layers.0: gate 4 skip=y",
    "    : add",
    "    layers.0.linear1: linear 4",
    "  layers.1: gate 4 skip=y",
    "    : add",
    "    layers.1.linear1: linear 4",
    "linear2: linear 4",
    "linear3: linear 4",
    "group1: group",
    "  group1.0: gate 4 skip=y",
    "    : add",
    "    group1.0.linear1: linear 4",
    "  : tanh",
    "group2: group",
    "  group2.0: gate 4 skip=y",
    "    : add",
    "    group2.0.linear1: linear 4",
    "  : tanh",
    ": group",
    "  : -",
    "  : *",
    ": f",
    "  f: linear 4",
    ": f",
    "  f: linear 4",
    ": group",
    "  : relu",
    "  : g",
    "    g.0: linear 4",
    "    : relu",
    ": chunk 2 dim=2",
    ": cat dim=2",
    "inside: Inner",
    "  inside.stages: repeat 2 { .. }",
    "    inside.stages.0: group",
    "      inside.stages.0.0: linear 4",
    "      : relu",
    "    inside.stages.1: group",
    "      inside.stages.1.0: linear 4",
    "      : relu",
    "  : dropout 0.5",
    "module: Double",
    ": apply halved",
];

#[test]
fn every_layer_is_named_wherever_it_stands() {
    let (_vs, net) = made::<Flow>();
    let x = Tensor::randn([2, 3, 4], (Kind::Float, Device::Cpu));
    let trace = net.trace((&x, &x)).unwrap();
    assert_eq!(lines(&trace), FLOW);
    assert_eq!(trace.rows().last().unwrap().outputs[0].max, net.forward(&x, &x).1.max().double_value(&[]));
}

/// Asserts that the trace has each layer that the summary lists, with the same shape.
fn assert_complete<N: UnaryNetwork>(shape: &[i64]) {
    let (_vs, net) = made::<N>();
    let trace = net.trace(&Tensor::randn(shape, (Kind::Float, Device::Cpu))).unwrap();
    let symbols = N::INPUTS[0].ty.dims.iter().zip(shape).filter_map(|(size, value)| match size {
        nn_dsl::Size::Symbol(name) => Some((*name, *value)),
        _ => None,
    });
    let symbols: Vec<(&str, i64)> = symbols.collect();
    let mut expected = Vec::new();
    expand(&N::summary().at(&symbols).unwrap().rows(), &mut expected);
    let traced = trace.rows()[1..].iter().filter(|row| !row.outputs.is_empty());
    let traced: Vec<(String, String)> =
        traced.map(|row| (row.layer.clone(), format!("{:?}", row.outputs[0].shape))).collect();
    assert_eq!(traced, expected, "{}", N::NAME);
}

/// The layers of a summary, repeated for each turn, without the blocks that they are in.
fn expand(rows: &[nn_dsl::summary::Row], layers: &mut Vec<(String, String)>) {
    let mut rest = rows;
    while let [row, after @ ..] = rest {
        let (inside, next) = after.split_at(after.iter().take_while(|other| other.depth > row.depth).count());
        for _ in 0..row.turns {
            match inside {
                [] if row.outputs.is_empty() => {}
                [] => layers.push((row.layer.clone(), row.outputs[0].clone())),
                inside => expand(inside, layers),
            }
        }
        rest = next;
    }
}

#[test]
fn the_zoo_is_traced_layer_by_layer() {
    assert_complete::<AlexNet<10>>(&[1, 3, 64, 64]);
    assert_complete::<Vgg11Bn<10>>(&[1, 3, 32, 32]);
    assert_complete::<ResNet18<10>>(&[1, 3, 64, 64]);
    assert_complete::<ResNet50<10>>(&[1, 3, 64, 64]);
    assert_complete::<DenseNet121<10>>(&[1, 3, 64, 64]);
    assert_complete::<GoogLeNet<10>>(&[1, 3, 64, 64]);
    assert_complete::<SqueezeNet1_1<10>>(&[1, 3, 64, 64]);
    assert_complete::<MobileNetV2<10>>(&[1, 3, 64, 64]);
    assert_complete::<UNet<2>>(&[1, 3, 32, 32]);
    assert_complete::<VitB16<10>>(&[1, 3, 224, 224]);
}

#[test]
fn the_layer_that_made_the_first_nan() {
    let (_vs, net) = made::<Normalised>();
    let x = Tensor::randn([3, 4], (Kind::Float, Device::Cpu));
    assert!(net.trace(&x).unwrap().first_nan().is_none());
    tch::no_grad(|| {
        let _ = net.body._0.weight.shallow_clone().zero_();
        let _ = net.body._0.bias.shallow_clone().fill_(1.0);
    });
    let trace = net.trace(&x).unwrap();
    let row = trace.first_nan().unwrap();
    assert_eq!((row.layer.as_str(), row.depth, row.outputs[0].nan), ("/", 1, 12), "{trace}");
    let text = trace.to_string();
    assert!(text.ends_with("the first NaN: `/` after `body.0`, 12 of 12 values"), "{text}");
}

#[test]
fn parameters_and_inputs_that_hold_nan_are_told() {
    let (_vs, net) = made::<LeNet>();
    let mut image = Tensor::zeros([1, 1, 28, 28], (Kind::Float, Device::Cpu));
    let _ = tch::no_grad(|| net.conv2.weight.narrow(0, 3, 1).fill_(f64::INFINITY));
    let trace = net.trace(&image).unwrap();
    assert_eq!(
        (trace.first_nan().unwrap().name.as_str(), &trace.first_nan().unwrap().spoilt[..]),
        ("conv2", &["weight".to_string()][..]),
        "{trace}"
    );
    let _ = image.narrow(2, 0, 1).fill_(f64::NAN);
    let trace = net.trace(&image).unwrap();
    assert_eq!(trace.first_nan().unwrap().layer, "input image");
    assert!(trace.to_string().ends_with("the first NaN: `input image`, 28 of 784 values"), "{trace}");
    image = Tensor::zeros([1, 1, 27, 28], (Kind::Float, Device::Cpu));
    assert!(matches!(net.trace(&image), Err(InputError::Shape { .. })));
}

#[test]
fn json_and_markdown() {
    let (_vs, net) = made::<LeNet>();
    let trace = net.trace(&Tensor::ones([1, 1, 28, 28], (Kind::Float, Device::Cpu))).unwrap();
    let json: serde_json::Value = serde_json::from_str(&trace.to_json()).unwrap();
    assert_eq!(json["layers"][4]["name"], "conv2");
    assert_eq!(json["layers"][4]["outputs"][0]["shape"], serde_json::json!([1, 16, 10, 10]));
    assert!(trace.to_markdown().contains("| conv 6 k=5 p=2 | conv1 | [1, 6, 28, 28] |"), "{}", trace.to_markdown());
    for width in [80, 120] {
        let text = format!("{trace:width$}");
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
    }
}
