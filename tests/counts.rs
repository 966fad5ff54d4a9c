//! Parameters and multiply-adds of the zoo against three counters: PyTorch's own, fvcore's and torchinfo's. They do not agree
//! with each other; what each counts differently is said here, and comes to the last digit.

mod reference;

use nn_dsl::models::*;
use nn_dsl::{Layer, Network, Part};
use serde_json::Value;

/// fvcore counts these for each element that they read, though they multiply no matrices.
const FVCORE_ELEMENTS: [&str; 3] = ["adaptive_avg_pool2d", "batch_norm", "layer_norm"];

#[test]
fn the_zoo_is_counted_right() {
    let printed =
        reference::python(&["-c", concat!(include_str!("models/unet.py"), include_str!("counts/reference.py"))]);
    let mut counts = printed.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let mut next = || counts.next().expect("the reference has this model");
    let image: Sizes = &[("H", 96), ("W", 96)];
    check::<AlexNet<1000>>(image, &next());
    check::<Vgg11<1000>>(image, &next());
    check::<Vgg11Bn<1000>>(image, &next());
    check::<Vgg13<1000>>(image, &next());
    check::<Vgg13Bn<1000>>(image, &next());
    check::<Vgg16<1000>>(image, &next());
    check::<Vgg16Bn<1000>>(image, &next());
    check::<Vgg19<1000>>(image, &next());
    check::<Vgg19Bn<1000>>(image, &next());
    check::<ResNet18<1000>>(image, &next());
    check::<ResNet34<1000>>(image, &next());
    check::<ResNet50<1000>>(image, &next());
    check::<ResNet101<1000>>(image, &next());
    check::<ResNet152<1000>>(image, &next());
    check::<SqueezeNet1_0<1000>>(image, &next());
    check::<SqueezeNet1_1<1000>>(image, &next());
    check::<MobileNetV2<1000>>(image, &next());
    check::<DenseNet121<1000>>(image, &next());
    check::<VitB16<1000>>(&[], &next());
    check::<GoogLeNet<1000>>(image, &next());
    check::<UNet<21>>(image, &next());
    check::<MiniLm>(&[("T", 50)], &next());
    assert!(counts.next().is_none(), "the reference has a model that is not compared");
}

type Sizes<'a> = &'a [(&'a str, i64)];

fn check<N: Network>(sizes: Sizes, counts: &Value) {
    let (torchinfo, fvcore) = (&counts["torchinfo"], &counts["fvcore"]);
    assert_eq!(N::PARAMETERS, torchinfo["parameters"], "{}: torchinfo's parameters", N::NAME);
    assert_eq!(N::PARAMETERS, fvcore["parameters"], "{}: fvcore's parameters", N::NAME);

    let ours = N::cost(sizes).unwrap().multiply_adds;
    assert_eq!(2 * ours, counts["flop_counter"], "{}: PyTorch's own counter, of two for each multiply-add", N::NAME);

    let operators = fvcore["multiply_adds"].as_object().expect("a count for each operator");
    let products = operators.iter().filter(|(name, _)| !FVCORE_ELEMENTS.contains(&name.as_str()));
    let products: i64 = products.map(|(_, count)| count.as_i64().expect("a number")).sum();
    assert_eq!(ours - unknown_to_fvcore(N::NAME), products, "{}: fvcore's convolutions and products", N::NAME);

    let batched: Vec<(&str, i64)> = [&[("N", 1)], sizes].concat();
    assert_eq!(as_torchinfo(N::LAYERS, &batched), torchinfo["multiply_adds"], "{}: torchinfo", N::NAME);
}

/// The two products in `scaled_dot_product_attention`, for all heads and layers: fvcore does not know it, and passes over it.
fn unknown_to_fvcore(network: &str) -> i64 {
    let attention = |layers: i64, tokens: i64, width: i64| layers * 2 * tokens * tokens * width;
    match network {
        "VitB16" => attention(12, 197, 768),
        "MiniLm" => attention(6, 50, 384),
        _ => 0,
    }
}

/// What torchinfo counts. It takes what a layer's `weight` and `bias` have, for each place of the output where it is a
/// convolution, and else once. So it adds biases and normalisation, counts a transposed convolution for each place of its
/// output and not of its input (4 times too many, where the stride is 2), a linear layer for one of its tokens, and attention
/// not at all.
fn as_torchinfo(layers: &[Layer], sizes: Sizes) -> i64 {
    let one = |layer: &Layer| {
        let counted = layer.tensors.iter().filter(|tensor| tensor.trained && matches!(tensor.name, "weight" | "bias"));
        let elements: i64 = counted.map(|tensor| tensor.elements()).sum();
        let places: i64 = match layer.kind {
            "conv" | "conv_transpose" => {
                layer.outputs[0].dims[2..].iter().map(|size| size.evaluate(sizes).unwrap()).product()
            }
            _ => 1,
        };
        assert_ne!(layer.part, Part::Used, "the zoo shares no layers");
        (elements * places + as_torchinfo(layer.children, sizes)) * layer.turns as i64
    };
    layers.iter().map(one).sum()
}
