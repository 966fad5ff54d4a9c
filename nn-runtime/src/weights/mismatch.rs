//! The differences between saved tensors and those they are for, collected before anything is loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use safetensors::Dtype;
use tch::Tensor;

use super::stored::{Stored, dtype};

/// How many names of a kind a report shows. A file of another network may differ in hundreds.
const SHOWN: usize = 8;

/// From this similarity on, two names are taken for one, misspelt: that of `fc.weight` and `fc3.weight` is 0.9.
const ALIKE: f64 = 0.6;

/// Longer names are not compared.
const LONGEST: usize = 1000;

/// What was saved, and where it was to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// The weights of a network, in this file.
    Weights(PathBuf),
    /// The weights in a checkpoint; boxed, so that errors stay small.
    Checkpoint(Box<Path>),
    /// The state of this optimizer or schedule.
    State(&'static str),
    /// The state of this optimizer or schedule, in a checkpoint of a run.
    StateInCheckpoint(Box<(&'static str, PathBuf)>),
}

/// All differences between saved tensors and those they were to be loaded into.
#[derive(Clone, PartialEq)]
pub struct Mismatch {
    /// What was to be loaded.
    pub saved: Saved,
    /// Tensors that are needed but were not saved.
    pub missing: Vec<String>,
    /// Tensors that were saved but not needed.
    pub unexpected: Vec<String>,
    /// Tensors whose shape or type differs.
    pub different: Vec<Difference>,
    /// For unexpected tensors that are shown, the missing one they may be.
    meant: Box<[(String, String)]>,
    /// Whether there is no tensor at all to load into.
    nothing_expected: bool,
}

/// A tensor whose saved shape or type differs from the required one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The tensor's name.
    pub name: String,
    /// Its type and shape in the network or optimizer: `f32 [6, 1, 5, 5]`.
    pub expected: String,
    /// Its type and shape as saved.
    pub found: String,
}

/// Types and shapes by name.
pub(crate) type Specs = BTreeMap<String, String>;

impl Mismatch {
    /// Compares names, shapes and types.
    pub(crate) fn check(saved: Saved, expected: &Specs, found: &Specs) -> Result<(), Self> {
        let missing: Vec<String> = expected.keys().filter(|name| !found.contains_key(*name)).cloned().collect();
        let unexpected: Vec<String> = found.keys().filter(|name| !expected.contains_key(*name)).cloned().collect();
        let meant = |name: &String| Some((name.clone(), nearest(name, &found[name], &missing, expected)?));
        let mismatch = Self {
            saved,
            meant: unexpected.iter().take(SHOWN).filter_map(meant).collect(),
            missing,
            unexpected,
            different: expected
                .iter()
                .filter_map(|(name, expected)| Difference::between(name, expected, found.get(name)?))
                .collect(),
            nothing_expected: expected.is_empty(),
        };
        if mismatch.count() == 0 { Ok(()) } else { Err(mismatch) }
    }

    /// The same mismatch, of a state in a checkpoint.
    pub(crate) fn in_checkpoint(self, path: &Path) -> Self {
        match self.saved {
            Saved::State(of) => Self { saved: Saved::StateInCheckpoint(Box::new((of, path.into()))), ..self },
            _ => self,
        }
    }

    fn count(&self) -> usize {
        self.missing.len() + self.unexpected.len() + self.different.len()
    }

    /// What loads weights with the names of the network, but other types, or other shapes in one part: a new head.
    fn fix(&self) -> Option<(&'static str, String)> {
        if !self.missing.is_empty() || !self.unexpected.is_empty() {
            return None;
        }
        if self.different.iter().all(|different| shape_of(&different.expected) == shape_of(&different.found)) {
            return Some(("to convert the types", ".convert()".to_owned()));
        }
        let stem = stem(self.different.iter().map(|different| different.name.as_str()))?;
        Some(("to keep the network's own values there", format!(".ignore(\"{stem}.*\")")))
    }

    fn help(&self) -> &'static str {
        match self.saved {
            Saved::StateInCheckpoint(..) => {
                "resume with the settings of the run that saved it, or use another folder to start again"
            }
            Saved::State(_) => "load a state that was saved with the same settings, for the same network",
            Saved::Weights(_) | Saved::Checkpoint(_) if self.nothing_expected => {
                "the network has no parameters yet: create it on this `VarStore` before loading"
            }
            Saved::Checkpoint(_) => {
                "a run must resume with the network that it started with; use another folder for another network"
            }
            Saved::Weights(_) => {
                "load a file that this network saved, name its layers like the file, or use `Weights` to rename, ignore or \
                 convert"
            }
        }
    }
}

/// All that the names have in common, up to a dot.
fn stem<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let common = names.into_iter().reduce(|one, other| {
        let same = one.char_indices().zip(other.chars()).take_while(|((_, a), b)| a == b);
        &one[..same.last().map_or(0, |((at, letter), _)| at + letter.len_utf8())]
    })?;
    common.rfind('.').map(|dot| &common[..dot])
}

