//! Run-time errors, with texts that say how to fix them.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use tch::{Device, Kind, TchError};

use crate::check::InputError;
use crate::cost::CostError;
use crate::misfit::Misfit;
use crate::pattern::PatternError;
use crate::train::TrainError;
use crate::weights::Mismatch;

/// An error of this crate. Its text says what is wrong, where, and how to fix it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be opened, read or written.
    #[error("cannot {action} `{}`: {reason}", .path.display())]
    Io {
        /// The action that failed: `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: io::Error,
    },

    /// The extension of a file name belongs to a format that is not written.
    #[error("`{}` has the wrong extension: {written}\nhelp: name it `{}`", .path.display(), .instead.display())]
    Misnamed {
        /// The file, which stays unchanged.
        path: PathBuf,
        /// The format that is written.
        written: &'static str,
        /// The name with the right extension.
        instead: PathBuf,
    },

    /// There is no such folder.
    #[error("there is no folder `{}`\nhelp: {help}", .folder.display())]
    MissingFolder {
        /// The folder that was to be read.
        folder: PathBuf,
        /// How to fix it.
        help: String,
    },

    /// A folder lacks a file of a data set.
    #[error("`{}` has no `{file}`, plain or gzipped\nhelp: {help}", .folder.display())]
    MissingFile {
        /// The folder that was searched.
        folder: PathBuf,
        /// The file's name, without `.gz`.
        file: String,
        /// How to fix it.
        help: String,
    },

    /// A file has unexpected content.
    #[error("`{}`, byte {position}: expected {expected}, found {found}\nhelp: {help}", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where in the file, after decompression if it is compressed.
        position: u64,
        /// The expected content.
        expected: String,
        /// The actual content.
        found: String,
        /// How to fix it.
        help: String,
    },

    /// A table has unexpected content.
    #[error("`{}`, {place}: {reason}\nhelp: {help}", .path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The line, from 1, and the column.
        place: String,
        /// What was expected, and what was found.
        reason: String,
        /// How to fix it.
        help: String,
    },

    /// A folder of images lacks classes, or a class lacks images.
    #[error("`{}` does not have {needed}\nhelp: {help}", .folder.display())]
    NoImages {
        /// The folder.
        folder: PathBuf,
        /// What it lacks.
        needed: &'static str,
        /// How to fix it.
        help: String,
    },

    /// A file is not an image, or is damaged.
    #[error("cannot decode `{}`: {reason}\nhelp: remove it or fetch it again; JPEG, PNG, BMP and PNM are read", .path.display())]
    Undecodable {
        /// The file.
        path: PathBuf,
        /// The decoder's reason.
        reason: String,
    },

    /// A weights file is damaged, has another format, or asks for more than tensors.
    #[error("`{}` cannot be read as {format}: {reason}\nhelp: {help}", .path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// The format it seems to have.
        format: &'static str,
        /// What is wrong.
        reason: String,
        /// How to fix it.
        help: String,
    },

    /// The renaming rules give two tensors of a file the same name.
    #[error("both `{first}` and `{second}` of `{}` are renamed to `{name}`\nhelp: use patterns that tell them apart", .path.display())]
    SameName {
        /// The file.
        path: PathBuf,
        /// One name in the file.
        first: String,
        /// The other.
        second: String,
        /// The name that both get.
        name: String,
    },

    /// A file has two different values for one tied parameter.
    #[error(
        "`{first}` and `{second}` are one parameter of the network, but differ in `{}`\nhelp: ignore one of them, or do not tie them",
        .path.display()
    )]
    Untied {
        /// The file.
        path: PathBuf,
        /// The name that the parameter is saved under.
        first: String,
        /// The other.
        second: String,
    },

    /// A partial load found nothing to load.
    #[error(
        "`{}` has none of the network's tensors\nhelp: create the network before loading, and rename tensors whose names differ",
        .path.display()
    )]
    NothingInCommon {
        /// The file.
        path: PathBuf,
    },

    /// Tensors of a file hold NaN.
    #[error(
        "`{}` holds NaN: {}\nhelp: nothing was loaded; load an earlier file, or accept it with `Weights::allow_nan`",
        .path.display(),
        quoted(.names, 8)
    )]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// The names of the tensors, in the network.
        names: Vec<String>,
    },

    /// The store whose weights should be saved has none.
    #[error(
        "the `VarStore` has nothing to save: no parameters and no buffers\nhelp: save the one that the network was created on"
    )]
    NothingToSave,

    /// The safetensors format cannot hold a tensor.
    #[error("safetensors has no type for `{name}`, which is {kind:?}\nhelp: cast it before saving")]
    UnsupportedKind {
        /// The tensor's name.
        name: String,
        /// Its type.
        kind: Kind,
    },

    /// The tensors of a file do not match the network.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),

    /// A sample cannot be loaded or transformed.
    #[error("sample {index}: {reason}")]
    Sample {
        /// Its number in the data set.
        index: usize,
        /// What went wrong.
        reason: Box<Error>,
    },

    /// A batch cannot be made, for a reason other than one of its samples.
    #[error("batch {number}: {reason}")]
    Batch {
        /// Its number in the epoch.
        number: usize,
        /// What went wrong.
        reason: Box<Error>,
    },

    /// The samples of a batch cannot be stacked.
    #[error(
        "sample {index} is {found}, but sample {first} of the same batch is {expected}\n\
         help: make them alike before they are stacked: resize, crop, pad or cast them in the loader's `transform`"
    )]
    Ragged {
        /// The sample that differs.
        index: usize,
        /// Its type and shape.
        found: String,
        /// The first sample of the batch.
        first: usize,
        /// The type and shape of that sample.
        expected: String,
    },

    /// A transform does not support an image.
    #[error("`{transform}` needs {needed}, but the image is {found}")]
    Transform {
        /// The transform.
        transform: &'static str,
        /// What it supports.
        needed: String,
        /// What it got.
        found: String,
    },

    /// The tensors of a data set have different numbers of samples.
    #[error("tensor {tensor} has {found} samples, but tensor 0 has {expected}: their first sizes must be equal")]
    SampleCounts {
        /// The tensor that differs, from 0.
        tensor: usize,
        /// Its first size.
        found: usize,
        /// The first size of the first tensor.
        expected: usize,
    },

    /// There is no such sample.
    #[error("index {index} is beyond a data set of {len} samples")]
    Index {
        /// The index that was asked for.
        index: usize,
        /// The number of samples.
        len: usize,
    },

    /// A user's function panicked.
    #[error("panicked: {0}")]
    Panic(String),

    /// Any other error, such as one from your own data set: [`Error::other`].
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),

    /// An option of an optimizer or a schedule is invalid.
    #[error("{of}: `{option}` must be {expected}, not {found}")]
    Option {
        /// The optimizer or schedule.
        of: &'static str,
        /// The option's name.
        option: &'static str,
        /// The valid values.
        expected: &'static str,
        /// The actual value.
        found: String,
    },

    /// A pattern matches no name, or is invalid.
    #[error(transparent)]
    Pattern(#[from] PatternError),

    /// The tensors given to a loss or a metric do not fit together.
    #[error(transparent)]
    Misfit(#[from] Misfit),

    /// An optimizer has no parameters.
    #[error("the `VarStore` has no trainable parameters\nhelp: create the network on it before the optimizer")]
    NoParameters,

    /// No parameter of an optimizer has a gradient, so a step would change nothing.
    #[error(
        "no parameter of the optimizer has a gradient\n\
         note: the optimizer has {}\n\
         help: call `loss.backward()` after `zero_grad` and before `step`; build the optimizer on the `VarStore` of the network \
         that the loss is computed with",
        quoted(.0, 3)
    )]
    NoGradients(Vec<String>),

    /// There is no such device, and why.
    #[error("the parameters cannot be on {0:?}: {1}")]
    NoDevice(Device, String),

    /// A parameter is a view with gaps or overlaps in memory, which the fused kernels do not support.
    #[error(
        "the parameter `{0}` is a view with gaps or overlaps in memory\nhelp: register a copy: `tensor.contiguous()`"
    )]
    Gaps(String),

    /// A schedule sets the momentum of an optimizer that has none.
    #[error("{0} has no momentum to set\nhelp: turn it off in the schedule, or use an optimizer that has one")]
    NoMomentum(&'static str),

    /// A tensor does not fit a network's signature.
    #[error(transparent)]
    Input(#[from] InputError),

    /// The cost of a network cannot be computed.
    #[error(transparent)]
    Cost(#[from] CostError),

    /// A training run cannot continue.
    #[error(transparent)]
    Train(#[from] TrainError),

    /// libtorch failed.
    #[error("libtorch: {0}")]
    Torch(String),
}

/// `main`, `unwrap` and `expect` print an error's `Debug` form, so that is its text too.
macro_rules! debug_as_display {
    ($($error:ty),*) => {$(
        impl fmt::Debug for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

debug_as_display!(Error, CostError, InputError, Mismatch, Misfit, PatternError, TrainError);

/// The first `most` names, and how many more there are.
pub(crate) fn quoted(names: &[String], most: usize) -> String {
    let shown: Vec<String> = names.iter().take(most).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

impl From<TchError> for Error {
    /// Keeps the first line: the others are libtorch's C++ backtrace.
    fn from(error: TchError) -> Self {
        let text = match error {
            TchError::Torch(text) => text,
            other => other.to_string(),
        };
        Self::torch(&text)
    }
}

impl Error {
    /// An error of another kind, or a message.
    ///
    /// ```
    /// let error = nn_runtime::Error::other("the microphone is off");
    /// assert_eq!(error.to_string(), "the microphone is off");
    /// ```
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    /// An error of libtorch, without the lines after the first.
    pub(crate) fn torch(text: &str) -> Self {
        Self::Torch(text.lines().next().unwrap_or_default().to_owned())
    }

    /// For `map_err` on a failed read of `path`.
    pub(crate) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Io { action: "read", path, reason }
    }

    /// The error that `path` does not have the extension of the format that is written.
    pub(crate) fn misnamed(path: &Path, written: &'static str, extension: &str) -> Self {
        Self::Misnamed { path: path.to_path_buf(), written, instead: path.with_extension(extension) }
    }

    /// For `map_err` on a failed write of `path`.
    pub(crate) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Io { action: "write", path, reason }
    }
}

#[cfg(test)]
mod tests;
