//! PyTorch's own files: `torch.save`'s archives and what it wrote before 1.6, TorchScript's, and tch's `.ot`.

use std::collections::BTreeMap;
use std::sync::Arc;

use memmap2::Mmap;
use safetensors::Dtype;

use super::archive::Archive;
use super::cursor::{Cursor, Damage};
use super::pickle::{Id, Pickle, Storage, Value, View};
use super::stored::{Piece, Stored};

/// The end of the name of the archive's part with the pickle, after the file's original name.
pub const PICKLE: &str = "/data.pkl";

/// The beginning of files from before the archives: a pickle of this number.
pub const MAGIC: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";

/// Deeper than any checkpoint is nested.
const DEEPEST: usize = 64;

/// The greatest average length of names. Dictionaries that are visited again count again.
const NAME: usize = 64;

type Tensors = BTreeMap<String, Stored>;

/// The tensors of an archive.
pub fn archived(archive: &Archive) -> Result<Tensors, Damage> {
    let (name, pickle) = archive.iter().find(|(name, _)| name.ends_with(PICKLE)).ok_or("it has no data.pkl")?;
    let folder = name.strip_suffix(PICKLE).unwrap_or_default();
    if let Some(order) = archive.get(&format!("{folder}/byteorder"))
        && order.bytes()?.as_ref() != b"little"
    {
        return Err("its numbers are not little-endian".into());
    }
    let bytes = pickle.bytes().map_err(|damage| format!("`{name}`: {}", damage.reason))?;
    let pickle = Pickle::read(&mut Cursor::new(&bytes))?;
    let piece = |key: &str| archive.get(&format!("{folder}/data/{key}")).cloned();
    Walk::new(&pickle, &piece).tensors()
}

/// The tensors of a file from before the archives: four pickles, the last of which is the object, then a list of keys, and
/// the storages in that order.
pub fn legacy(file: &Arc<Mmap>) -> Result<Tensors, Damage> {
    let mut cursor = Cursor::new(file);
    cursor.take(MAGIC.len())?;
    let _version = Pickle::read(&mut cursor)?;
    let _machine = Pickle::read(&mut cursor)?;
    let pickle = Pickle::read(&mut cursor)?;
    let keys = Pickle::read(&mut cursor)?;
    let Value::List(keys_in_order) = keys.get(keys.root) else { return Err("it has no list of storages".into()) };
    let storages: BTreeMap<&str, Storage> = pickle.storages().map(|storage| (storage.key, storage)).collect();
    let mut pieces = BTreeMap::new();
    for &key in keys_in_order {
        let Value::Text(key) = keys.get(key) else { return Err("the name of a storage is not text".into()) };
        let storage = storages.get(key).ok_or_else(|| format!("no tensor is in its storage {key}"))?;
        let elements = cursor.long_length()?;
        if elements != storage.elements {
            return Err(
                format!("its storage {key} has {elements} elements, and should have {}", storage.elements).into()
            );
        }
        let bytes = elements.checked_mul(storage.dtype.map_or(1, width)).ok_or("a storage is larger than memory")?;
        let start = cursor.at;
        cursor.take(bytes)?;
        pieces.insert(*key, Piece { file: Arc::clone(file), range: start..cursor.at, packed: None });
    }
    Walk::new(&pickle, &|key| pieces.get(key).cloned()).tensors()
}

/// How many bytes a number has.
fn width(dtype: Dtype) -> usize {
    dtype.bitsize() / 8
}

/// Collects tensors under the keys that lead to them: `state_dict.fc.weight`.
struct Walk<'p, 'a> {
    pickle: &'p Pickle<'a>,
    /// The storage of a key.
    piece: &'p dyn Fn(&str) -> Option<Piece>,
    /// How much more may be visited, since a dictionary can be in many places, even in itself.
    budget: usize,
    tensors: Tensors,
}

impl<'p, 'a> Walk<'p, 'a> {
    fn new(pickle: &'p Pickle<'a>, piece: &'p dyn Fn(&str) -> Option<Piece>) -> Self {
        Self { pickle, piece, budget: pickle.len().saturating_mul(NAME), tensors: Tensors::new() }
    }

    fn tensors(mut self) -> Result<Tensors, Damage> {
        self.visit(self.pickle.root, "", 0)?;
        Ok(self.tensors)
    }

    fn visit(&mut self, id: Id, name: &str, depth: usize) -> Result<(), Damage> {
        let left = self.budget.checked_sub(1 + name.len()).filter(|_| depth <= DEEPEST);
        self.budget = left.ok_or("its dictionaries are nested without end")?;
        match self.pickle.get(id) {
            Value::Tensor(view) => {
                let stored = self.stored(view).map_err(|damage| format!("`{name}`: {}", damage.reason))?;
                self.tensors.insert(name.to_owned(), stored);
            }
            Value::Dict(entries) => {
                for &(key, value) in entries {
                    match self.pickle.get(key) {
                        Value::Text(key) => self.visit(value, &inside(name, key), depth + 1)?,
                        Value::Int(key) => self.visit(value, &inside(name, &key.to_string()), depth + 1)?,
                        _ => {}
                    }
                }
            }
            Value::List(items) => {
                for (index, &item) in items.iter().enumerate() {
                    self.visit(item, &inside(name, &index.to_string()), depth + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn stored(&self, view: &View) -> Result<Stored, Damage> {
        let piece = (self.piece)(view.key).ok_or_else(|| format!("its storage {} is not in the file", view.key))?;
        let (shape, strides) = self.pickle.layout(view)?;
        let offset = view.offset.checked_mul(width(view.dtype)).ok_or("it reaches beyond its storage")?;
        Stored::new(view.dtype, shape, Some(strides), offset, piece)
    }
}

/// tch replaces the dots in names by `|`.
fn inside(outer: &str, key: &str) -> String {
    let key = key.replace('|', ".");
    if outer.is_empty() { key } else { format!("{outer}.{key}") }
}
