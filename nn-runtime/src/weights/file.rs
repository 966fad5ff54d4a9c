//! A file of weights in any format, and the rules for loading it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::Mmap;
use safetensors::SafeTensors;
use tch::{TchError, Tensor, nn};

use super::cursor::Damage;
use super::load::{self, LoadReport, Rules};
use super::mismatch::describe_stored;
use super::stored::{Piece, Stored};
use super::{archive, npz, pytorch, shards};
use crate::{Error, Network};

/// The tensors of a weights file, which are read only when needed.
///
/// The format is detected from the content, not from the file name: safetensors; the index of sharded files
/// (`model.safetensors.index.json`); `torch.save` files, also from before PyTorch 1.6; TorchScript; files of tch's
/// `VarStore::save`; NumPy's `.npz`. Nothing in a file is ever executed. Nested dictionaries are joined with dots: a
/// checkpoint's `{"state_dict": {"fc.weight": ..}}` becomes `state_dict.fc.weight`.
///
/// [`Weights::load`] is strict unless you relax it first: every name, shape and type must match the network. In
/// patterns, `*` matches any text, including dots; a pattern that matches no name is an error.
///
/// ```
/// use nn_runtime::init::{Init, parameter};
/// use nn_runtime::weights::{self, Weights};
/// use tch::{Device, nn};
///
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("body.safetensors");
/// let mut saved = nn::VarStore::new(Device::Cpu);
/// let _ = parameter(&(saved.root() / "module" / "body"), "weight", &[84, 400], Init::KaimingUniform);
/// let _ = parameter(&(saved.root() / "module" / "fc"), "weight", &[1000, 84], Init::KaimingUniform);
/// weights::save(&saved, &file)?;
///
/// let vs = nn::VarStore::new(Device::Cpu);
/// let _ = parameter(&(vs.root() / "body"), "weight", &[84, 400], Init::KaimingUniform);
/// let _ = parameter(&(vs.root() / "fc"), "weight", &[10, 84], Init::KaimingUniform);
/// let loaded = Weights::open(&file)?.rename("module.*", "*").ignore("fc.*").load(&vs)?;
/// assert_eq!(loaded.tensors, ["body.weight"]);
/// assert_eq!(loaded.kept, ["fc.weight"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The file is memory-mapped; truncating it while it is in use aborts the program.
#[derive(Clone, Debug)]
pub struct Weights {
    path: PathBuf,
    tensors: BTreeMap<String, Stored>,
    rules: Rules,
}

impl Weights {
    /// Lists the tensors of the file `path` without reading their values.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or has none of these formats.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let tensors = match content(path)? {
            Content::Tensors(tensors) => tensors,
            Content::Shards(files) => shards::tensors(path, files)?,
        };
        Ok(Self { path: path.into(), tensors, rules: Rules::default() })
    }

    /// Iterates over the names in the file, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Returns the shape of a tensor in the file.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|tensor| tensor.shape.as_slice())
    }

    /// Reads a tensor into CPU memory; `None` if the file has no such name.
    ///
    /// # Errors
    /// If its checksum is wrong, or libtorch does not have its type.
    pub fn tensor(&self, name: &str) -> Result<Option<Tensor>, Error> {
        self.tensors.get(name).map(|tensor| self.read(name, tensor)).transpose()
    }

    /// Renames the file's tensors that match `from` to `to`. Each star of `to` stands for what the corresponding star
    /// of `from` matched: `rename("module.*", "*")`, `rename("*.norm.1.*", "*.norm1.*")`. Rules apply in the order in
    /// which you add them.
    ///
    /// # Panics
    /// If `to` has more stars than `from`.
    #[track_caller]
    pub fn rename(mut self, from: &str, to: &str) -> Self {
        let stars = |pattern: &str| pattern.matches('*').count();
        assert!(stars(to) <= stars(from), "`{to}` has more stars than `{from}`, so nothing says what they stand for");
        self.rules.renames.push((from.to_owned(), to.to_owned()));
        self
    }

    /// Neither loads nor requires tensors whose names match: the network keeps its own values.
    pub fn ignore(mut self, pattern: &str) -> Self {
        self.rules.ignored.push(pattern.to_owned());
        self
    }

    /// Loads only the tensors that both the file and the network have, at least one. Their shapes and types must still
    /// match.
    pub fn partial(mut self) -> Self {
        self.rules.partial = true;
        self
    }

    /// Converts values to the network's type if that is a float type: from `f16` to `f32`, from `i64` to `f32`.
    pub fn convert(mut self) -> Self {
        self.rules.convert = true;
        self
    }

    /// Accepts NaN, which is otherwise an error.
    pub fn allow_nan(mut self) -> Self {
        self.rules.allow_nan = true;
        self
    }

    /// Accepts the tied parameters of the network `N`, which must be at the root of what is loaded, under either name.
    ///
    /// A file saved from PyTorch holds a tied parameter twice, as `embed.weight` and `head.weight`, and both must have
    /// the same values. Our files hold it once.
    pub fn tied<N: Network>(mut self) -> Self {
        self.rules.aliases = N::ALIASES;
        self
    }

    /// Loads the file into the parameters and buffers of `vs`, and reports what it did.
    ///
    /// # Errors
    /// If a name, a shape or a type differs, or a value is NaN. The error lists all differences, and `vs` stays
    /// unchanged.
    pub fn load(&self, vs: &nn::VarStore) -> Result<LoadReport, Error> {
        load::load(self, &self.rules, vs)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn tensors(&self) -> &BTreeMap<String, Stored> {
        &self.tensors
    }

    pub(super) fn read(&self, name: &str, tensor: &Stored) -> Result<Tensor, Error> {
        tensor.tensor().map_err(|damage| self.damaged(name, damage))
    }

    /// Calls `read` with a tensor, which is copied only if necessary.
    pub(super) fn with<T>(
        &self,
        name: &str,
        tensor: &Stored,
        read: impl FnOnce(&Tensor) -> Result<T, TchError>,
    ) -> Result<T, Error> {
        Ok(tensor.with(read).map_err(|damage| self.damaged(name, damage))??)
    }

    fn damaged(&self, name: &str, damage: Damage) -> Error {
        Damage { reason: format!("`{name}`: {}", damage.reason), ..damage }.of(&self.path, "a file of weights")
    }
}

