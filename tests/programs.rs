//! Programs that must compile as they are, and run on random input. Their documented properties are checked.

#[path = "programs/compose.rs"]
mod compose;
#[path = "programs/course.rs"]
mod course;
#[path = "programs/densenet.rs"]
mod densenet;
#[path = "programs/minilm.rs"]
mod minilm;
#[path = "programs/mobilenet_v2.rs"]
mod mobilenet_v2;
#[path = "programs/resnet.rs"]
mod resnet;
#[path = "programs/several.rs"]
mod several;
#[path = "programs/unet.rs"]
mod unet;
#[path = "programs/vit.rs"]
mod vit;

use nn_dsl::prelude::*;
use std::collections::BTreeMap;

/// Makes a network, and checks that its parameters are exactly the declared ones.
fn make<N: Network>() -> (nn::VarStore, N) {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    let said: BTreeMap<String, Vec<i64>> = N::tensors().into_iter().map(|t| (t.name, t.shape.to_vec())).collect();
    let made: BTreeMap<String, Vec<i64>> = vs.variables().into_iter().map(|(name, t)| (name, t.size())).collect();
    let unsaid: Vec<&String> = made.keys().filter(|name| !said.contains_key(*name)).collect();
    // Only the parameters of a Rust module are unknown to the macro.
    assert!(unsaid.iter().all(|name| name.as_str() == "gate.scale"), "{} has {unsaid:?} besides", N::NAME);
    for (name, shape) in &said {
        assert_eq!(made.get(name), Some(shape), "{name} of {}", N::NAME);
    }
    if unsaid.is_empty() {
        let trained: i64 = vs.trainable_variables().iter().map(|t| t.numel() as i64).sum();
        assert_eq!(N::PARAMETERS, trained, "{}", N::NAME);
    }
    (vs, net)
}

fn randn(shape: &[i64]) -> Tensor {
    Tensor::randn(shape, (Kind::Float, Device::Cpu))
}

fn tokens(below: i64, shape: &[i64]) -> Tensor {
    Tensor::randint(below, shape, (Kind::Int64, Device::Cpu))
}

/// Runs a network with one input and one output in both modes, with a backward pass.
macro_rules! runs {
    ($net:ty, $input:expr => $output:expr) => {{
        let (vs, net) = make::<$net>();
        let input = $input;
        assert_eq!(tch::no_grad(|| net.forward(&input)).size(), $output, stringify!($net));
        let trained = net.forward_t(&input, true);
        assert_eq!(trained.size(), $output, stringify!($net));
        trained.sum(Kind::Float).backward();
        let without: Vec<String> = vs
            .variables()
            .into_iter()
            .filter(|(_, tensor)| tensor.requires_grad() && !tensor.grad().defined())
            .map(|(name, _)| name)
            .collect();
        assert!(without.is_empty(), "no gradient reaches {without:?} of {}", stringify!($net));
        <$net>::PARAMETERS
    }};
}

#[test]
fn course() {
    assert_eq!(runs!(course::Logistic, randn(&[4, 1]) => [4, 1]), 2);
    assert_eq!(runs!(course::Softmax, randn(&[4, 784]) => [4, 10]), 7_850);
    assert_eq!(runs!(course::Xor, randn(&[4, 2]) => [4, 1]), 17);
    assert_eq!(runs!(course::Mlp, randn(&[4, 784]) => [4, 10]), 567_434);
    runs!(course::Normalised, randn(&[4, 784]) => [4, 10]);
    runs!(course::SelfNormalising, randn(&[4, 784]) => [4, 10]);
    runs!(course::Lines, randn(&[4, 1, 11, 11]) => [4, 2]);
    runs!(course::Textbook, randn(&[4, 3, 32, 32]) => [4, 10]);
    runs!(course::FirstSentence, randn(&[4, 3, 64, 64]) => [4, 3, 16, 16]);
}

