use super::*;
use crate::init::{Init, buffer, parameter};
use std::collections::BTreeMap;
use std::fs;
use tch::nn::VarStore;
use tch::{Device, Kind};

/// A network's variables. `last` is the name of the last layer.
fn network(last: &str, outputs: i64) -> VarStore {
    let vs = VarStore::new(Device::Cpu);
    let _ = parameter(&(vs.root() / "conv1"), "weight", &[6, 1, 5, 5], Init::KaimingNormal);
    let _ = buffer(&(vs.root() / "bn1"), "running_mean", &[6], Init::Normal { mean: 1.0, std: 1.0 });
    let _ = parameter(&(vs.root() / last), "weight", &[outputs, 84], Init::XavierNormal);
    vs
}

fn values(vs: &VarStore) -> BTreeMap<String, Tensor> {
    vs.variables().into_iter().map(|(name, tensor)| (name, tensor.copy().detach())).collect()
}

/// The error of loading `file`. Checks that nothing changed.
fn refused(vs: &VarStore, file: &Path) -> String {
    let before = values(vs);
    let error = load(vs, file).unwrap_err();
    assert_eq!(values(vs), before);
    let folder = format!("{}/", file.parent().unwrap().display());
    error.to_string().replace(&folder, "")
}

#[test]
fn saved_weights_are_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let (saved, loaded) = (network("fc", 10), network("fc", 10));
    assert_ne!(values(&saved), values(&loaded));
    save(&saved, &file).unwrap();
    load(&loaded, &file).unwrap();
    assert_eq!(values(&saved), values(&loaded));
    assert_eq!(loaded.trainable_variables().len(), 2);
    assert!(loaded.trainable_variables().iter().all(Tensor::requires_grad));
}

#[test]
fn types_and_strides_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let make = |seed| {
        tch::manual_seed(seed);
        let vs = VarStore::new(Device::Cpu);
        let random = Tensor::randn([4, 3], (Kind::Float, Device::Cpu));
        for kind in [Kind::Half, Kind::BFloat16, Kind::Double, Kind::Int64, Kind::Bool] {
            let _ = vs.root().add(&format!("{kind:?}"), random.to_kind(kind), false);
        }
        let _ = vs.root().add("transposed", random.tr(), true);
        let _ = vs.root().add("empty", random.narrow(0, 0, 0), false);
        let _ = vs.root().add("scalar", random.sum(Kind::Float), false);
        vs
    };
    let (saved, loaded) = (make(1), make(2));
    save(&saved, &file).unwrap();
    load(&loaded, &file).unwrap();
    assert_eq!(values(&saved), values(&loaded));
}

#[test]
fn saving_replaces_the_file_and_leaves_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    fs::write(&file, "old").unwrap();
    save(&network("fc", 10), &file).unwrap();
    assert!(load(&network("fc", 10), &file).is_ok());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_store_on_which_no_network_was_made_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let error = save(&VarStore::new(Device::Cpu), &file).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the `VarStore` has nothing to save: no parameters and no buffers\nhelp: save the one that the network was created on"
    );
    assert!(!file.exists());
}

#[cfg(unix)]
#[test]
fn others_may_read_the_file_as_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (weights, plain) = (folder.path().join("net.safetensors"), folder.path().join("plain"));
    save(&network("fc", 10), &weights).unwrap();
    fs::write(&plain, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(weights), mode(plain));
}

#[test]
fn a_missing_folder_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run/1/net.safetensors");
    save(&network("fc", 10), &file).unwrap();
    assert!(file.is_file());
}

#[test]
fn only_a_tensor_of_the_same_shape_is_taken_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    save(&network("fc1", 7), &file).unwrap();
    let vs = network("fc3", 10);
    let _ = parameter(&(vs.root() / "first"), "weight", &[7, 84], Init::XavierNormal);
    let said = refused(&vs, &file);
    assert!(said.contains("\nnote: `fc1.weight` of the file is not in the network; is it `first.weight`?\n"), "{said}");
    let said = refused(&network("fc3", 10), &file);
    assert!(said.contains("\nnote: `fc1.weight` of the file is not in the network\n"), "{said}");
}

#[test]
fn errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    let file = plain.join("net.safetensors");
    let error = save(&network("fc", 10), &file).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot write `{}`: ", file.display())), "{error}");
    let error = save(&network("fc", 10), folder.path()).unwrap_err().to_string();
    assert!(error.contains("s a directory"), "{error}");
    let error = Weights::open(folder.path()).map(drop).unwrap_err().to_string();
    assert!(error.starts_with("cannot read ") && error.ends_with("is a directory"), "{error}");
}

