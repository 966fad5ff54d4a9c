//! Parameters and multiply-adds of the zoo against three counters: PyTorch's own, fvcore's and torchinfo's. They do not agree
//! with each other. The tests here say exactly what each counts differently.

mod reference;

use nn_dsl::models::{self, Model};
use nn_dsl::{LayerInfo, Part};
use serde_json::Value;

/// fvcore counts these for each element that they read, although they multiply no matrices.
const FVCORE_ELEMENTS: [&str; 3] = ["adaptive_avg_pool2d", "batch_norm", "layer_norm"];

#[test]
fn the_zoo_is_counted_right() {
    let printed =
        reference::python(&["-c", concat!(include_str!("models/unet.py"), include_str!("counts/reference.py"))]);
    let counts: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(counts.len(), models::ALL.len(), "the reference counts every model");
    for (model, counts) in models::ALL.iter().zip(&counts) {
        check(model, counts);
    }
}

type Sizes<'a> = &'a [(&'a str, i64)];

fn check(model: &Model, counts: &Value) {
    let sizes: Sizes = match model.name {
        "MiniLm" => &[("T", 50)],
        "VitB16" => &[],
        _ => &[("H", 96), ("W", 96)],
    };
    let (torchinfo, fvcore) = (&counts["torchinfo"], &counts["fvcore"]);
    assert_eq!(model.parameters, torchinfo["parameters"], "{}: torchinfo's parameters", model.name);
    assert_eq!(model.parameters, fvcore["parameters"], "{}: fvcore's parameters", model.name);

    let ours = (model.cost)(sizes).unwrap().multiply_adds;
    assert_eq!(2 * ours, counts["flop_counter"], "{}: PyTorch's own counter, of two for each multiply-add", model.name);

    let operators = fvcore["multiply_adds"].as_object().expect("a count for each operator");
    let products = operators.iter().filter(|(name, _)| !FVCORE_ELEMENTS.contains(&name.as_str()));
    let products: i64 = products.map(|(_, count)| count.as_i64().expect("a number")).sum();
    assert_eq!(ours - unknown_to_fvcore(model.name), products, "{}: fvcore's convolutions and products", model.name);

    let batched: Vec<(&str, i64)> = [&[("N", 1)], sizes].concat();
    assert_eq!(as_torchinfo(model.layers, &batched), torchinfo["multiply_adds"], "{}: torchinfo", model.name);
}

/// The two products in `scaled_dot_product_attention`, for all heads and layers, which fvcore does not count.
fn unknown_to_fvcore(network: &str) -> i64 {
    let attention = |layers: i64, tokens: i64, width: i64| layers * 2 * tokens * tokens * width;
    match network {
        "VitB16" => attention(12, 197, 768),
        "MiniLm" => attention(6, 50, 384),
        _ => 0,
    }
}

/// torchinfo's count. It multiplies the number of elements of a layer's `weight` and `bias` by the positions of the
/// output for a convolution, and by one for anything else. So it counts biases and normalisation, a transposed
/// convolution once for each position of its output instead of its input (4 times too many with a stride of 2), a
/// linear layer for only one token, and attention not at all.
fn as_torchinfo(layers: &[LayerInfo], sizes: Sizes) -> i64 {
    let one = |layer: &LayerInfo| {
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
