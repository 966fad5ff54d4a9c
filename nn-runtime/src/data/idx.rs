//! IDX, the format of MNIST: a magic number, the sizes, then the values, row by row.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use tch::{Kind, Tensor};

use super::bytes::Reader;
use crate::Error;

/// Reads an IDX file of unsigned bytes with `rank` dimensions, plain or gzipped, as a `u8` tensor.
///
/// Images have 3 dimensions, labels 1.
pub fn read(path: impl AsRef<Path>, rank: u8) -> Result<Tensor, Error> {
    let path = path.as_ref();
    let file = File::open(path).map_err(Error::reading(path))?;
    parse(BufReader::new(file), rank, path)
}

/// Reads IDX from `source`, which errors call `path`.
pub(super) fn parse(source: impl BufRead, rank: u8, path: &Path) -> Result<Tensor, Error> {
    let mut reader = Reader::new(source, path)?;
    reader.magic(rank)?;
    let sizes = (0..rank).map(|_| reader.size()).collect::<Result<Vec<u32>, _>>()?;
    // No file is so large that this saturates.
    let count = sizes.iter().fold(1, |product: u64, &size| product.saturating_mul(size.into()));
    let values = reader.take(count, &format!("{count} bytes for the sizes {sizes:?}"))?;
    reader.end()?;
    let sizes: Vec<i64> = sizes.into_iter().map(i64::from).collect();
    Ok(Tensor::f_from_data_size(&values, &sizes, Kind::Uint8)?)
}

impl Reader<'_> {
    fn magic(&mut self, rank: u8) -> Result<(), Error> {
        // Two zeros, the type (8 is unsigned bytes), the number of dimensions.
        let expected = [0, 0, 8, rank];
        let found = self.four("a magic number")?;
        if found == expected {
            return Ok(());
        }
        let help = match found {
            [0, 0, 8, _] => "are the image and label files swapped?",
            [0, 0, 9..=14, _] => "this IDX file has another number type; only unsigned bytes are supported",
            _ => "this is not an IDX file; fetch it again",
        };
        Err(self.wrong(0, format!("the magic number {}", hex(expected)), hex(found), help))
    }

    fn size(&mut self) -> Result<u32, Error> {
        self.four("a size").map(u32::from_be_bytes)
    }

    fn four(&mut self, what: &str) -> Result<[u8; 4], Error> {
        let bytes = self.take(4, what)?;
        Ok(bytes.try_into().expect("4 bytes were asked for"))
    }
}

fn hex(bytes: [u8; 4]) -> String {
    format!("0x{:08x}", u32::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