#[test]
fn a_type_that_safetensors_lacks_is_named() {
    let vs = VarStore::new(Device::Cpu);
    let _ = vs.root().add("spectrum", Tensor::zeros([2], (Kind::ComplexDouble, Device::Cpu)), false);
    assert_eq!(
        save(&vs, "unwritten.safetensors").unwrap_err().to_string(),
        "safetensors has no type for `spectrum`, which is ComplexDouble\nhelp: cast it before saving"
    );
}

#[test]
fn every_difference_is_reported_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let saved = network("fc", 10);
    let _ = parameter(&(saved.root() / "fc"), "bias", &[10], Init::Constant(0.0));
    save(&saved, &file).unwrap();
    let other = VarStore::new(Device::Cpu);
    let _ = parameter(&(other.root() / "conv1"), "weight", &[6, 3, 5, 5], Init::KaimingNormal);
    let _ = other.root().sub("bn1").add("running_mean", Tensor::zeros([6], (Kind::Double, Device::Cpu)), false);
    let _ = parameter(&(other.root() / "fc3"), "weight", &[10, 84], Init::XavierNormal);
    assert_eq!(
        refused(&other, &file),
        "`net.safetensors` does not fit the network: 1 missing, 2 unexpected, 2 different\n\
         note: `fc3.weight` is missing from the file\n\
         note: `fc.bias` of the file is not in the network\n\
         note: `fc.weight` of the file is not in the network; is it `fc3.weight`?\n\
         note: `bn1.running_mean` is f64 [6] in the network and f32 [6] in the file\n\
         note: `conv1.weight` is f32 [6, 3, 5, 5] in the network and f32 [6, 1, 5, 5] in the file\n\
         help: nothing was loaded; load a file that this network saved, name its layers like the file, or use \
         `Weights` to rename, ignore or convert"
    );
}

#[test]
fn a_new_head_and_other_types_have_their_own_help() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    save(&network("fc", 10), &file).unwrap();
    let help = |vs: &VarStore| refused(vs, &file).lines().last().unwrap().to_owned();
    assert_eq!(
        help(&network("fc", 3)),
        "help: nothing was loaded; to keep the network's own values there: \
         `Weights::open(\"net.safetensors\")?.ignore(\"fc.*\").load(&vs)?`"
    );
    let mut half = network("fc", 10);
    half.half();
    assert_eq!(
        help(&half),
        "help: nothing was loaded; to convert the types: `Weights::open(\"net.safetensors\")?.convert().load(&vs)?`"
    );
}

#[test]
fn a_prefix_of_all_names_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let tensors: Vec<(String, Tensor)> =
        network("fc", 10).variables().into_iter().map(|(name, tensor)| (format!("module.{name}"), tensor)).collect();
    Tensor::write_safetensors(&tensors, &file).unwrap();
    let net = network("fc", 10);
    assert_eq!(
        refused(&net, &file),
        "`net.safetensors` does not fit the network: 3 missing, 3 unexpected, 0 different\n\
         note: names in the file begin with `module.`: its `module.bn1.running_mean` is the network's `bn1.running_mean`\n\
         help: nothing was loaded; rename them: \
         `Weights::open(\"net.safetensors\")?.rename(\"module.*\", \"*\").load(&vs)?`"
    );
    Weights::open(&file).unwrap().rename("module.*", "*").load(&net).unwrap();
}

#[test]
fn a_shape_is_not_broadcast() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    save(&network("fc", 1), &file).unwrap();
    assert!(refused(&network("fc", 10), &file).contains("f32 [10, 84] in the network and f32 [1, 84]"));
}

#[test]
fn a_long_report_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let saved = VarStore::new(Device::Cpu);
    for layer in 0..20 {
        let _ = parameter(&(saved.root() / layer), "weight", &[1], Init::Constant(0.0));
    }
    save(&saved, &file).unwrap();
    let error = refused(&network("fc", 10), &file);
    assert!(error.contains("\nnote: ... and 12 more\nhelp:"), "{error}");
    assert_eq!(error.lines().count(), 1 + 3 + 8 + 1 + 1);
}

