use super::*;
use tch::{Device, Kind};

/// Bytes that count up, `[1, height, width]`.
fn counting(height: i64, width: i64) -> Tensor {
    Tensor::arange(height * width, (Kind::Uint8, Device::Cpu)).view([1, height, width])
}

fn applied(transform: impl Transform, image: Tensor) -> Result<Tensor, String> {
    transform.apply(image, &mut Rng::with_seed(1)).map_err(|error| error.to_string())
}

/// The results of a transform for many seeds.
fn drawn(transform: impl Transform, image: &Tensor) -> Vec<Tensor> {
    (0..200).map(|seed| transform.apply(image.shallow_clone(), &mut Rng::with_seed(seed)).unwrap()).collect()
}

fn bytes(tensor: &Tensor) -> Vec<u8> {
    tensor.flatten(0, -1).try_into().unwrap()
}

#[test]
fn bytes_become_fractions_and_floats_stay() {
    let float = applied(ToFloat, Tensor::from_slice(&[0u8, 51, 255])).unwrap();
    assert_eq!(float, Tensor::from_slice(&[0f32, 0.2, 1.0]));
    assert_eq!(applied(ToFloat, Tensor::from_slice(&[3f64])).unwrap(), Tensor::from_slice(&[3f32]));
}

#[test]
fn normalising_is_by_channel_and_leaves_the_input_alone() {
    let image = Tensor::from_slice(&[1f32, 2.0, 3.0, 4.0]).view([2, 1, 2]);
    let normal = applied(Normalize::new([1.0, 3.0], [1.0, 0.5]), image.shallow_clone()).unwrap();
    assert_eq!(normal, Tensor::from_slice(&[0f32, 1.0, 0.0, 2.0]).view([2, 1, 2]));
    assert_eq!(image.double_value(&[0, 0, 0]), 1.0);
}

#[test]
fn normalising_takes_floats_with_its_channels() {
    let normalize = Normalize::imagenet();
    let needed = "`Normalize` needs floats [.., 3, height, width] (`ToFloat` makes floats), but the image is";
    assert_eq!(applied(normalize.clone(), counting(2, 2)).unwrap_err(), format!("{needed} u8[1, 2, 2]"));
    let float = counting(2, 2).to_kind(Kind::Float);
    assert_eq!(applied(normalize, float).unwrap_err(), format!("{needed} f32[1, 2, 2]"));
}

#[test]
fn the_shorter_side_keeps_the_proportions() {
    let size = |height, width| applied(Resize::shorter(4), counting(height, width)).unwrap().size();
    assert_eq!(size(8, 17), [1, 4, 8]);
    assert_eq!(size(17, 8), [1, 8, 4]);
    assert_eq!(size(2, 3), [1, 4, 6]);
}

#[test]
fn a_batch_is_resized_as_its_images_are() {
    let images = Tensor::stack(&[counting(6, 8), counting(6, 8).flip([-1])], 0);
    let batch = applied(Resize::new(3, 5), images.shallow_clone()).unwrap();
    assert_eq!(batch.size(), [2, 1, 3, 5]);
    assert_eq!(batch.get(1), applied(Resize::new(3, 5), images.get(1)).unwrap());
}

#[test]
fn the_middle_is_cut_out_and_a_small_image_gets_a_margin() {
    assert_eq!(bytes(&applied(CenterCrop::new(1, 2), counting(3, 4)).unwrap()), [5, 6]);
    assert_eq!(bytes(&applied(CenterCrop::new(1, 5), counting(1, 2) + 1).unwrap()), [0, 1, 2, 0, 0]);
}

#[test]
fn random_crops_reach_every_corner() {
    let image = counting(3, 3) + 1;
    let mut firsts: Vec<u8> = drawn(RandomCrop::new(2, 2), &image).iter().map(|crop| bytes(crop)[0]).collect();
    firsts.sort();
    firsts.dedup();
    assert_eq!(firsts, [1, 2, 4, 5]);
    let padded = drawn(RandomCrop::new(3, 3).padding(1), &image);
    assert!(padded.iter().any(|crop| bytes(crop) == [0, 0, 0, 0, 1, 2, 0, 4, 5]));
    assert!(padded.contains(&image));
}

#[test]
fn a_crop_larger_than_the_image_is_refused() {
    let error = applied(RandomCrop::new(4, 2), counting(3, 3)).unwrap_err();
    assert_eq!(error, "`RandomCrop` needs at least 4x2 pixels, but the image is u8[1, 3, 3]");
}

#[test]
fn about_half_of_the_images_are_flipped() {
    let flipped = drawn(RandomHorizontalFlip::new(0.5), &counting(1, 3));
    let flips = flipped.iter().filter(|image| bytes(image) == [2, 1, 0]).count();
    assert!((70..130).contains(&flips), "{flips}");
    assert_eq!(flipped.iter().filter(|image| bytes(image) == [0, 1, 2]).count(), 200 - flips);
}

#[test]
fn a_rectangle_is_erased_from_a_copy() {
    let image = Tensor::ones([1, 10, 10], (Kind::Float, Device::Cpu));
    for erased in drawn(RandomErasing::new(1.0), &image) {
        let black = 100.0 - erased.sum(Kind::Float).double_value(&[]);
        assert!((1.0..=40.0).contains(&black), "{black}");
    }
    assert_eq!(image.min().double_value(&[]), 1.0);
}

#[test]
fn transforms_follow_one_another() {
    let both = (Resize::new(4, 4), CenterCrop::new(2, 2), ToFloat);
    let image = applied(both, counting(8, 8)).unwrap();
    assert_eq!((image.size(), image.kind()), (vec![1, 2, 2], Kind::Float));
}

#[test]
fn what_is_no_image_is_refused() {
    let error = applied(Resize::new(2, 2), Tensor::from_slice(&[1u8])).unwrap_err();
    assert_eq!(error, "`Resize` needs an image [.., channels, height, width], but the image is u8[1]");
}
