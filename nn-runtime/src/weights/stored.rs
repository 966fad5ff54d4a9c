//! A tensor in a file: its type, shape and position.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use flate2::read::DeflateDecoder;
use memmap2::Mmap;
use safetensors::Dtype;
use tch::{Device, Kind, TchError, Tensor};

use super::cursor::Damage;

/// The best ratio of deflate. A file that declares more is wrong.
const DEFLATE_AT_BEST: u64 = 1032;

/// A part of a file, perhaps compressed.
#[derive(Clone, Debug)]
pub struct Piece {
    pub file: Arc<Mmap>,
    pub range: Range<usize>,
    pub packed: Option<Packed>,
}

/// How an archive holds a piece.
#[derive(Clone, Copy, Debug)]
pub struct Packed {
    pub deflated: bool,
    /// The uncompressed length in bytes.
    pub size: u64,
    pub crc32: u32,
}

impl Piece {
    /// Its uncompressed length in bytes.
    pub fn len(&self) -> Result<usize, Damage> {
        let held = self.range.len();
        let Some(Packed { deflated, size, .. }) = self.packed else { return Ok(held) };
        let most = if deflated { (held as u64).saturating_mul(DEFLATE_AT_BEST) } else { held as u64 };
        match usize::try_from(size) {
            Ok(size) if size as u64 <= most => Ok(size),
            _ => Err(format!("{held} bytes cannot hold the {size} that are declared").into()),
        }
    }

    /// Its uncompressed bytes, after checking their checksum.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, Damage> {
        let held = &self.file[self.range.clone()];
        let Some(packed) = self.packed else { return Ok(held.into()) };
        let length = self.len()?;
        let bytes: Cow<[u8]> = if packed.deflated { unpack(held, length)?.into() } else { held.into() };
        if bytes.len() != length || crc32fast::hash(&bytes) != packed.crc32 {
            return Err("its checksum does not match its bytes".into());
        }
        Ok(bytes)
    }

    /// The first `count` bytes, or fewer, unchecked.
    pub fn start(&self, count: usize) -> Result<Vec<u8>, Damage> {
        let held = &self.file[self.range.clone()];
        match self.packed {
            Some(Packed { deflated: true, .. }) => unpack(held, count),
            _ => Ok(held[..count.min(held.len())].to_vec()),
        }
    }
}

/// At most `length` bytes.
fn unpack(packed: &[u8], length: usize) -> Result<Vec<u8>, Damage> {
    let mut bytes = Vec::new();
    let read = DeflateDecoder::new(packed).take(length as u64).read_to_end(&mut bytes);
    read.map_err(|error| format!("it cannot be unpacked: {error}"))?;
    Ok(bytes)
}

/// A tensor whose numbers have not been read.
#[derive(Clone, Debug)]
pub struct Stored {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    /// In elements.
    strides: Vec<usize>,
    /// The range of bytes in the unpacked piece.
    span: Range<usize>,
    piece: Piece,
}

impl Stored {
    /// A tensor in a piece, `offset` bytes from its start; `strides` in elements, dense in C order if none.
    pub fn new(
        dtype: Dtype,
        shape: Vec<usize>,
        strides: Option<Vec<usize>>,
        offset: usize,
        piece: Piece,
    ) -> Result<Self, Damage> {
        let outside = || Damage::from(format!("a tensor of shape {shape:?} reaches beyond its numbers"));
        let strides = strides.or_else(|| dense(&shape)).filter(|strides| strides.len() == shape.len());
        let strides = strides.ok_or_else(outside)?;
        let size = dtype.bitsize() / 8;
        let end =
            elements_spanned(&shape, &strides).and_then(|elements| elements.checked_mul(size)?.checked_add(offset));
        let end = end.filter(|&end| shape.contains(&0) || end <= piece.len().unwrap_or(0)).ok_or_else(outside)?;
        let span = if shape.contains(&0) { 0..0 } else { offset..end };
        Ok(Self { dtype, shape, strides, span, piece })
    }

