//! MiniLM with its published weights, against the same model built from PyTorch's own layers.

mod reference;
#[path = "../examples/sentences.rs"]
#[allow(dead_code)]
mod sentences;

use nn_dsl::prelude::*;
use sentences::Embedder;
use std::path::Path;

/// A hundred sentences of 1 to 34 words.
fn sentences() -> Vec<String> {
    let words: Vec<&str> = include_str!("../README.md").split_whitespace().collect();
    (0..100).map(|index| words[index..=index + index / 3].join(" ")).collect()
}

#[test]
fn sentences_are_embedded_as_by_pytorch() {
    tch::set_num_threads(1);
    let folder = reference::cache::minilm();
    let embedder = Embedder::open(&folder, Device::Cpu)
        .unwrap_or_else(|error| panic!("{error}\nhelp: `cargo xtask fetch minilm` gets what this needs"));
    let (tokens, mask) = embedder.tokens(&sentences()).unwrap();
    let lengths = mask.sum_dim_intlist(1, false, Kind::Int64);
    assert!(lengths.min().int64_value(&[]) < 8 && lengths.max().int64_value(&[]) > 64, "{lengths}");

    let [given, result] =
        ["minilm-given", "minilm-result"].map(|name| Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
    Tensor::write_safetensors(&[("tokens", &tokens), ("mask", &mask)], &given).unwrap();
    let mut python = reference::interpreter();
    python.args(["-c", include_str!("minilm/reference.py")]).args([&folder.join("model.safetensors"), &given, &result]);
    reference::printed(&mut python);

    let theirs = Weights::open(&result).unwrap().tensor("embeddings").unwrap().expect("it was saved");
    let ours = embedder.embed(&sentences()).unwrap();
    let cosines = (&ours * &theirs).sum_dim_intlist(1, false, Kind::Double);
    println!(
        "smallest cosine {:.9}, largest difference {:.1e}",
        cosines.min().double_value(&[]),
        (&ours - &theirs).abs().max().double_value(&[])
    );
    assert_eq!(cosines.size(), [100]);
    assert!(cosines.min().double_value(&[]) >= 0.99999, "{cosines}");
}
