//! The parts of a zip archive, as ranges of the mapped file.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use memmap2::Mmap;
use zip::{CompressionMethod, ZipArchive};

use super::cursor::Damage;
use super::stored::{Packed, Piece};

/// The parts by their names.
pub type Archive = BTreeMap<String, Piece>;

/// Finds the parts, without reading them.
pub fn parts(file: &Arc<Mmap>) -> Result<Archive, Damage> {
    let damaged = |error: zip::result::ZipError| Damage::from(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(&file[..])).map_err(damaged)?;
    let mut parts = Archive::new();
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damaged)?;
        let name = part.name().to_owned();
        let deflated = match part.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            // The code that TorchScript adds may be compressed in any way.
            _ => continue,
        };
        let packed = Packed { deflated, size: part.size(), crc32: part.crc32() };
        let range = usize::try_from(part.data_start()).ok().and_then(|start| {
            let end = start.checked_add(usize::try_from(part.compressed_size()).ok()?)?;
            (end <= file.len()).then_some(start..end)
        });
        let range = range.ok_or_else(|| format!("`{name}` reaches beyond the end of the file"))?;
        let piece = Piece { file: Arc::clone(file), range, packed: Some(packed) };
        piece.len().map_err(|damage| format!("`{name}`: {}", damage.reason))?;
        if parts.insert(name.clone(), piece).is_some() {
            return Err(format!("it contains `{name}` twice").into());
        }
    }
    Ok(parts)
}