#[test]
fn a_network_must_be_made_before_it_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    save(&network("fc", 10), &file).unwrap();
    let error = refused(&VarStore::new(Device::Cpu), &file);
    assert!(error.ends_with("no parameters yet: create it on this `VarStore` before loading"), "{error}");
}

#[test]
fn the_batch_count_of_pytorch_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let saved = network("fc", 10);
    let count = Tensor::from(7i64);
    let _ = saved.root().sub("bn1").add("num_batches_tracked", count, false);
    save(&saved, &file).unwrap();
    load(&network("fc", 10), &file).unwrap();
}

#[test]
fn other_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.pt");
    let vs = network("fc", 10);
    fs::write(&file, b"PK\x03\x04 and so on").unwrap();
    assert!(refused(&vs, &file).starts_with("`net.pt` cannot be read as an archive of weights: invalid Zip archive"));
    save(&vs, folder.path().join("net")).unwrap();
    let whole = fs::read(folder.path().join("net")).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(
        refused(&vs, &file),
        "`net.pt` cannot be read as a safetensors file: incomplete metadata, file not fully covered\n\
         help: the file is damaged or of another format; fetch or save it again"
    );
    fs::remove_file(&file).unwrap();
    assert!(refused(&vs, &file).starts_with("cannot read `net.pt`: No such file"));
}

/// A file with the variables of `network(last, 10)`.
fn saved(folder: &tempfile::TempDir, last: &str) -> std::path::PathBuf {
    let file = folder.path().join("net.safetensors");
    save(&network(last, 10), &file).unwrap();
    file
}

#[test]
fn rules_rename() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(&folder, "head");
    let vs = network("fc", 10);
    let loaded = Weights::open(&file).unwrap().rename("head.*", "top.*").rename("top.*", "fc.*").load(&vs).unwrap();
    assert_eq!(loaded.renamed, [("head.weight".to_owned(), "fc.weight".to_owned())]);
    assert_eq!(loaded.tensors, ["bn1.running_mean", "conv1.weight", "fc.weight"]);
    assert_eq!(
        loaded.to_string().replace(&format!("{}/", folder.path().display()), ""),
        "loaded 3 tensors from `net.safetensors`, 1 renamed\nnote: `head.weight` of the file was renamed to `fc.weight`"
    );
}

#[test]
fn what_is_ignored_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(&folder, "fc");
    let vs = network("fc", 3);
    let head = values(&vs)["fc.weight"].copy();
    let loaded = Weights::open(&file).unwrap().ignore("fc.*").load(&vs).unwrap();
    assert_eq!((loaded.kept, loaded.unused), (vec!["fc.weight".to_owned()], vec!["fc.weight".to_owned()]));
    assert_eq!(loaded.tensors, ["bn1.running_mean", "conv1.weight"]);
    assert_eq!(values(&vs)["fc.weight"], head);
}

#[test]
fn a_partial_load_takes_what_both_have() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(&folder, "fc");
    let vs = network("head", 10);
    let loaded = Weights::open(&file).unwrap().partial().load(&vs).unwrap();
    assert_eq!((loaded.kept, loaded.unused), (vec!["head.weight".to_owned()], vec!["fc.weight".to_owned()]));
    let shapes = Weights::open(&file).unwrap().partial().load(&network("fc", 3)).unwrap_err();
    assert!(shapes.to_string().contains("`fc.weight` is f32 [3, 84] in the network and f32 [10, 84] in the file"));
    let other = VarStore::new(Device::Cpu);
    let _ = parameter(&other.root(), "other", &[1], Init::Constant(0.0));
    let nothing = Weights::open(&file).unwrap().partial().load(&other).unwrap_err();
    assert!(nothing.to_string().contains("has none of the network's tensors"), "{nothing}");
}