#[test]
fn convolutional_networks() {
    assert_eq!(runs!(resnet::ResNet18<1000>, randn(&[2, 3, 65, 40]) => [2, 1000]), 11_689_512);
    runs!(resnet::ResNet34, randn(&[1, 3, 224, 224]) => [1, 1000]);
    runs!(resnet::ResNet50, randn(&[1, 3, 224, 224]) => [1, 1000]);
    runs!(mobilenet_v2::MobileNetV2, randn(&[2, 3, 64, 96]) => [2, 1000]);
    runs!(densenet::DenseNet121, randn(&[1, 3, 224, 224]) => [1, 1000]);
    runs!(unet::UNet<5>, randn(&[1, 3, 32, 48]) => [1, 5, 32, 48]);
    runs!(several::Gated, randn(&[2, 64, 5, 7]) => [2, 64, 5, 7]);
    runs!(several::Segmenter, randn(&[2, 64, 9, 8]) => [2, 21, 9, 8]);
    runs!(several::Video, randn(&[1, 3, 16, 112, 112]) => [1, 101]);
    runs!(several::Generator, randn(&[2, 100]) => [2, 3, 64, 64]);
    runs!(several::Audio, randn(&[2, 1, 50]) => [2, 256, 50]);
}

#[test]
fn sequences() {
    runs!(several::Sentiment, tokens(20_000, &[3, 7]) => [3, 2]);
    runs!(several::CharGpt, tokens(65, &[2, 16]) => [2, 16, 65]);
    runs!(several::Llama, randn(&[2, 6, 256]) => [2, 6, 256]);
    runs!(vit::VitB16, randn(&[1, 3, 224, 224]) => [1, 1000]);
}

#[test]
fn several_inputs_and_outputs() {
    let (_vs, vae) = make::<several::Vae>();
    assert_eq!(several::Vae::PARAMETERS, 652_824);
    let (reconstruction, mu, logvar) = vae.forward_t(&randn(&[3, 784]), true);
    assert_eq!((reconstruction.size(), mu.size(), logvar.size()), (vec![3, 784], vec![3, 20], vec![3, 20]));

    let (_vs, siamese) = make::<several::Siamese>();
    assert_eq!(siamese.forward(&randn(&[2, 1, 28, 28]), &randn(&[2, 1, 28, 28])).size(), [2, 1]);

    let (_vs, policy) = make::<several::Policy>();
    let (action, h, c) = policy.forward(&randn(&[3, 5, 24]), &randn(&[1, 3, 128]), &randn(&[1, 3, 128]));
    assert_eq!((action.size(), h.size(), c.size()), (vec![3, 5, 4], vec![1, 3, 128], vec![1, 3, 128]));
    let sums = action.sum_dim_intlist(-1, false, Kind::Float);
    assert!(sums.allclose(&sums.ones_like(), 1e-5, 1e-5, false));

    let (_vs, similarity) = make::<several::Similarity>();
    assert_eq!(similarity.forward(&randn(&[2, 4, 64]), &randn(&[2, 6, 64])).size(), [2, 4, 6]);

    let (_vs, step) = make::<several::GruStep>();
    assert_eq!(step.forward(&randn(&[2, 32]), &randn(&[2, 64])).size(), [2, 64]);

    let (_vs, minilm) = make::<minilm::MiniLm>();
    let mask = Tensor::ones([2, 9], (Kind::Int64, Device::Cpu));
    let embedded = minilm.forward(&tokens(30_522, &[2, 9]), &mask);
    let norms = embedded.norm_scalaropt_dim(2.0, 1, false);
    assert!(norms.allclose(&norms.ones_like(), 1e-5, 1e-5, false));
}

#[test]
fn rust_in_listings() {
    runs!(several::WithRust, randn(&[3, 16]) => [3, 8]);
    runs!(compose::Classifier<7>, randn(&[2, 3, 32, 32]) => [2, 7]);
    let vs = nn::VarStore::new(Device::Cpu);
    let sequence = compose::with_tch(&vs.root());
    assert_eq!(sequence.forward_t(&randn(&[2, 3, 32, 32]), false).size(), [2, 10]);
}

