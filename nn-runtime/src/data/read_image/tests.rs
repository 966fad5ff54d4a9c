use super::*;
use image::{ImageFormat, RgbImage};

/// 9x7 pixels of all colours.
fn picture() -> RgbImage {
    RgbImage::from_fn(9, 7, |x, y| image::Rgb([28 * x as u8, 36 * y as u8, 200 - 10 * x as u8]))
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn read(bytes: &[u8], colors: Colors) -> Result<Tensor, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    read_image(file.path(), colors).map_err(|error| error.to_string().replace(&file.path().display().to_string(), "f"))
}

#[test]
fn pixels_are_channels_rows_and_columns() {
    for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::Pnm] {
        let image = read(&encoded(format), Colors::Rgb).unwrap();
        assert_eq!((image.size(), image.kind()), (vec![3, 7, 9], Kind::Uint8));
        let pixel = |channel| image.int64_value(&[channel, 2, 5]);
        assert_eq!((pixel(0), pixel(1), pixel(2)), (140, 72, 150));
    }
    assert_eq!(read(&encoded(ImageFormat::Jpeg), Colors::Rgb).unwrap().size(), [3, 7, 9]);
    let gray = read(&encoded(ImageFormat::Png), Colors::Gray).unwrap();
    // Pillow's: (140 * 299 + 72 * 587 + 150 * 114) / 1000.
    assert_eq!((gray.size(), gray.int64_value(&[0, 2, 5])), (vec![1, 7, 9], 101));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::Pnm, ImageFormat::Jpeg] {
        let bytes = encoded(format);
        // The last bytes of PNG are an empty chunk.
        let needed = if format == ImageFormat::Png { bytes.len() - 12 } else { bytes.len() };
        for length in (0..needed).rev().step_by(3) {
            let error = read(&bytes[..length], Colors::Rgb).unwrap_err();
            assert!(error.starts_with("cannot decode `f`: "), "{format:?} {length}: {error}");
        }
    }
}

#[test]
fn a_jpeg_that_breaks_off_tells_where() {
    let bytes = encoded(ImageFormat::Jpeg);
    let cut = bytes.len() - 5;
    let error = read(&bytes[..cut], Colors::Rgb).unwrap_err();
    assert!(
        error.starts_with(&format!("cannot decode `f`: the JPEG data breaks off at byte {cut}\nhelp: ")),
        "{error}"
    );
}

#[test]
fn a_huge_promise_is_not_believed() {
    let error = read(b"P6 100000 100000 255 ", Colors::Rgb).unwrap_err();
    assert!(error.starts_with("cannot decode `f`: "), "{error}");
}

#[test]
fn files_that_are_no_image_are_refused() {
    let error = read(b"<!DOCTYPE html>", Colors::Rgb).unwrap_err();
    assert!(error.starts_with("cannot decode `f`: "), "{error}");
    let error = read_image("no/such.png", Colors::Rgb).unwrap_err().to_string();
    assert!(error.starts_with("cannot read `no/such.png`: No such file"), "{error}");
}
