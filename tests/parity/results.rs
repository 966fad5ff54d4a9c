//! The results of one case of the suite, and how they differ from PyTorch's.

use nn_dsl::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// A network that was run in nn-dsl. Its results are in its folder.
pub struct Case {
    pub listing: String,
    pub folder: PathBuf,
    /// The layers in it.
    pub layers: Vec<&'static str>,
    /// Whether it starts with PyTorch's values from the same seed.
    pub same_start: bool,
    /// How the optimised form differs, if it does.
    pub optimized: Option<String>,
}

type Results = BTreeMap<String, Tensor>;

impl Case {
    /// The first result that differs from PyTorch's.
    pub fn difference(&self) -> Option<String> {
        let what = self.optimized.clone().or_else(|| self.failed()).or_else(|| self.results_apart())?;
        Some(format!("{}: {what}", self.listing))
    }

    /// Why PyTorch could not run it.
    fn failed(&self) -> Option<String> {
        let error = fs::read_to_string(self.folder.join("error.txt")).ok()?;
        Some(format!("PyTorch cannot run it:\n{error}\n{}", self.python()))
    }

    fn results_apart(&self) -> Option<String> {
        let (ours, theirs) = (self.results("ours.safetensors"), self.results("theirs.safetensors"));
        if let Some(key) = missing(&ours, &theirs) {
            return Some(format!("PyTorch has no {key}"));
        }
        if let Some(key) = missing(&theirs, &ours) {
            return Some(format!("only PyTorch has {key}"));
        }
        let differs = |(key, ours): (&String, &Tensor)| {
            let found = theirs.get(key)?;
            Some(format!("{key} {} in PyTorch", apart(ours, found, tolerance(key, &theirs))?))
        };
        let first = ours.iter().find_map(differs)?;
        Some(format!("{first}\n{}", self.python()))
    }

    fn results(&self, file: &str) -> Results {
        let read = Tensor::read_safetensors(self.folder.join(file)).expect("both sides have results");
        read.into_iter().filter(|(key, _)| self.same_start || !key.starts_with("start ")).collect()
    }

    fn python(&self) -> String {
        fs::read_to_string(self.folder.join("net.py")).unwrap_or_default()
    }
}

/// The first result in `of` that the others lack. A gradient of zeros may be missing.
fn missing<'a>(of: &'a Results, others: &Results) -> Option<&'a str> {
    of.iter()
        .find(|(key, tensor)| !others.contains_key(*key) && tensor.count_nonzero(None::<i64>).int64_value(&[]) > 0)
        .map(|(key, _)| key.as_str())
}

/// The allowed difference of a result, relative to its largest value.
fn tolerance(key: &str, theirs: &Results) -> f64 {
    // A value that is zero in f64 is only a rounding error in f32, and depends on the order of additions.
    let exact = key.strip_prefix("f32").and_then(|rest| theirs.get(&format!("f64{rest}")));
    if exact.is_some_and(|exact| largest(exact) <= 1e-6 * largest(&theirs[key])) {
        return 10.0;
    }
    match key.split_once([' ', ',']) {
        Some(("start", _)) => 0.0,
        Some(("f64", _)) => 1e-9,
        _ => 1e-4,
    }
}

/// The largest magnitude of its finite values, 0 if there are none.
fn largest(tensor: &Tensor) -> f64 {
    if tensor.numel() == 0 {
        return 0.0;
    }
    tensor.to_kind(Kind::Double).abs().nan_to_num(0.0, 0.0, 0.0).max().double_value(&[])
}

/// How two tensors differ, if by more than `tolerance` of the largest value.
pub fn apart(ours: &Tensor, theirs: &Tensor, tolerance: f64) -> Option<String> {
    if ours.size() != theirs.size() || ours.kind() != theirs.kind() {
        let (ours, theirs) = ((ours.size(), ours.kind()), (theirs.size(), theirs.kind()));
        return Some(format!("is {ours:?}, and {theirs:?}"));
    }
    if ours.numel() == 0 {
        return None;
    }
    let (ours, theirs) = (ours.to_kind(Kind::Double), theirs.to_kind(Kind::Double));
    let same = ours.eq_tensor(&theirs);
    let difference = (&ours - &theirs).abs().masked_fill(&same, 0.0).max().double_value(&[]);
    let finite = largest(&theirs);
    (difference.is_nan() || difference > tolerance * finite.max(1e-30))
        .then(|| format!("is apart by {difference:e} from the largest value {finite:e}"))
}

/// All elements of a tensor, or of a large one only as many as can be compared quickly.
pub fn sample(tensor: &Tensor) -> Tensor {
    let step = tensor.numel() as i64 / 65536 + 1;
    if step > 1 { tensor.flatten(0, -1).slice(0, None, None, step) } else { tensor.shallow_clone() }
}
