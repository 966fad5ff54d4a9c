//! The differences between a file's tensors and a network's, collected before anything is loaded.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use tch::Tensor;

use super::{dtype, shape};

/// How many names of a kind a report shows. A file of another network differs in hundreds.
const SHOWN: usize = 8;

/// Names this alike are taken for one name, misspelt: `fc.weight` and `fc3.weight` are 0.9 alike.
const ALIKE: f64 = 0.6;

/// All differences between a file and a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The file.
    pub path: PathBuf,
    /// Tensors of the network that the file lacks.
    pub missing: Vec<String>,
    /// Tensors of the file that the network lacks.
    pub unexpected: Vec<String>,
    /// Tensors of both, of different shape or type.
    pub different: Vec<Difference>,
    /// Whether the network has no tensor at all.
    network_is_empty: bool,
}

/// A tensor whose shape or type in the file is not the network's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The tensor's name.
    pub name: String,
    /// Its type and shape in the network: `f32 [6, 1, 5, 5]`.
    pub expected: String,
    /// Its type and shape in the file.
    pub found: String,
}

impl Mismatch {
    /// Compares names, shapes and types.
    pub(super) fn check(
        path: &Path,
        network: &BTreeMap<String, Tensor>,
        file: &BTreeMap<&str, TensorView>,
    ) -> Result<(), Self> {
        let mismatch = Self {
            path: path.into(),
            missing: network.keys().filter(|name| !file.contains_key(name.as_str())).cloned().collect(),
            unexpected: file.keys().filter(|name| !network.contains_key(**name)).map(|name| name.to_string()).collect(),
            different: network
                .iter()
                .filter_map(|(name, tensor)| Difference::between(name, tensor, file.get(name.as_str())?))
                .collect(),
            network_is_empty: network.is_empty(),
        };
        if mismatch.count() == 0 { Ok(()) } else { Err(mismatch) }
    }

    fn count(&self) -> usize {
        self.missing.len() + self.unexpected.len() + self.different.len()
    }

    /// The missing name that an unexpected one may be meant to be.
    fn nearest(&self, unexpected: &str) -> Option<&str> {
        let alike = |name: &&String| strsim::normalized_levenshtein(name, unexpected);
        let nearest = self.missing.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
        (alike(&nearest) >= ALIKE).then_some(nearest)
    }
}

impl Difference {
    fn between(name: &str, expected: &Tensor, found: &TensorView) -> Option<Self> {
        let same = dtype(expected.kind()) == Some(found.dtype()) && shape(expected) == found.shape();
        (!same).then(|| Self {
            name: name.to_owned(),
            expected: describe(dtype(expected.kind()), &shape(expected)),
            found: describe(Some(found.dtype()), found.shape()),
        })
    }
}

/// A type and a shape as the language writes them.
fn describe(dtype: Option<Dtype>, shape: &[usize]) -> String {
    let dtype = dtype.map_or("unknown".to_owned(), |dtype| dtype.to_string().to_lowercase());
    format!("{dtype} {shape:?}")
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` does not fit the network: {} missing, {} unexpected, {} different",
            self.path.display(),
            self.missing.len(),
            self.unexpected.len(),
            self.different.len()
        )?;
        list(f, &self.missing, |f, name| write!(f, "`{name}` is missing from the file"))?;
        list(f, &self.unexpected, |f, name| {
            write!(f, "`{name}` of the file is not in the network")?;
            self.nearest(name).map_or(Ok(()), |near| write!(f, "; is it `{near}`?"))
        })?;
        list(f, &self.different, |f, Difference { name, expected, found }| {
            write!(f, "`{name}` is {expected} in the network and {found} in the file")
        })?;
        f.write_str("\nhelp: nothing was loaded; ")?;
        f.write_str(if self.network_is_empty {
            "the network has no parameters yet: make it on this `VarStore` before loading"
        } else {
            "load a file that this very network saved, or name its layers as the file does"
        })
    }
}

impl std::error::Error for Mismatch {}

/// One note for each of the first items, and one for the number of the others.
fn list<T>(
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