/// What stands before every missing name among the unexpected ones: `module.`, of a network that PyTorch trained in parallel.
fn prefix<'u>(missing: &[String], unexpected: &'u [String]) -> Option<&'u str> {
    let first = missing.first()?;
    let names: BTreeSet<&str> = unexpected.iter().map(String::as_str).collect();
    let before = unexpected.iter().filter_map(|name| name.strip_suffix(first.as_str()));
    let is_of_all =
        |prefix: &&str| prefix.ends_with('.') && missing.iter().all(|name| names.contains(&*format!("{prefix}{name}")));
    before.filter(|prefix| !prefix.is_empty()).find(is_of_all)
}

/// The missing name that an unexpected one may be: the most similar of those with the same shape.
fn nearest(unexpected: &str, found: &str, missing: &[String], expected: &Specs) -> Option<String> {
    // The time of a comparison grows with the product of the lengths.
    if unexpected.len() > LONGEST {
        return None;
    }
    let fits = missing.iter().filter(|name| shape_of(&expected[*name]) == shape_of(found));
    let alike = |name: &String| strsim::normalized_levenshtein(name, unexpected);
    let nearest = fits.max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (alike(nearest) >= ALIKE).then(|| nearest.clone())
}

impl Difference {
    fn between(name: &str, expected: &str, found: &str) -> Option<Self> {
        (expected != found).then(|| Self {
            name: name.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        })
    }
}

/// The type and shape of a tensor.
pub(crate) fn describe(tensor: &Tensor) -> String {
    let shape: Vec<usize> = tensor.size().iter().map(|&size| size as usize).collect();
    spec(dtype(tensor.kind()), &shape)
}

/// The type and shape of a tensor in a file.
pub(super) fn describe_stored(tensor: &Stored) -> String {
    spec(Some(tensor.dtype), &tensor.shape)
}

/// The shape in a [`spec`].
fn shape_of(spec: &str) -> Option<&str> {
    spec.split_once(' ').map(|(_, shape)| shape)
}

/// A type and shape in the language's notation.
fn spec(dtype: Option<Dtype>, shape: &[usize]) -> String {
    let dtype = dtype.map_or("unknown".to_owned(), |dtype| dtype.to_string().to_lowercase());
    format!("{dtype} {shape:?}")
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, from, to) = match &self.saved {
            Saved::Weights(path) => (format!("`{}`", path.display()), "file", "network"),
            Saved::Checkpoint(path) => (format!("`{}`", path.display()), "file", "network"),
            Saved::State(of) => ("the state".to_owned(), "state", *of),
            Saved::StateInCheckpoint(state) => (format!("the state in `{}`", state.1.display()), "file", state.0),
        };
        write!(
            f,
            "{what} does not fit the {to}: {} missing, {} unexpected, {} different",
            self.missing.len(),
            self.unexpected.len(),
            self.different.len()
        )?;
        if let (Saved::Weights(path), Some(prefix)) = (&self.saved, prefix(&self.missing, &self.unexpected)) {
            return self.write_prefix(f, path, prefix);
        }
        list(f, &self.missing, |f, name| write!(f, "`{name}` is missing from the {from}"))?;
        list(f, &self.unexpected, |f, name| {
            write!(f, "`{name}` of the {from} is not in the {to}")?;
            let meant = self.meant.iter().find(|(unexpected, _)| unexpected == name);
            meant.map_or(Ok(()), |(_, near)| write!(f, "; is it `{near}`?"))
        })?;
        list(f, &self.different, |f, Difference { name, expected, found }| {
            write!(f, "`{name}` is {expected} in the {to} and {found} in the {from}")
        })?;
        match (&self.saved, self.fix()) {
            (Saved::Weights(path), Some((what, call))) => {
                let path = path.display();
                write!(f, "\nhelp: nothing was loaded; {what}: `Weights::open(\"{path}\")?{call}.load(&vs)?`")
            }
            _ => write!(f, "\nhelp: nothing was loaded; {}", self.help()),
        }
    }
}

impl Mismatch {
    /// One rule fixes all missing names.
    fn write_prefix(&self, f: &mut fmt::Formatter<'_>, path: &Path, prefix: &str) -> fmt::Result {
        let (first, path) = (&self.missing[0], path.display());
        let partial = if self.unexpected.len() > self.missing.len() { ".partial()" } else { "" };
        write!(
            f,
            "\nnote: names in the file begin with `{prefix}`: its `{prefix}{first}` is the network's `{first}`\n\
             help: nothing was loaded; rename them: `Weights::open(\"{path}\")?.rename(\"{prefix}*\", \"*\"){partial}.load(&vs)?`"
        )
    }
}

impl std::error::Error for Mismatch {}

/// A note for each of the first items, and one with the number of the others.
pub(super) fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    show: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for item in items.iter().take(SHOWN) {
        f.write_str("\nnote: ")?;
        show(f, item)?;
    }
    match items.len().checked_sub(SHOWN) {
        None | Some(0) => Ok(()),
        Some(others) => write!(f, "\nnote: ... and {others} more"),
    }
}
