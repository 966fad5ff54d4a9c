//! Weights that PyTorch and NumPy write are read, and PyTorch reads what we write.

#[path = "weights/hostile.rs"]
mod hostile;
mod reference;

use nn_dsl::models::ResNet18;
use nn_dsl::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Runs a Python program with these arguments.
fn python(program: &str, arguments: &[&Path]) {
    reference::printed(reference::interpreter().args(["-c", program]).args(arguments));
}

/// The folder with the files of tests/weights/files.py.
static FILES: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("weights");
    std::fs::create_dir_all(&folder).expect("there is room");
    python(include_str!("weights/files.py"), &[&folder]);
    folder
});

fn file(name: &str) -> PathBuf {
    FILES.join(name)
}

fn open(name: &str) -> Weights {
    Weights::open(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The error of opening a file.
fn refused(name: &str) -> String {
    let error = Weights::open(file(name)).map(|weights| weights.to_string()).expect_err(name).to_string();
    error.replace(&format!("{}/", FILES.display()), "")
}

/// Whether a file holds the tensors of another, under names with a prefix.
#[track_caller]
fn assert_holds(name: &str, prefix: &str, expected: &str, but: &[&str]) {
    let (weights, expected) = (open(name), open(expected));
    for key in expected.names().filter(|key| !but.contains(key)) {
        let tensor = weights.tensor(&format!("{prefix}{key}")).unwrap();
        let theirs = expected.tensor(key).unwrap();
        assert_eq!(tensor.as_ref().map(Tensor::kind), theirs.as_ref().map(Tensor::kind), "{key} of {name}");
        assert_eq!(tensor, theirs, "{key} of {name}");
    }
}

#[test]
fn every_format_is_read() {
    for name in ["new.pt", "protocol4.pt", "legacy.pt", "plain.npz", "compressed.npz", "model.safetensors.index.json"] {
        let lacks: &[&str] = if name.ends_with("npz") { &["bfloat16"] } else { &[] };
        assert_holds(name, "", "expected.safetensors", lacks);
        assert_eq!(open(name).names().count(), open("expected.safetensors").names().count() - lacks.len(), "{name}");
    }
    assert_holds("fortran_only.npz", "", "fortran_only.npz", &[]);
    assert_eq!(open("fortran_only.npz").tensor("dense").unwrap(), open("new.pt").tensor("dense").unwrap());
    assert_holds("script.pt", "", "script.safetensors", &[]);
}

#[test]
fn a_checkpoint_is_read_under_the_names_that_lead_there() {
    assert_holds("checkpoint.pt", "state_dict.", "expected.safetensors", &[]);
    let first_moment = open("checkpoint.pt").tensor("optimizer.state.0.exp_avg").unwrap().expect("Adam has one");
    assert!(first_moment.allclose(&Tensor::full([2], 0.1, (Kind::Float, Device::Cpu)), 1e-5, 0.0, false));
}

#[test]
fn types_that_libtorch_lacks_are_named() {
    let rare = open("rare.pt");
    assert_eq!(rare.to_string(), "float8: f8_e4m3 [4]\nuint16: u16 [3]\n");
    assert_eq!(rare.tensor("float8").unwrap().map(|tensor| tensor.kind()), Some(Kind::Float8e4m3fn));
    let error = rare.tensor("uint16").unwrap_err().to_string();
    assert!(error.contains("`uint16`: libtorch has no numbers of type U16"), "{error}");
}

#[test]
fn what_tch_saved_is_read() {
    let vs = nn::VarStore::new(Device::Cpu);
    let _net = ResNet18::<3>::new(&vs.root());
    let file = file("ours.ot");
    vs.save(&file).unwrap();
    let other = nn::VarStore::new(Device::Cpu);
    let _net = ResNet18::<3>::new(&other.root());
    weights::load(&other, &file).unwrap();
    assert_eq!(vs.variables(), other.variables());
}

#[test]
fn nothing_in_a_pickle_is_executed() {
    for name in ["evil.pt", "evil_legacy.pt"] {
        let error = refused(name);
        assert!(error.contains("it asks for Python's `posix.system`, but only tensors are read\nhelp: "), "{error}");
    }
    assert!(refused("module.pt").contains("it asks for Python's `__main__.Small`"), "{}", refused("module.pt"));
    assert!(!file("executed").exists());
    let big_endian = refused("fortran.npz");
    assert!(big_endian.contains("`large`: its NumPy type >f4"), "{big_endian}");
}

#[test]
fn the_index_of_shards_leads_nowhere_else() {
    let write = |name: &str, text: &str| std::fs::write(file(name), text).unwrap();
    write("outside.json", r#"{"weight_map": {"a": "../../../etc/passwd"}}"#);
    assert!(refused("outside.json").contains("`a` is in `../../../etc/passwd`, which is not a file next to the index"));
    write("missing.json", r#"{"weight_map": {"a": "nowhere.safetensors"}}"#);
    assert!(refused("missing.json").starts_with("cannot read `nowhere.safetensors`: No such file"));
    write("empty_shard.json", r#"{"weight_map": {"a": "expected.safetensors"}}"#);
    assert!(refused("empty_shard.json").contains("`a` should be in `expected.safetensors`, and is not"));
    write("itself.json", r#"{"weight_map": {"a": "itself.json"}}"#);
    assert!(
        refused("itself.json").contains("`a` is in `itself.json`, which is an index"),
        "{}",
        refused("itself.json")
    );
    write("not_json.json", "{ weight_map: }");
    assert!(refused("not_json.json").starts_with("`not_json.json` cannot be read as an index of weights: "));
}

#[test]
fn pytorch_takes_what_we_saved() {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = ResNet18::<7>::new(&vs.root());
    let [ours, image, theirs] = ["net", "image", "logits"].map(file);
    let input = Tensor::randn([2, 3, 64, 64], (Kind::Float, Device::Cpu));
    weights::save(&vs, &ours).unwrap();
    Tensor::write_safetensors(&[("image", &input)], &image).unwrap();
    python(include_str!("weights/resnet18.py"), &[&ours, &image, &theirs]);
    let logits = Weights::open(&theirs).unwrap().tensor("logits").unwrap().expect("it was saved");
    let own = tch::no_grad(|| net.forward(&input));
    assert!(own.allclose(&logits, 1e-4, 1e-5, false), "{own} {logits}");
}

#[test]
fn a_body_is_loaded_and_its_head_trained() {
    let vs = nn::VarStore::new(Device::Cpu);
    let _net = ResNet18::<1000>::new(&vs.root());
    let file = file("pretrained.safetensors");
    weights::save(&vs, &file).unwrap();

    let vs = nn::VarStore::new(Device::Cpu);
    let net = ResNet18::<2>::new(&vs.root());
    let loaded = Weights::open(&file).unwrap().ignore("fc.*").load(&vs).unwrap();
    assert_eq!(loaded.kept, ["fc.bias", "fc.weight"]);
    let body: Vec<(String, Tensor)> = vs.variables().into_iter().filter(|(name, _)| !name.starts_with("fc.")).collect();
    body.iter().for_each(|(_, tensor)| drop(tensor.set_requires_grad(false)));
    let before: Vec<Tensor> = body.iter().map(|(_, tensor)| tensor.copy()).collect();
    let head = net.fc.weight.detach().copy();

    let mut optimizer = nn::Sgd::default().build(&vs, 0.1).unwrap();
    let images = Tensor::randn([4, 3, 64, 64], (Kind::Float, Device::Cpu));
    let labels = Tensor::from_slice(&[0i64, 1, 0, 1]);
    optimizer.backward_step(&net.forward(&images).cross_entropy_for_logits(&labels));
    assert!(body.iter().map(|(_, tensor)| tensor).eq(&before));
    assert_ne!(net.fc.weight.detach(), head);
}
