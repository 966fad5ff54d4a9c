//! A checkpoint as a safetensors file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use safetensors::{Dtype, SafeTensors, View};
use tch::Tensor;

use crate::train::TrainError;
use crate::train::run::RunState;
use crate::weights::{dtype, kind};
use crate::{Error, State, file};

/// The metadata key of the run's progress, as JSON.
const RUN: &str = "run";
/// The metadata key of the checksum.
const CHECKSUM: &str = "crc32c";

pub fn write(path: &Path, run: &RunState, tensors: &State) -> Result<(), Error> {
    let parts: Vec<(&str, Part)> = tensors
        .iter()
        .map(|(name, tensor)| Ok((name.as_str(), Part::of(name, tensor)?)))
        .collect::<Result<_, Error>>()?;
    let run = serde_json::to_string(run).expect("all keys are text");
    let checksum =
        checksum(&run, parts.iter().map(|(name, part)| (*name, part.dtype, &part.shape[..], &part.data[..])));
    let metadata = HashMap::from([(RUN.to_owned(), run), (CHECKSUM.to_owned(), checksum)]);
    let content = safetensors::serialize(parts, Some(metadata))
        .map_err(|reason| Error::writing(path)(io::Error::other(reason)))?;
    file::replace(path, &content)
}

/// # Errors
/// If the file is not exactly what [`write`] wrote.
pub fn read(path: &Path) -> Result<(RunState, State), Error> {
    let damaged = |problem: String| Error::from(TrainError::Damaged { path: path.into(), problem });
    let content = fs::read(path).map_err(Error::reading(path))?;
    let (_, header) = SafeTensors::read_metadata(&content).map_err(|reason| damaged(reason.to_string()))?;
    let tensors = SafeTensors::deserialize(&content).map_err(|reason| damaged(reason.to_string()))?;
    let metadata = header.metadata().clone().unwrap_or_default();
    let [Some(run), Some(expected)] = [RUN, CHECKSUM].map(|key| metadata.get(key)) else {
        return Err(damaged("it lacks the progress of the run".to_owned()));
    };
    let mut views = tensors.tensors();
    views.sort_by(|a, b| a.0.cmp(&b.0));
    let found = checksum(run, views.iter().map(|(name, view)| (&name[..], view.dtype(), view.shape(), view.data())));
    if found != *expected {
        return Err(damaged(format!("its checksum is {found}, but should be {expected}")));
    }
    let run = serde_json::from_str(run).map_err(|reason| damaged(reason.to_string()))?;
    let tensors = views.into_iter().map(|(name, view)| {
        let kind = kind(view.dtype()).ok_or_else(|| damaged(format!("`{name}` has an unknown type")))?;
        let shape: Vec<i64> = view.shape().iter().map(|&size| size as i64).collect();
        Ok((name, Tensor::f_from_data_size(view.data(), &shape, kind)?))
    });
    Ok((run, tensors.collect::<Result<_, Error>>()?))
}

/// Computed over the content, not over the bytes of the file, which contain it. The tensors are in the order of their names.
fn checksum<'a>(run: &str, tensors: impl Iterator<Item = (&'a str, Dtype, &'a [usize], &'a [u8])>) -> String {
    let checksum = tensors.fold(crc32c::crc32c(run.as_bytes()), |checksum, (name, dtype, shape, data)| {
        let header = format!("{name} {dtype} {shape:?}");
        crc32c::crc32c_append(crc32c::crc32c_append(checksum, header.as_bytes()), data)
    });
    format!("{checksum:08x}")
}

/// A tensor's bytes, copied from its device.
struct Part {
    dtype: Dtype,
    shape: Vec<usize>,
    data: Vec<u8>,
}

impl Part {
    fn of(name: &str, tensor: &Tensor) -> Result<Self, Error> {
        let kind = tensor.kind();
        let dtype = dtype(kind).ok_or_else(|| Error::UnsupportedKind { name: name.to_owned(), kind })?;
        let mut data = vec![0; tensor.numel() * kind.elt_size_in_bytes()];
        tensor.f_copy_data_u8(&mut data, tensor.numel())?;
        Ok(Self { dtype, shape: tensor.size().iter().map(|&size| size as usize).collect(), data })
    }
}

impl View for Part {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        (&self.data).into()
    }

    fn data_len(&self) -> usize {
        self.data.len()
    }
}
