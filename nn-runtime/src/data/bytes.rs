//! Reading of binary files, with errors at the byte where a damaged file is wrong.

use std::io::{self, BufRead, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::Error;

/// A file, and the position up to which it was read.
pub(super) struct Reader<'a> {
    source: Box<dyn Read + 'a>,
    position: u64,
    path: &'a Path,
}

impl<'a> Reader<'a> {
    /// Reads `source`, which errors call `path`, and decompresses it if it is gzipped.
    pub fn new(source: impl BufRead + 'a, path: &'a Path) -> Result<Self, Error> {
        let source = unzipped(source).map_err(Error::reading(path))?;
        Ok(Self { source, position: 0, path })
    }

    /// Checks that nothing is left.
    pub fn end(&mut self) -> Result<(), Error> {
        let end = self.position;
        if self.read_up_to(1)?.is_empty() {
            Ok(())
        } else {
            Err(self.wrong(end, "the end of the file", "more bytes", DAMAGED))
        }
    }

    /// The next `count` bytes, or the error that `what` is missing.
    pub fn take(&mut self, count: u64, what: &str) -> Result<Vec<u8>, Error> {
        let bytes = self.read_up_to(count)?;
        if bytes.len() as u64 == count {
            return Ok(bytes);
        }
        Err(self.wrong(self.position, what, "the end of the file", DAMAGED))
    }

    /// The next `count` bytes, or what is left. Memory grows with what is read, since a damaged header may promise any number.
    pub fn read_up_to(&mut self, count: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let result = self.source.by_ref().take(count).read_to_end(&mut bytes);
        self.position += bytes.len() as u64;
        match result {
            Ok(_) => Ok(bytes),
            Err(reason) if reason.raw_os_error().is_some() => Err(Error::reading(self.path)(reason)),
            Err(reason) => Err(self.wrong(self.position, "gzip", reason.to_string(), DAMAGED)),
        }
    }

    pub fn wrong(&self, position: u64, expected: impl Into<String>, found: impl Into<String>, help: &str) -> Error {
        Error::Content {
            path: self.path.into(),
            position,
            expected: expected.into(),
            found: found.into(),
            help: help.to_owned(),
        }
    }
}

/// The bytes of `source`, decompressed if they begin like gzip, whatever the file's name.
fn unzipped<'a>(mut source: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let zipped = source.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if zipped { Box::new(MultiGzDecoder::new(source)) } else { Box::new(source) })
}

pub(super) const DAMAGED: &str = "the file is damaged; fetch it again";
