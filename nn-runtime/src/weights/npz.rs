//! NumPy's `.npz`: an archive with an array in each part, as
//! [`numpy.lib.format`](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html) describes it.

use std::collections::BTreeMap;

use safetensors::Dtype;

use super::archive::Archive;
use super::cursor::{Cursor, Damage};
use super::stored::{Piece, Stored};

/// The extension of every part, after its tensor's name.
pub const EXTENSION: &str = ".npy";

/// The longest header. NumPy itself refuses one of more than 10,000 bytes.
const HEADER: usize = 1 << 16;

/// The tensors of an archive.
pub fn tensors(archive: Archive) -> Result<BTreeMap<String, Stored>, Damage> {
    let arrays =
        archive.into_iter().filter_map(|(part, piece)| Some((part.strip_suffix(EXTENSION)?.to_owned(), piece)));
    arrays
        .map(|(name, piece)| {
            let stored =
                array(piece).map_err(|Damage { reason, help }| Damage { reason: format!("`{name}`: {reason}"), help });
            stored.map(|stored| (name, stored))
        })
        .collect()
}

fn array(piece: Piece) -> Result<Stored, Damage> {
    let start = piece.start(HEADER)?;
    let mut cursor = Cursor::new(&start);
    if cursor.take(6)? != b"\x93NUMPY" {
        return Err("not a NumPy array".into());
    }
    let [version, _] = cursor.array()?;
    let length = if version == 1 { u16::from_le_bytes(cursor.array()?).into() } else { cursor.length()? };
    let header = Header(cursor.text(length)?);
    let shape = header.shape()?;
    let strides = if header.get("fortran_order")?.starts_with("True") { Some(fortran(&shape)?) } else { None };
    Stored::new(header.dtype()?, shape, strides, cursor.at, piece)
}

/// The strides in Fortran order, in which the first index runs fastest.
fn fortran(shape: &[usize]) -> Result<Vec<usize>, Damage> {
    let mut stride = Some(1usize);
    let strides = shape.iter().map(|&size| {
        let own = stride;
        stride = stride.and_then(|stride| stride.checked_mul(size.max(1)));
        own
    });
    strides.collect::<Option<_>>().ok_or_else(|| format!("no array has the shape {shape:?}").into())
}

/// The text of a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct Header<'a>(&'a str);

impl<'a> Header<'a> {
    /// The text after a key.
    fn get(&self, key: &str) -> Result<&'a str, Damage> {
        let rest = self.0.split_once(&format!("'{key}':")).map(|(_, rest)| rest.trim_start());
        rest.ok_or_else(|| format!("its header has no `{key}`").into())
    }

    fn shape(&self) -> Result<Vec<usize>, Damage> {
        let list = self.get("shape")?.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(list, _)| list);
        let sizes =
            list.map(|list| list.split(',').map(str::trim).filter(|size| !size.is_empty()).map(str::parse).collect());
        sizes.and_then(Result::ok).ok_or_else(|| "its header has no shape of whole numbers".into())
    }

    fn dtype(&self) -> Result<Dtype, Damage> {
        let text = self.get("descr")?.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).map(|(text, _)| text);
        Ok(match text.unwrap_or("a record") {
            "|b1" => Dtype::BOOL,
            "|u1" => Dtype::U8,
            "|i1" => Dtype::I8,
            "<u2" => Dtype::U16,
            "<i2" => Dtype::I16,
            "<u4" => Dtype::U32,
            "<i4" => Dtype::I32,
            "<u8" => Dtype::U64,
            "<i8" => Dtype::I64,
            "<f2" => Dtype::F16,
            "<f4" => Dtype::F32,
            "<f8" => Dtype::F64,
            "<c8" => Dtype::C64,
            other => {
                let reason = format!("its NumPy type {other} is not a little-endian number type");
                return Err(Damage { reason, help: "in NumPy, convert it with `.astype('<f4')` before saving" });
            }
        })
    }
}
