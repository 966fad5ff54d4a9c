//! Sequential reading of bytes, with errors for unexpected ones.

use std::path::Path;

use crate::Error;

/// What is wrong with a file.
#[derive(Debug)]
pub struct Damage {
    pub reason: String,
    pub help: &'static str,
}

/// The help for damage of unknown cause.
const FETCH_AGAIN: &str = "the file is damaged or of another format; fetch or save it again";

impl From<String> for Damage {
    fn from(reason: String) -> Self {
        Self { reason, help: FETCH_AGAIN }
    }
}

impl From<&str> for Damage {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}

impl Damage {
    /// The error of a file of that format.
    pub fn of(self, path: &Path, format: &'static str) -> Error {
        Error::Weights { path: path.into(), format, reason: self.reason, help: self.help.to_owned() }
    }
}

/// A place in some bytes.
pub struct Cursor<'a> {
    bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..count).ok_or_else(|| {
            Damage::from(format!("byte {}: expected {count} more bytes, found {}", self.at, rest.len()))
        })?;
        self.at += count;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        Ok(self.take(N)?.try_into().expect("as many were taken"))
    }

    pub fn byte(&mut self) -> Result<u8, Damage> {
        Ok(self.array::<1>()?[0])
    }

    /// A length of four bytes, the least significant first.
    pub fn length(&mut self) -> Result<usize, Damage> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    /// A length of eight bytes, which may be impossibly large.
    pub fn long_length(&mut self) -> Result<usize, Damage> {
        let length = u64::from_le_bytes(self.array()?);
        usize::try_from(length).map_err(|_| format!("byte {}: the length {length} is too large", self.at).into())
    }

    /// The text up to the end of the line.
    pub fn line(&mut self) -> Result<&'a str, Damage> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let line = self.text(length)?;
        self.take(1)?;
        Ok(line)
    }

    /// `length` bytes of text.
    pub fn text(&mut self, length: usize) -> Result<&'a str, Damage> {
        let start = self.at;
        std::str::from_utf8(self.take(length)?).map_err(|_| format!("byte {start}: not valid UTF-8").into())
    }
}