    /// Reads it into a tensor on the CPU.
    pub fn tensor(&self) -> Result<Tensor, Damage> {
        let bytes = self.piece.bytes()?;
        let (kind, bytes) = self.numbers(&bytes)?;
        let size = (bytes.len() / kind.elt_size_in_bytes()) as i64;
        let numbers = Tensor::f_from_data_size(bytes, &[size], kind);
        let shaped = numbers.and_then(|numbers| numbers.f_as_strided(signed(&self.shape), signed(&self.strides), 0));
        shaped.map_err(refused)
    }

    /// Calls `read` with it, in place in the file if possible.
    pub fn with<T>(&self, read: impl FnOnce(&Tensor) -> T) -> Result<T, Damage> {
        let bytes = self.piece.bytes()?;
        let (kind, bytes) = self.numbers(&bytes)?;
        if bytes.is_empty() || !(bytes.as_ptr() as usize).is_multiple_of(kind.elt_size_in_bytes()) {
            return self.tensor().map(|tensor| read(&tensor));
        }
        let (shape, strides) = (signed(&self.shape), signed(&self.strides));
        // SAFETY: the elements are within these aligned bytes, which outlive the tensor, because `read` only borrows it.
        let view = unsafe { Tensor::f_from_blob(bytes.as_ptr(), &shape, &strides, kind, Device::Cpu) };
        view.map(|view| read(&view)).map_err(refused)
    }

    /// Its part of its piece, and the type of the numbers there.
    fn numbers<'b>(&self, bytes: &'b [u8]) -> Result<(Kind, &'b [u8]), Damage> {
        let kind = kind(self.dtype).ok_or_else(|| format!("libtorch has no numbers of type {}", self.dtype))?;
        Ok((kind, bytes.get(self.span.clone()).ok_or("it reaches beyond its numbers")?))
    }
}

fn refused(error: TchError) -> Damage {
    crate::Error::from(error).to_string().into()
}

/// Sizes as libtorch's `i64`.
pub fn signed(sizes: &[usize]) -> Vec<i64> {
    sizes.iter().map(|&size| size as i64).collect()
}

/// The strides of a dense tensor in C order; `None` if the number of elements overflows.
fn dense(shape: &[usize]) -> Option<Vec<usize>> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = shape[axis].max(1).checked_mul(strides[axis])?;
    }
    Some(strides)
}

/// The distance from the first to the last element, both included; `None` beyond libtorch's range.
fn elements_spanned(shape: &[usize], strides: &[usize]) -> Option<usize> {
    let countable = |&size: &usize| i64::try_from(size).is_ok();
    if !shape.iter().chain(strides).all(countable)
        || shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n)).is_none()
    {
        return None;
    }
    let mut last = 0usize;
    for (size, stride) in shape.iter().zip(strides) {
        last = last.checked_add(size.saturating_sub(1).checked_mul(*stride)?)?;
    }
    last.checked_add(1).filter(countable)
}

/// The types that both libtorch and files support.
const TYPES: [(Kind, Dtype); 15] = [
    (Kind::Bool, Dtype::BOOL),
    (Kind::Uint8, Dtype::U8),
    (Kind::Int8, Dtype::I8),
    (Kind::Int16, Dtype::I16),
    (Kind::Int, Dtype::I32),
    (Kind::Int64, Dtype::I64),
    (Kind::Half, Dtype::F16),
    (Kind::BFloat16, Dtype::BF16),
    (Kind::Float, Dtype::F32),
    (Kind::Double, Dtype::F64),
    (Kind::ComplexFloat, Dtype::C64),
    (Kind::Float8e5m2, Dtype::F8_E5M2),
    (Kind::Float8e4m3fn, Dtype::F8_E4M3),
    (Kind::Float8e5m2fnuz, Dtype::F8_E5M2FNUZ),
    (Kind::Float8e4m3fnuz, Dtype::F8_E4M3FNUZ),
];

/// The file's type for tensors of this kind, if there is one.
pub fn dtype(kind: Kind) -> Option<Dtype> {
    TYPES.iter().find(|(known, _)| *known == kind).map(|(_, dtype)| *dtype)
}

/// The kind of tensors of this type, if libtorch has one.
pub fn kind(dtype: Dtype) -> Option<Kind> {
    TYPES.iter().find(|(_, known)| *known == dtype).map(|(kind, _)| *kind)
}
