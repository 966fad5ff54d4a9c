//! IDX, the format of MNIST: a magic number, the sizes, then the values, row by row.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use tch::{Kind, Tensor};

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
    let source = unzipped(source).map_err(Error::reading(path))?;
    let mut reader = Reader { source, position: 0, path };
    reader.magic(rank)?;
    let sizes = (0..rank).map(|_| reader.size()).collect::<Result<Vec<u32>, _>>()?;
    // No file has as many bytes as would make this saturate.
    let count = sizes.iter().fold(1, |product: u64, &size| product.saturating_mul(size.into()));
    let values = reader.take(count, &format!("{count} bytes for the sizes {sizes:?}"))?;
    reader.end()?;
    let sizes: Vec<i64> = sizes.into_iter().map(i64::from).collect();
    Ok(Tensor::f_from_data_size(&values, &sizes, Kind::Uint8)?)
}

/// The bytes of `source`, decompressed if they begin as gzip does, whatever the file's name.
fn unzipped<'a>(mut source: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let zipped = source.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if zipped { Box::new(MultiGzDecoder::new(source)) } else { Box::new(source) })
}

/// The source, and how far it was read.
struct Reader<'a> {
    source: Box<dyn Read + 'a>,
    position: u64,
    path: &'a Path,
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
            [0, 0, 8, _] => "are the files of images and labels interchanged?",
            [0, 0, 9..=14, _] => "this is IDX of another type of number; only unsigned bytes are read",
            _ => "this is no IDX file; fetch it again",
        };
        Err(self.wrong(0, format!("the magic number {}", hex(expected)), hex(found), help))
    }

    fn size(&mut self) -> Result<u32, Error> {
        self.four("a size").map(u32::from_be_bytes)
    }

    fn end(&mut self) -> Result<(), Error> {
        let end = self.position;
        match self.read_up_to(1)?.is_empty() {
            true => Ok(()),
            false => Err(self.wrong(end, "the end of the file", "more bytes", DAMAGED)),
        }
    }

    fn four(&mut self, what: &str) -> Result<[u8; 4], Error> {
        let bytes = self.take(4, what)?;
        Ok(bytes.try_into().expect("4 bytes were asked for"))
    }

    /// The next `count` bytes, or the error that they, `what`, are not there.
    fn take(&mut self, count: u64, what: &str) -> Result<Vec<u8>, Error> {
        let bytes = self.read_up_to(count)?;
        if bytes.len() as u64 == count {
            return Ok(bytes);
        }
        Err(self.wrong(self.position, what, "the end of the file", DAMAGED))
    }

    /// The next `count` bytes, or what is left. Grows with what is read: a damaged header may promise any number.
    fn read_up_to(&mut self, count: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let result = self.source.by_ref().take(count).read_to_end(&mut bytes);
        self.position += bytes.len() as u64;
        match result {
            Ok(_) => Ok(bytes),
            Err(reason) if reason.raw_os_error().is_some() => Err(Error::reading(self.path)(reason)),
            Err(reason) => Err(self.wrong(self.position, "gzip", reason.to_string(), DAMAGED)),
        }
    }

    fn wrong(&self, position: u64, expected: impl Into<String>, found: impl Into<String>, help: &str) -> Error {
        Error::Content {
            path: self.path.into(),
            position,
            expected: expected.into(),
            found: found.into(),
            help: help.to_owned(),
        }
    }
}

const DAMAGED: &str = "the file is damaged; fetch it again";

fn hex(bytes: [u8; 4]) -> String {
    format!("0x{:08x}", u32::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
