use super::*;
use tch::{Device, Kind, Tensor};

#[test]
fn pixels_are_those_of_the_tensor() {
    let grey = Tensor::from_slice2(&[[0f32, 0.5], [1.0, 7.0], [-1.0, f32::NAN]]);
    let png = image::load_from_memory(&Pixels::of(&grey).unwrap().png()).unwrap().to_rgb8();
    assert_eq!((png.width(), png.height()), (2, 3));
    assert_eq!(png.pixels().map(|pixel| pixel.0[1]).collect::<Vec<_>>(), [0, 128, 255, 255, 0, 0]);

    let colours = Tensor::arange(12, (Kind::Uint8, Device::Cpu)).view([3, 2, 2]);
    let png = image::load_from_memory(&Pixels::of(&colours).unwrap().png()).unwrap().to_rgb8();
    assert_eq!(png.pixels().map(|pixel| pixel.0).collect::<Vec<_>>(), [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]);
}

#[test]
fn tensors_that_are_no_picture_are_refused() {
    let tensor = Tensor::zeros([4, 2, 2], (Kind::Float, Device::Cpu));
    let text = |error: Error| error.to_string().lines().take(2).collect::<Vec<_>>().join("; ");
    assert_eq!(text(Pixels::of(&tensor).unwrap_err()), "picture: this is not an image; note: image: f32 [4, 2, 2]");
    assert_eq!(
        text(confusion(&tensor, &[]).unwrap_err()),
        "picture::confusion: a confusion matrix is square; note: matrix: f32 [4, 2, 2]"
    );
    let square = tensor.get(0);
    assert_eq!(
        text(confusion(&square, &["cat"]).unwrap_err()),
        "picture::confusion: 1 names do not fit 2 classes; note: matrix: f32 [2, 2]"
    );
    assert!(text(images(&tensor, 3).unwrap_err()).starts_with("picture::images: these are not rows of images"));
    assert!(
        text(kernels(&tensor).unwrap_err()).starts_with("picture::kernels: this is not the weight of a 2d convolution")
    );
    assert!(text(signed(&tensor).unwrap_err()).starts_with("picture::signed: each pixel needs exactly one number"));
    let error = decision_boundary(&square, &Tensor::from_slice(&[0i64, 1]), |points| points.get(0)).unwrap_err();
    assert_eq!(text(error), "picture::decision_boundary: no scores; note: scores: f32 [2]");
}

#[test]
fn texts_are_escaped_and_titles_stand_above() {
    let matrix = Tensor::from_slice2(&[[5i64, 1], [0, 7]]);
    let picture = confusion(&matrix, &["<a>", "b & c"]).unwrap();
    let plain = picture.to_string();
    let titled = picture.title("1 < 2").to_string();
    assert!(plain.contains("&lt;a&gt;") && plain.contains("b &amp; c") && !plain.contains("1 &lt; 2"));
    assert!(titled.contains("1 &lt; 2"));
}

#[test]
fn a_row_is_as_wide_as_all_and_as_high_as_the_highest() {
    let matrix = Tensor::eye(2, (Kind::Float, Device::Cpu));
    let (plain, titled) = (confusion(&matrix, &[]).unwrap(), confusion(&matrix, &[]).unwrap().title("titled"));
    let row = row(&[plain.clone(), titled]).canvas;
    assert_eq!((row.width, row.height), (2.0 * plain.canvas.width, plain.canvas.height + TITLE));
}

#[test]
fn signs_are_colours() {
    let values = Tensor::from_slice(&[-2.0, 0.0, 4.0]).view([3, 1, 1, 1]);
    let colours = signed(&values).unwrap();
    let pixel = |n| Vec::<f32>::try_from(colours.get(n).view([3])).unwrap();
    assert_eq!((pixel(1), colours.size()), (vec![1.0; 3], vec![3, 3, 1, 1]));
    assert!(pixel(0)[2] > pixel(0)[0] && pixel(2)[0] > pixel(2)[2], "blue below 0, red above");
}

#[test]
fn a_name_without_values_is_said() {
    let error = history(&crate::train::History::default(), &["los"]).unwrap_err().to_string();
    assert!(error.starts_with("there is no `los` to draw; the measured values are: "), "{error}");
    let text = curves("epoch", &[Curve { name: "los".into(), points: Vec::new() }]).to_string();
    assert!(text.contains("los: no values"), "{text}");
}
