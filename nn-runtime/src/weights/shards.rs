//! Weights in several files, with an index of which tensor is in which: `model.safetensors.index.json`.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde_json::Value;

use super::cursor::Damage;
use super::file::{self, Content};
use super::stored::Stored;
use crate::Error;

/// Its name in messages.
pub const INDEX: &str = "an index of weights";

/// The files that an index names, each with its tensors.
pub fn files(index: &[u8]) -> Result<BTreeMap<String, Vec<String>>, Damage> {
    let index: Value = serde_json::from_slice(index).map_err(|error| error.to_string())?;
    let map = index.get("weight_map").and_then(Value::as_object).ok_or("it has no `weight_map`")?;
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, file) in map {
        let file = file.as_str().ok_or_else(|| format!("`{name}` is in no file"))?;
        // Only a name: a path could lead elsewhere.
        if !matches!(Path::new(file).components().collect::<Vec<_>>()[..], [Component::Normal(part)] if part == file) {
            return Err(format!("`{name}` is in `{file}`, which is not a file next to the index").into());
        }
        files.entry(file.to_owned()).or_default().push(name.clone());
    }
    Ok(files)
}

/// The tensors of all files beside the index.
pub fn tensors(index: &Path, files: BTreeMap<String, Vec<String>>) -> Result<BTreeMap<String, Stored>, Error> {
    let wrong = |reason: String| Damage::from(reason).of(index, INDEX);
    let mut tensors = BTreeMap::new();
    for (file, names) in files {
        let Content::Tensors(mut shard) = file::content(&index.with_file_name(&file))? else {
            return Err(wrong(format!("`{}` is in `{file}`, which is an index", names[0])));
        };
        for name in names {
            let tensor = shard.remove(&name);
            let tensor = tensor.ok_or_else(|| wrong(format!("`{name}` should be in `{file}`, and is not")))?;
            tensors.insert(name, tensor);
        }
    }
    Ok(tensors)
}