#[test]
fn a_tied_parameter_is_saved_once_and_read_under_either_name() {
    assert_eq!(several::CharGpt::ALIASES, [("linear1.weight", "embed.weight")]);
    let (vs, gpt) = make::<several::CharGpt>();
    assert!(!vs.variables().contains_key("linear1.weight"));
    let saved: Vec<(String, Tensor)> = vs
        .variables()
        .into_iter()
        .map(|(name, tensor)| (name.replace("embed.weight", "linear1.weight"), tensor.detach() + 1.0))
        .collect();
    let file = std::env::temp_dir().join(format!("nn-dsl-tied-{}.safetensors", std::process::id()));
    Tensor::write_safetensors(&saved, &file).unwrap();
    let before = gpt.embed.weight.detach().copy();
    let loaded = weights::load_network::<several::CharGpt>(&vs, &file);
    loaded.unwrap();
    assert_eq!(gpt.embed.weight.detach(), &before + 1.0);

    // PyTorch saves it under both names. If the values differ, it is not a tied parameter.
    let theirs = |difference: f64| {
        let mut saved = saved.iter().map(|(name, tensor)| (name.clone(), tensor.copy())).collect::<Vec<_>>();
        saved.push(("embed.weight".to_owned(), &before + 1.0 + difference));
        Tensor::write_safetensors(&saved, &file).unwrap();
    };
    theirs(0.0);
    weights::load_network::<several::CharGpt>(&vs, &file).unwrap();
    theirs(1.0);
    let error = weights::load_network::<several::CharGpt>(&vs, &file).unwrap_err().to_string();
    std::fs::remove_file(&file).unwrap();
    assert!(
        error.starts_with("`embed.weight` and `linear1.weight` are one parameter of the network, but differ"),
        "{error}"
    );
}

network! {
    /// The turns use a value that was named before the loop.
    Remembers(x: [N, 4]) -> [N, 4] { let a = start: linear 4; a -> turns: repeat 3 { linear 4 -> (id, a) -> add } }

    /// The same, written out.
    WrittenOut(x: [N, 4]) -> [N, 4] {
        let a = start: linear 4;
        let b = a -> "turns.0.0": linear 4 -> (id, a) -> add;
        let c = b -> "turns.1.0": linear 4 -> (id, a) -> add;
        c -> "turns.2.0": linear 4 -> (id, a) -> add
    }
}

#[test]
fn what_turns_use_besides_stays_what_it_was() {
    let (looped, written) = (make::<Remembers>(), make::<WrittenOut>());
    let from = looped.0.variables();
    tch::no_grad(|| written.0.variables().into_iter().for_each(|(name, mut tensor)| tensor.copy_(&from[&name])));
    let x = randn(&[3, 4]);
    assert_eq!(looped.1.forward(&x), written.1.forward(&x));
}

#[test]
fn an_option_is_set_at_run_time() {
    let (_vs, mut gpt) = make::<several::CharGpt>();
    gpt.p = 0.0;
    let text = tokens(65, &[2, 16]);
    assert_eq!(gpt.forward_t(&text, true), gpt.forward(&text));
}

#[test]
fn what_does_not_fit_is_refused_at_the_entrance() {
    let (_vs, unet) = make::<unet::UNet<2>>();
    let error = unet.try_forward(&randn(&[1, 3, 32, 40])).unwrap_err().to_string();
    assert_eq!(error, "`UNet` needs `W % 16 == 0`, but got W = 40");
    let (_vs, siamese) = make::<several::Siamese>();
    let error = siamese.try_forward(&randn(&[2, 1, 28, 28]), &randn(&[3, 1, 28, 28])).unwrap_err().to_string();
    assert!(error.contains("`b: [N, 1, 28, 28]`") && error.contains("`N` was 2 before"), "{error}");
    let (_vs, gpt) = make::<several::CharGpt>();
    let error = siamese.try_forward(&randn(&[2, 28, 28, 1]), &randn(&[2, 1, 28, 28])).unwrap_err().to_string();
    assert!(error.ends_with("help: `.permute([0, 3, 1, 2])` moves the last dimension after the batch"), "{error}");
    let error = gpt.try_forward(&tokens(65, &[1, 257])).unwrap_err().to_string();
    assert_eq!(error, "`CharGpt` needs `T <= 256`, but got T = 257");
}
