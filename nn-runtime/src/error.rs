//! What can go wrong at run time, said so that the reader can mend it.

use std::io;
use std::path::PathBuf;

use safetensors::SafeTensorError;
use tch::{Kind, TchError};

use crate::weights::Mismatch;

/// An error of this crate. Its text says what is wrong, where, and how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be opened, read or written.
    #[error("cannot {action} `{}`: {reason}", .path.display())]
    Io {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system answered.
        reason: io::Error,
    },

    /// A folder lacks a file of a data set.
    #[error("`{}` has no `{file}`, plain or gzipped\nhelp: {help}", .folder.display())]
    MissingFile {
        /// The folder that was searched.
        folder: PathBuf,
        /// The file's name, without `.gz`.
        file: String,
        /// How to mend it.
        help: String,
    },

    /// A file holds something else than it should.
    #[error("`{}`, byte {position}: expected {expected}, found {found}\nhelp: {help}", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where in the file, after decompression if it is compressed.
        position: u64,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
        /// How to mend it.
        help: String,
    },

    /// A file is not in the safetensors format.
    #[error("`{}` is not a safetensors file: {reason}\nhelp: {help}", .path.display())]
    NotSafetensors {
        /// The file.
        path: PathBuf,
        /// What the format's reader says.
        reason: SafeTensorError,
        /// How to mend it.
        help: String,
    },

    /// The safetensors format cannot hold a tensor.
    #[error("safetensors has no type for `{name}`, which is {kind:?}\nhelp: cast it before saving")]
    UnsupportedKind {
        /// The tensor's name.
        name: String,
        /// Its type.
        kind: Kind,
    },

    /// The tensors of a file are not those of the network.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),

    /// libtorch failed.
    #[error("libtorch: {0}")]
    Torch(String),
}

impl From<TchError> for Error {
    /// Keeps the first line: the others are libtorch's C++ backtrace.
    fn from(error: TchError) -> Self {
        let text = match error {
            TchError::Torch(text) => text,
            other => other.to_string(),
        };
        Self::Torch(text.lines().next().unwrap_or_default().to_owned())
    }
}

impl Error {
    /// For `map_err` on a failed read of `path`.
    pub(crate) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Io { action: "read", path, reason }
    }

    /// For `map_err` on a failed write of `path`.
    pub(crate) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Io { action: "write", path, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Tensor};

    #[test]
    fn a_libtorch_error_is_one_line() {
        let a = Tensor::zeros([2, 3], (Kind::Float, Device::Cpu));
        let error = Error::from(a.f_matmul(&a).unwrap_err());
        assert_eq!(error.to_string(), "libtorch: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
    }
}
