use super::*;
use std::fs;

/// Images whose red is their number, green 100 and blue 200.
fn file(labels: &[u8]) -> Vec<u8> {
    let record = |(number, label): (usize, &u8)| {
        let channel = |value| [value; 32 * 32];
        [&[*label][..], &channel(number as u8), &channel(100), &channel(200)].concat()
    };
    labels.iter().enumerate().flat_map(record).collect()
}

fn parsed(bytes: &[u8]) -> Result<(Tensor, Tensor), String> {
    parse(bytes, Path::new("f")).map_err(|error| error.to_string())
}

#[test]
fn labels_and_channels_are_told_apart() {
    let (images, labels) = parsed(&file(&[3, 9, 0])).unwrap();
    assert_eq!((images.size(), images.kind()), (vec![3, 3, 32, 32], Kind::Uint8));
    assert_eq!(labels, Tensor::from_slice(&[3i64, 9, 0]));
    let pixel = |channel| images.int64_value(&[2, channel, 31, 31]);
    assert_eq!((pixel(0), pixel(1), pixel(2)), (2, 100, 200));
}

#[test]
fn a_file_that_ends_within_an_image_is_refused() {
    let bytes = file(&[1, 2]);
    let error = parsed(&bytes[..4000]).unwrap_err();
    assert!(error.starts_with(
        "`f`, byte 4000: expected whole images of 3073 bytes, found the end of the file after 927 bytes of image 1\n"
    ));
    assert!(parsed(&[]).is_err());
}

#[test]
fn a_label_beyond_the_classes_is_refused() {
    let error = parsed(&file(&[1, 10])).unwrap_err();
    assert!(
        error.starts_with("`f`, byte 3073: expected a label from 0 to 9, found 10\nhelp: this is not a CIFAR-10 file"),
        "{error}"
    );
}

#[test]
fn missing_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = || cifar10(folder.path()).unwrap_err().to_string().replace(&folder.path().display().to_string(), "f");
    assert!(
        error().starts_with("`f` has no `data_batch_1.bin`, plain or gzipped\nhelp: CIFAR-10, binary"),
        "{}",
        error()
    );
    fs::write(folder.path().join("data_batch_1.bin"), file(&[1, 2])).unwrap();
    assert_eq!(
        error(),
        format!(
            "`f/data_batch_1.bin`, byte 6146: expected the end of the file after 10000 images, found it after 2\n\
             help: {HELP}"
        )
    );
}
