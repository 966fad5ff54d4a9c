//! Saving a network's weights as safetensors, and loading them.
//!
//! ```
//! use nn_runtime::init::{Init, parameter};
//! use nn_runtime::weights;
//! use tch::{Device, nn};
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("net.safetensors");
//! let mut vs = nn::VarStore::new(Device::Cpu);
//! let _ = parameter(&(vs.root() / "fc"), "weight", &[10, 84], Init::KaimingUniform);
//! weights::save(&vs, &file)?;
//! weights::load(&mut vs, &file)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod mismatch;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use tch::{Kind, Tensor, nn};
use tempfile::NamedTempFile;

use crate::state::specs;
use crate::{Error, Network};
pub use mismatch::{Difference, Mismatch, Saved};
pub(crate) use mismatch::{Specs, describe};

/// Saves every parameter and buffer of `vs` to the safetensors file `path`.
///
/// Whatever happens meanwhile, `path` holds either the old content or the whole of the new. Its folder is made where it
/// is missing.
pub fn save(vs: &nn::VarStore, path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    let tensors: Vec<Bytes> =
        vs.variables().into_iter().map(|(name, t)| Bytes::of(name, &t)).collect::<Result<_, _>>()?;
    let content = safetensors::serialize(tensors.iter().map(|t| (&t.name, t.view())), None)
        .map_err(|reason| Error::writing(path)(io::Error::other(reason)))?;
    write_atomically(path, &content).map_err(Error::writing(path))
}

/// Loads the safetensors file `path` into the parameters and buffers of `vs`.
///
/// The file must hold exactly the tensors of `vs`: the same names, shapes and types. Where it does not, the error
/// lists all differences, and `vs` is left as it was. PyTorch's `num_batches_tracked` is ignored.
pub fn load(vs: &mut nn::VarStore, path: impl AsRef<Path>) -> Result<(), Error> {
    load_aliased(vs, path.as_ref(), &[])
}

/// As [`load`], for a network at the root of `vs`: its tied parameters are read under either name.
///
/// A file that was saved from PyTorch holds a tied parameter twice, `embed.weight` and `head.weight`; ours hold it once.
pub fn load_network<N: Network>(vs: &mut nn::VarStore, path: impl AsRef<Path>) -> Result<(), Error> {
    load_aliased(vs, path.as_ref(), N::ALIASES)
}

fn load_aliased(vs: &mut nn::VarStore, path: &Path, aliases: &[(&str, &str)]) -> Result<(), Error> {
    let content = fs::read(path).map_err(Error::reading(path))?;
    let file = SafeTensors::deserialize(&content).map_err(|reason| not_safetensors(path, &content, reason))?;
    let mut found: BTreeMap<&str, TensorView> = file.iter().filter(|(name, _)| !is_bookkeeping(name)).collect();
    for (alias, name) in aliases {
        if let Some(tensor) = found.remove(alias) {
            found.entry(name).or_insert(tensor);
        }
    }
    let variables: BTreeMap<String, Tensor> = vs.variables().into_iter().collect();
    let found_specs = found.iter().map(|(name, view)| (name.to_string(), mismatch::describe_view(view))).collect();
    Mismatch::check(Saved::Weights(path.into()), &specs(&variables), &found_specs)?;
    tch::no_grad(|| {
        variables.into_iter().try_for_each(|(name, mut variable)| {
            let data = found[name.as_str()].data();
            let new = Tensor::f_from_data_size(data, &variable.size(), variable.kind())?;
            Ok(variable.f_copy_(&new)?)
        })
    })
}

/// PyTorch's batch normalisation counts its batches; nothing reads the count unless `momentum=None`.
fn is_bookkeeping(name: &str) -> bool {
    name.rsplit('.').next() == Some("num_batches_tracked")
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
        Ok(Self { name, dtype, shape: shape(tensor), data })
    }

    fn view(&self) -> TensorView<'_> {
        TensorView::new(self.dtype, self.shape.clone(), &self.data)
            .expect("the data was allocated for this shape and type")
    }
}

fn shape(tensor: &Tensor) -> Vec<usize> {
    tensor.size().iter().map(|&size| size as usize).collect()
}

/// The safetensors type of tensors of this kind, if there is one.
fn dtype(kind: Kind) -> Option<Dtype> {
    Some(match kind {
        Kind::Bool => Dtype::BOOL,
        Kind::Uint8 => Dtype::U8,
        Kind::Int8 => Dtype::I8,
        Kind::Int16 => Dtype::I16,
        Kind::Int => Dtype::I32,
        Kind::Int64 => Dtype::I64,
        Kind::Half => Dtype::F16,
        Kind::BFloat16 => Dtype::BF16,
        Kind::Float => Dtype::F32,
        Kind::Double => Dtype::F64,
        Kind::ComplexFloat => Dtype::C64,
        Kind::Float8e5m2 => Dtype::F8_E5M2,
        Kind::Float8e4m3fn => Dtype::F8_E4M3,
        Kind::Float8e5m2fnuz => Dtype::F8_E5M2FNUZ,
        Kind::Float8e4m3fnuz => Dtype::F8_E4M3FNUZ,
        _ => return None,
    })
}

/// A file renamed into place is there as a whole or not at all, given that its data reached the disk before.
fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = temporary_file(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A file that is removed again unless it is renamed.
fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As for any new file, not tempfile's 0600: others may want to read the weights.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // The kind alone, for the text names the temporary file, of which the user knows nothing.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}

fn not_safetensors(path: &Path, content: &[u8], reason: SafeTensorError) -> Error {
    let help = if content.starts_with(b"PK\x03\x04") {
        "this is PyTorch's own format; convert it in Python with \
         `safetensors.torch.save_file(torch.load(\"in.pt\"), \"out.safetensors\")`"
    } else {
        "the file is damaged or of another format; fetch or save it again"
    };
    Error::NotSafetensors { path: path.into(), reason, help: help.to_owned() }
}

#[cfg(test)]
mod tests;
