use super::*;
use crate::data::bytes::DAMAGED;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Two images of 2x3 pixels.
const IMAGES: [u8; 28] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255];

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn parsed(bytes: &[u8], rank: u8) -> Result<Tensor, String> {
    parse(bytes, rank, Path::new("f")).map_err(|error| error.to_string())
}

#[test]
fn images_are_read_plain_and_gzipped() {
    let expected = Tensor::from_slice(&IMAGES[16..]).view([2, 2, 3]);
    assert_eq!(parsed(&IMAGES, 3).unwrap(), expected);
    assert_eq!(parsed(&gzipped(&IMAGES), 3).unwrap(), expected);
}

#[test]
fn labels_for_images_are_refused() {
    assert_eq!(
        parsed(&IMAGES, 1).unwrap_err(),
        "`f`, byte 0: expected the magic number 0x00000801, found 0x00000803\n\
         help: are the image and label files swapped?"
    );
}

#[test]
fn other_numbers_are_refused() {
    let error = parsed(&[0, 0, 0x0d, 3, 0, 0], 3).unwrap_err();
    assert!(error.ends_with("help: this IDX file has another number type; only unsigned bytes are supported"));
}

#[test]
fn other_files_are_refused() {
    let error = parsed(b"<!DOCTYPE html>", 3).unwrap_err();
    assert!(error.contains("found 0x3c21444f\nhelp: this is not an IDX file; fetch it again"), "{error}");
}

#[test]
fn a_file_cut_anywhere_is_refused_there() {
    for length in 0..IMAGES.len() {
        let error = parsed(&IMAGES[..length], 3).unwrap_err();
        let expected = match length {
            0..4 => "a magic number",
            4..16 => "a size",
            _ => "12 bytes for the sizes [2, 2, 3]",
        };
        assert_eq!(
            error,
            format!("`f`, byte {length}: expected {expected}, found the end of the file\nhelp: {DAMAGED}")
        );
    }
}

#[test]
fn a_huge_promise_is_not_believed() {
    let mut bytes = IMAGES;
    bytes[4..16].fill(0xff);
    let error = parsed(&bytes, 3).unwrap_err();
    assert!(error.starts_with("`f`, byte 28: expected 18446744073709551615 bytes for the sizes"), "{error}");
}

#[test]
fn bytes_behind_the_last_are_refused() {
    let error = parsed(&[&IMAGES[..], &[0]].concat(), 3).unwrap_err();
    assert!(error.starts_with("`f`, byte 28: expected the end of the file, found more bytes"), "{error}");
}

#[test]
fn a_damaged_gzip_is_refused() {
    let mut bytes = gzipped(&IMAGES);
    let whole = bytes.len();
    let cut = parsed(&bytes[..whole - 9], 3).unwrap_err();
    assert!(cut.contains("expected gzip, found"), "{cut}");
    bytes[whole - 6] ^= 1;
    let checksum = parsed(&bytes, 3).unwrap_err();
    assert!(checksum.contains("byte 28: expected gzip, found corrupt gzip stream"), "{checksum}");
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path(), 3).unwrap_err().to_string();
    assert!(error.starts_with("cannot read `"), "{error}");
}
