use super::*;
use crate::data::Dataset;
use std::fs;

fn images(count: u8, height: u8, width: u8) -> Vec<u8> {
    let pixels = usize::from(count) * usize::from(height) * usize::from(width);
    let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, height, 0, 0, 0, width];
    bytes.resize(16 + pixels, 255);
    bytes
}

fn labels(labels: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, 1, 0, 0, 0, labels.len() as u8], labels].concat()
}

/// A folder of three images to train on and, to test on, `test_images` and `test_labels`.
fn folder(test_images: &[u8], test_labels: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, bytes) in [
        ("train-images-idx3-ubyte", &images(3, 28, 28)[..]),
        ("train-labels-idx1-ubyte", &labels(&[1, 0, 9])),
        ("t10k-images-idx3-ubyte", test_images),
        ("t10k-labels-idx1-ubyte.gz", test_labels),
    ] {
        fs::write(folder.path().join(file), bytes).unwrap();
    }
    folder
}

fn refused(test_images: &[u8], test_labels: &[u8]) -> String {
    let folder = folder(test_images, test_labels);
    let error = mnist(folder.path()).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn four_files_are_read_into_two_data_sets() {
    let (train, test) = mnist(folder(&images(2, 28, 28), &labels(&[7, 8])).path()).unwrap();
    assert_eq!((train.len(), test.len()), (3, 2));
    let (images, labels) = train.tensors();
    assert_eq!(images.size(), [3, 1, 28, 28]);
    assert_eq!(images.min().double_value(&[]), 1.0);
    assert_eq!(Vec::<i64>::try_from(labels).unwrap(), [1, 0, 9]);
}

#[test]
fn a_missing_file_is_named() {
    let folder = folder(&images(2, 28, 28), &labels(&[7, 8]));
    fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte.gz")).unwrap();
    let error = mnist(folder.path()).unwrap_err().to_string();
    assert!(error.contains("has no `t10k-labels-idx1-ubyte`, plain or gzipped\nhelp: MNIST is"), "{error}");
}

#[test]
fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = mnist(folder.path().join("mnist")).unwrap_err().to_string();
    let text = format!("there is no folder `{}/mnist`\nhelp: MNIST is", folder.path().display());
    assert!(error.starts_with(&text) && error.contains("`cargo xtask fetch mnist`"), "{error}");
}

#[test]
fn images_of_another_size_are_refused() {
    assert!(
        refused(&images(2, 8, 28), &labels(&[7, 8]))
            .starts_with("`t10k-images-idx3-ubyte`, byte 8: expected images of 28x28 pixels, found 8x28\nhelp:")
    );
}

#[test]
fn labels_of_another_set_are_refused() {
    assert!(
        refused(&images(2, 28, 28), &labels(&[7]))
            .starts_with("`t10k-labels-idx1-ubyte.gz`, byte 4: expected 2 labels, one for each image, found 1\nhelp:")
    );
}

#[test]
fn a_label_beyond_the_classes_is_refused() {
    assert!(
        refused(&images(2, 28, 28), &labels(&[7, 10]))
            .starts_with("`t10k-labels-idx1-ubyte.gz`, byte 9: expected a label from 0 to 9, found 10\nhelp:")
    );
}
