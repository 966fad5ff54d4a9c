//! Event files for TensorBoard.
//!
//! The format is TensorFlow's: records (`tensorflow/core/lib/io/record_writer.h`) of protocol buffers (`event.proto`,
//! `summary.proto`). Only the fields that we write are defined here.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use prost::Message;

use super::{BatchEnd, Callback, Epoch};
use crate::Error;

/// Writes logs for `tensorboard --logdir FOLDER`.
///
/// ```
/// use nn_runtime::train::TensorBoard;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let mut board = TensorBoard::create(folder.join("run1"))?;
/// for step in 0..100 {
///     board.scalar("loss", step, 1.0 / (1.0 + step as f64))?;
/// }
/// board.flush()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TensorBoard {
    path: PathBuf,
    file: io::BufWriter<File>,
}

impl TensorBoard {
    /// Creates an event file in `folder`, and the folder if it does not exist.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let (path, file) = new_file(folder).map_err(Error::writing(folder))?;
        let mut board = Self { path, file: io::BufWriter::new(file) };
        board.write(&Event { wall_time: now(), file_version: Some("brain.Event:2".to_owned()), ..Event::default() })?;
        board.flush()?;
        Ok(board)
    }

    /// Adds a value to the curve `tag`. Tags with the same text before a slash are grouped: `loss/train`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn scalar(&mut self, tag: &str, step: usize, value: f64) -> Result<(), Error> {
        let value = Value { tag: tag.to_owned(), simple_value: Some(value as f32), image: None };
        self.summary(step, value)
    }

    /// Adds an image, `[channels, height, width]`, with 1 or 3 channels from 0 to 1.
    ///
    /// # Errors
    /// If the file cannot be written, or the tensor is not an image.
    pub fn image(&mut self, tag: &str, step: usize, image: &tch::Tensor) -> Result<(), Error> {
        let pixels = crate::picture::Pixels::of(image)?;
        let image = Image {
            height: pixels.height() as i32,
            width: pixels.width() as i32,
            colorspace: 3,
            encoded_image_string: pixels.png(),
        };
        self.summary(step, Value { tag: tag.to_owned(), simple_value: None, image: Some(image) })
    }

    /// Writes everything to the file, so that a running TensorBoard can show it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::writing(&self.path))
    }

    fn summary(&mut self, step: usize, value: Value) -> Result<(), Error> {
        let summary = Some(Summary { value: vec![value] });
        self.write(&Event { wall_time: now(), step: step as i64, summary, ..Event::default() })
    }

    fn write(&mut self, event: &Event) -> Result<(), Error> {
        self.file.write_all(&record(&event.encode_to_vec())).map_err(Error::writing(&self.path))
    }
}

/// Writes the loss of every batch, and the scores of every epoch, such as `loss/train` and `loss/validation`.
impl Callback for TensorBoard {
    fn batch(&mut self, batch: &BatchEnd) -> Result<(), Error> {
        self.scalar("batch/loss", batch.steps, batch.loss)?;
        self.scalar("batch/learning_rate", batch.steps, batch.learning_rate)
    }

    fn epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        for (name, value) in epoch.scores.iter() {
            let tag = match name.strip_prefix("val_") {
                Some(name) => format!("{name}/validation"),
                None => format!("{name}/train"),
            };
            self.scalar(&tag, epoch.epoch, value)?;
        }
        self.flush()?;
        Ok(ControlFlow::Continue(()))
    }
}

/// Creates a file with a unique name of TensorBoard's form.
fn new_file(folder: &Path) -> io::Result<(PathBuf, File)> {
    fs::create_dir_all(folder)?;
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let name = format!("events.out.tfevents.{}.{:09}.nn-dsl", nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    let path = folder.join(name);
    File::create_new(&path).map(|file| (path, file))
}

/// A record: the length and its checksum, the content and its checksum.
fn record(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64).to_le_bytes();
    let checksum = |bytes: &[u8]| masked(crc32c::crc32c(bytes)).to_le_bytes();
    [&length[..], &checksum(&length), content, &checksum(content)].concat()
}

/// Checksums are masked, so that the checksum of a text with checksums in it is not degenerate.
fn masked(checksum: u32) -> u32 {
    checksum.rotate_right(15).wrapping_add(0xa282_ead8)
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, optional, tag = "2")]
    simple_value: Option<f32>,
    #[prost(message, optional, tag = "4")]
    image: Option<Image>,
}

#[derive(Clone, PartialEq, Message)]
struct Image {
    #[prost(int32, tag = "1")]
    height: i32,
    #[prost(int32, tag = "2")]
    width: i32,
    #[prost(int32, tag = "3")]
    colorspace: i32,
    #[prost(bytes = "vec", tag = "4")]
    encoded_image_string: Vec<u8>,
}
