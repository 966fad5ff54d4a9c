//! Names, shapes and order of the parameters are those of torchvision's models, by torchvision itself.

#[allow(missing_docs, dead_code)]
#[path = "programs/densenet.rs"]
mod densenet;
#[allow(missing_docs, dead_code)]
#[path = "programs/minilm.rs"]
mod minilm;
#[allow(missing_docs, dead_code)]
#[path = "programs/mobilenet_v2.rs"]
mod mobilenet_v2;
#[allow(missing_docs, dead_code)]
#[path = "programs/resnet.rs"]
mod resnet;
#[allow(missing_docs, dead_code)]
#[path = "programs/vit.rs"]
mod vit;

#[path = "../xtask/src/cache.rs"]
#[allow(dead_code)]
mod cache;

use nn_dsl::prelude::*;
use std::collections::BTreeSet;
use std::process::Command;

/// What a Python program prints.
fn python(program: &str) -> String {
    let interpreter =
        cache::reference_python().expect("`cargo xtask python` sets up the PyTorch that this compares with");
    let output = Command::new(interpreter).args(["-c", program]).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("Python prints UTF-8")
}

/// A line for each parameter and buffer, in order.
fn ours<N: Network>() -> Vec<String> {
    N::tensors().into_iter().map(|tensor| format!("{} {:?}", tensor.name, tensor.shape)).collect()
}

#[test]
fn state_dicts_are_torchvisions() {
    let printed = python(
        "import torch, torchvision.models as models
with torch.device('meta'):
    for name in ['resnet18', 'resnet34', 'resnet50', 'mobilenet_v2', 'densenet121', 'vit_b_16']:
        print('model', name)
        for key, tensor in getattr(models, name)().state_dict().items():
            if not key.endswith('num_batches_tracked'):
                print(key, list(tensor.shape))",
    );
    let mut models = printed.split("model ").skip(1).map(|model| model.lines().map(str::to_string).collect::<Vec<_>>());
    let all = [
        ("resnet18", ours::<resnet::ResNet18<1000>>()),
        ("resnet34", ours::<resnet::ResNet34>()),
        ("resnet50", ours::<resnet::ResNet50>()),
        ("mobilenet_v2", ours::<mobilenet_v2::MobileNetV2>()),
        ("densenet121", ours::<densenet::DenseNet121>()),
        ("vit_b_16", ours::<vit::VitB16>()),
    ];
    for (name, ours) in all {
        let theirs = models.next().unwrap_or_default();
        assert_eq!(theirs.first().map(String::as_str), Some(name));
        assert_eq!(ours, theirs[1..], "{name}");
    }
}

#[test]
fn minilm_is_named_as_published() {
    let file = cache::minilm().join("model.safetensors");
    let file = file.to_str().expect("a folder of the user's");
    let published = python(&format!(
        "from safetensors import safe_open
with safe_open({file:?}, 'pt') as file:
    for key in file.keys():
        print(key, list(file.get_slice(key).get_shape()))"
    ));
    // The published file also holds what BERT was pretrained with, and sentences are not embedded with.
    let unused = ["embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias"];
    let published: BTreeSet<String> = published
        .lines()
        .filter(|line| !unused.iter().any(|name| line.starts_with(name)))
        .map(str::to_string)
        .collect();
    assert_eq!(ours::<minilm::MiniLm>().into_iter().collect::<BTreeSet<_>>(), published);
}
