use super::*;
use image::{Rgb, RgbImage};

/// A folder with images of these names, all of one colour.
fn folder(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        RgbImage::from_pixel(3, 2, Rgb([10, 20, 30])).save(path).unwrap();
    }
    folder
}

fn error(folder: &tempfile::TempDir) -> String {
    let error = ImageFolder::open(folder.path()).unwrap_err().to_string();
    error.replace(&folder.path().display().to_string(), "f")
}

#[test]
fn classes_and_images_are_sorted_by_name() {
    let folder = folder(&["dog/b.png", "dog/a.PNG", "cat/x/1.bmp", "cat/2.jpg", "Zebra/1.ppm"]);
    fs::write(folder.path().join("dog/notes.txt"), "no image").unwrap();
    fs::write(folder.path().join("README"), "no class").unwrap();
    let data = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(data.classes(), ["Zebra", "cat", "dog"]);
    let names: Vec<_> =
        data.images().iter().map(|(path, label)| (path.strip_prefix(&folder).unwrap(), *label)).collect();
    let expected = [("Zebra/1.ppm", 0), ("cat/2.jpg", 1), ("cat/x/1.bmp", 1), ("dog/a.PNG", 2), ("dog/b.png", 2)];
    assert_eq!(names, expected.map(|(name, label)| (Path::new(name), label)));
    let (image, label) = data.get(4).unwrap();
    assert_eq!((image.size(), label), (vec![3, 2, 3], 2));
    assert_eq!(image.int64_value(&[2, 1, 2]), 30);
    assert_eq!(data.colors(Colors::Gray).get(0).unwrap().0.size(), [1, 2, 3]);
}

#[test]
fn a_class_without_images_is_refused() {
    let folder = folder(&["cat/1.png"]);
    fs::create_dir(folder.path().join("dog")).unwrap();
    assert_eq!(
        error(&folder),
        "`f/dog` does not have an image\nhelp: remove the folder, or put images into it (jpg, jpeg, png, bmp, ppm, pgm)"
    );
}

#[test]
fn a_folder_without_classes_is_refused() {
    let flat = error(&folder(&["1.png"]));
    assert!(
        flat.starts_with("`f` does not have a folder for each class\nhelp: put the images of each class"),
        "{flat}"
    );
    let absent = ImageFolder::open("no/such").unwrap_err().to_string();
    assert!(absent.starts_with("cannot read `no/such`: No such file"), "{absent}");
}

#[test]
fn an_undecodable_image_is_named_with_its_index() {
    let folder = folder(&["cat/1.png", "cat/2.png"]);
    fs::write(folder.path().join("cat/2.png"), "GIF89a").unwrap();
    let data = ImageFolder::open(folder.path()).unwrap();
    let error = data.all().unwrap_err().to_string();
    assert!(error.starts_with("sample 1: cannot decode `"), "{error}");
}
