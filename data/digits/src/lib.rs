#![doc = include_str!("../README.md")]

/// The images, as a gzipped IDX file: 1,797 of 8x8 pixels, each 0 (white) to 16 (black).
pub const IMAGES: &[u8] = include_bytes!("../images-idx3-ubyte.gz");

/// The labels, as a gzipped IDX file: 1,797 digits, in the order of the images.
pub const LABELS: &[u8] = include_bytes!("../labels-idx1-ubyte.gz");