/// A line for each tensor: `fc.weight: f32 [10, 84]`.
impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, tensor) in &self.tensors {
            writeln!(f, "{name}: {}", describe_stored(tensor))?;
        }
        Ok(())
    }
}

/// What a file holds.
pub fn content(path: &Path) -> Result<Content, Error> {
    let file = File::open(path).map_err(Error::reading(path))?;
    if path.is_dir() {
        return Err(Error::reading(path)(io::ErrorKind::IsADirectory.into()));
    }
    // SAFETY: nothing here writes to it; `Weights` says what happens where others do.
    let map = Arc::new(unsafe { Mmap::map(&file) }.map_err(Error::reading(path))?);
    let format = Format::of(&map);
    format.content(&map).map_err(|damage| damage.of(path, format.name()))
}

/// The formats of weights files.
#[derive(Clone, Copy)]
enum Format {
    Safetensors,
    Index,
    Archive,
    Legacy,
}

/// What a file holds.
pub enum Content {
    Tensors(BTreeMap<String, Stored>),
    /// The names of other files, each with the tensors that it should have.
    Shards(BTreeMap<String, Vec<String>>),
}

impl Format {
    /// Detects the format from the first bytes. Safetensors, which begin with a length, are the default.
    fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"PK\x03\x04") {
            Self::Archive
        } else if bytes.starts_with(pytorch::MAGIC) {
            Self::Legacy
        } else if bytes.trim_ascii_start().starts_with(b"{") && bytes.get(8) != Some(&b'{') {
            Self::Index
        } else {
            Self::Safetensors
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Safetensors => "a safetensors file",
            Self::Index => shards::INDEX,
            Self::Archive => "an archive of weights",
            Self::Legacy => "a PyTorch file",
        }
    }

    fn content(self, file: &Arc<Mmap>) -> Result<Content, Damage> {
        Ok(Content::Tensors(match self {
            Self::Safetensors => safetensors(file)?,
            Self::Index => return Ok(Content::Shards(shards::files(file)?)),
            Self::Legacy => pytorch::legacy(file)?,
            Self::Archive => {
                let parts = archive::parts(file)?;
                if parts.keys().any(|part| part.ends_with(pytorch::PICKLE)) {
                    pytorch::archived(&parts)?
                } else {
                    npz::tensors(parts)?
                }
            }
        }))
    }
}

fn safetensors(file: &Arc<Mmap>) -> Result<BTreeMap<String, Stored>, Damage> {
    let (header, metadata) = SafeTensors::read_metadata(file).map_err(|error| error.to_string())?;
    let numbers = size_of::<u64>() + header;
    let stored = |info: &safetensors::tensor::TensorInfo| {
        let (start, end) = info.data_offsets;
        let piece = Piece { file: Arc::clone(file), range: numbers + start..numbers + end, packed: None };
        Stored::new(info.dtype, info.shape.clone(), None, 0, piece)
    };
    metadata.tensors().into_iter().map(|(name, info)| Ok((name, stored(info)?))).collect()
}
