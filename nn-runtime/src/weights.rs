//! Saving weights as safetensors, and loading them from several formats.
//!
//! ```
//! use nn_runtime::init::{Init, parameter};
//! use nn_runtime::weights;
//! use tch::{Device, nn};
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("net.safetensors");
//! let vs = nn::VarStore::new(Device::Cpu);
//! let _ = parameter(&(vs.root() / "fc"), "weight", &[10, 84], Init::KaimingUniform);
//! weights::save(&vs, &file)?;
//! let loaded = weights::load(&vs, &file)?;
//! assert_eq!(loaded.tensors, ["fc.weight"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Weights`] reads every format, and loads files that do not match exactly: other names, another head, another type.

mod archive;
mod cursor;
mod file;
mod global;
mod load;
mod mismatch;
mod npz;
mod pickle;
mod pytorch;
mod rename;
mod shards;
mod stored;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use tch::{Tensor, nn};

use crate::file::{extension, replace};
use crate::{Error, Network};
pub use file::Weights;
pub use load::LoadReport;
pub use mismatch::{Difference, Mismatch, Saved};
pub(crate) use mismatch::{Specs, describe};
pub(crate) use stored::{dtype, kind};

/// Saves every parameter and buffer of `vs` to the safetensors file `path`.
///
/// Whatever happens while saving, `path` holds either the old content or all of the new. Its folder is created if it
/// does not exist.
///
/// PyTorch loads the file as it is: `model.load_state_dict(safetensors.torch.load_file(path), strict=True)`. Each batch
/// normalisation also gets PyTorch's `num_batches_tracked`, so that the file has every name of the state dict. It is 0,
/// and PyTorch reads it only with `momentum=None`.
///
/// # Errors
/// If the extension of `path` belongs to another format (`.pth`, `.npz`, ..), the file cannot be written, or `vs` is
/// empty.
pub fn save(vs: &nn::VarStore, path: impl AsRef<Path>) -> Result<(), Error> {
    const OTHERS: [&str; 10] = ["bin", "ckpt", "gguf", "h5", "npy", "npz", "onnx", "pkl", "pt", "pth"];
    let path = path.as_ref();
    if OTHERS.contains(&extension(path).as_str()) {
        return Err(Error::misnamed(path, "weights are saved as safetensors, which PyTorch reads too", "safetensors"));
    }
    let mut tensors: Vec<Bytes> =
        vs.variables().into_iter().map(|(name, t)| Bytes::of(name, &t)).collect::<Result<_, _>>()?;
    if tensors.is_empty() {
        return Err(Error::NothingToSave);
    }
    tensors.extend(batch_counts(&tensors));
    let content = safetensors::serialize(tensors.iter().map(|t| (&t.name, t.view())), None)
        .map_err(|reason| Error::writing(path)(io::Error::other(reason)))?;
    replace(path, &content)
}

/// Loads the file `path`, in any format that [`Weights`] reads, into the parameters and buffers of `vs`.
///
/// The file must have exactly the tensors of `vs`: the same names, shapes and types. PyTorch's `num_batches_tracked` is
/// ignored.
///
/// # Errors
/// If it differs. The error lists all differences, and `vs` stays unchanged.
pub fn load(vs: &nn::VarStore, path: impl AsRef<Path>) -> Result<LoadReport, Error> {
    Weights::open(path)?.load(vs)
}

/// Like [`load`], for a network at the root of `vs`, and accepts its tied parameters under either name.
pub fn load_network<N: Network>(vs: &nn::VarStore, path: impl AsRef<Path>) -> Result<LoadReport, Error> {
    Weights::open(path)?.tied::<N>().load(vs)
}

/// The counts of batches that batch normalisation has in PyTorch, for norms without one.
fn batch_counts(tensors: &[Bytes]) -> Vec<Bytes> {
    let names: BTreeSet<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    let norms = names.iter().filter_map(|name| name.strip_suffix("running_mean"));
    norms
        .filter(|norm| names.contains(format!("{norm}running_var").as_str()))
        .map(|norm| format!("{norm}num_batches_tracked"))
        .filter(|name| !names.contains(name.as_str()))
        .map(|name| Bytes { name, dtype: Dtype::I64, shape: Vec::new(), data: vec![0; 8] })
        .collect()
}

/// A tensor's bytes, copied from its device.
struct Bytes {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    data: Vec<u8>,
}

impl Bytes {
    fn of(name: String, tensor: &Tensor) -> Result<Self, Error> {
        let kind = tensor.kind();
        let Some(dtype) = dtype(kind) else {
            return Err(Error::UnsupportedKind { name, kind });
        };
        let mut data = vec![0; tensor.numel() * kind.elt_size_in_bytes()];
        tensor.f_copy_data_u8(&mut data, tensor.numel())?;
        Ok(Self { name, dtype, shape: tensor.size().iter().map(|&size| size as usize).collect(), data })
    }

    fn view(&self) -> TensorView<'_> {
        TensorView::new(self.dtype, self.shape.clone(), &self.data)
            .expect("the data was allocated for this shape and type")
    }
}

#[cfg(test)]
mod tests;