#[test]
fn numbers_are_converted_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let mut half = network("fc", 10);
    half.bfloat16();
    save(&half, &file).unwrap();
    let vs = network("fc", 10);
    assert!(refused(&vs, &file).contains("`fc.weight` is f32 [10, 84] in the network and bf16 [10, 84] in the file"));
    let loaded = Weights::open(&file).unwrap().convert().load(&vs).unwrap();
    assert_eq!(loaded.converted.len(), 3);
    assert_eq!(values(&vs)["fc.weight"], values(&half)["fc.weight"].to_kind(Kind::Float));
    // A complex number does not become its real part.
    let complex = folder.path().join("complex.safetensors");
    let spectrum = VarStore::new(Device::Cpu);
    for (name, tensor) in values(&half) {
        let _ = spectrum.root().add(&name.replace('.', "_"), tensor.to_kind(Kind::ComplexFloat), false);
    }
    save(&spectrum, &complex).unwrap();
    let weights = Weights::open(&complex).unwrap().convert().rename("*_weight", "*.weight").rename("bn1_*", "bn1.*");
    assert!(weights.load(&vs).unwrap_err().to_string().contains("3 different"));
    // Conversion does not change shapes, and floats do not become integers.
    let error = Weights::open(&file).unwrap().convert().load(&network("fc", 3)).unwrap_err().to_string();
    assert!(error.contains("0 missing, 0 unexpected, 1 different"), "{error}");
    let whole = VarStore::new(Device::Cpu);
    for (name, tensor) in values(&half) {
        let _ = whole.root().add(&name.replace('.', "_"), tensor.to_kind(Kind::Int64), false);
    }
    let weights = Weights::open(&file).unwrap().convert().rename("*.*", "*_*");
    assert!(weights.load(&whole).unwrap_err().to_string().contains("3 different"));
}

#[test]
fn nan_is_an_error_unless_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let broken = network("fc", 10);
    tch::no_grad(|| {
        let weight = broken.variables().remove("fc.weight").unwrap();
        let _ = weight.get(3).get(5).fill_(f64::NAN);
        let _ = weight.get(0).get(0).fill_(f64::INFINITY);
    });
    save(&broken, &file).unwrap();
    let vs = network("fc", 10);
    assert_eq!(
        refused(&vs, &file),
        "`net.safetensors` holds NaN: `fc.weight`\n\
         help: nothing was loaded; load an earlier file, or accept it with `Weights::allow_nan`"
    );
    Weights::open(&file).unwrap().allow_nan().load(&vs).unwrap();
    assert!(values(&vs)["fc.weight"].isnan().any().int64_value(&[]) == 1);
}

#[test]
fn a_rule_that_does_nothing_is_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(&folder, "fc");
    let weights = || Weights::open(&file).unwrap();
    let error = weights().rename("cf.*", "*").load(&network("fc", 10)).unwrap_err().to_string();
    assert!(
        error.starts_with("no parameter's name matches `cf.*`\nnote: the names begin with `bn1`, `conv1`, `fc`"),
        "{error}"
    );
    let error = weights().ignore("fc3.*").load(&network("fc", 10)).unwrap_err().to_string();
    assert!(error.starts_with("no parameter's name matches `fc3.*`"), "{error}");
    let error = weights().rename("*.weight", "weight").load(&network("fc", 10)).unwrap_err().to_string();
    assert!(error.starts_with("both `conv1.weight` and `fc.weight` of `"), "{error}");
}

#[test]
#[should_panic(expected = "`*.*` has more stars than `fc.*`")]
fn a_rule_must_say_what_its_stars_stand_for() {
    let folder = tempfile::tempdir().unwrap();
    let _ = Weights::open(saved(&folder, "fc")).unwrap().rename("fc.*", "*.*");
}

#[test]
fn batch_normalisation_is_counted_for_pytorch() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    let vs = network("fc", 10);
    let _ = buffer(&(vs.root() / "bn1"), "running_var", &[6], Init::Constant(1.0));
    save(&vs, &file).unwrap();
    let weights = Weights::open(&file).unwrap();
    assert_eq!(weights.shape("bn1.num_batches_tracked"), Some(&[][..]));
    assert_eq!(weights.tensor("bn1.num_batches_tracked").unwrap(), Some(Tensor::from(0i64)));
    assert_eq!(weights.tensor("bn2.num_batches_tracked").unwrap(), None);
    assert!(weights.to_string().starts_with("bn1.num_batches_tracked: i64 []\nbn1.running_mean: f32 [6]\n"));
}

#[test]
fn a_name_of_another_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vs = nn::VarStore::new(Device::Cpu);
    for name in ["lenet.pth", "lenet.NPZ"] {
        let file = folder.path().join(name);
        let error = save(&vs, &file).unwrap_err();
        assert!(matches!(&error, Error::Misnamed { .. }) && !file.exists(), "{error}");
    }
    let error = save(&vs, "lenet.pth").unwrap_err().to_string();
    assert_eq!(
        error,
        "`lenet.pth` has the wrong extension: weights are saved as safetensors, which PyTorch reads too\n\
         help: name it `lenet.safetensors`"
    );
}
