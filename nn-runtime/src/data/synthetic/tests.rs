use super::*;
use crate::data::{Dataset, Sample};
use std::collections::BTreeMap;

#[test]
fn the_seed_alone_decides() {
    let all: [fn(u64) -> Points; 4] = [
        |seed| two_moons(9, 0.1, seed),
        |seed| spirals(9, 3, 0.1, seed),
        |seed| xor(9, 0.1, seed),
        |seed| shapes(2, 16, seed),
    ];
    for make in all {
        assert_eq!(make(1).tensors(), make(1).tensors());
        assert_ne!(make(1).tensors().0, make(2).tensors().0);
    }
    assert_eq!(reviews(20, 1), reviews(20, 1));
    assert_ne!(reviews(20, 1), reviews(20, 2));
}

fn rows(points: Points) -> Vec<(f64, f64, i64)> {
    let row = |index| {
        let (point, class) = points.get(index).unwrap();
        (point.double_value(&[0]), point.double_value(&[1]), class.int64_value(&[]))
    };
    (0..points.len()).map(row).collect()
}

#[test]
fn moons_and_spirals_lie_on_their_curves() {
    for (x, y, class) in rows(two_moons(50, 0.0, 1)) {
        let (x, y) = if class == 0 { (x, y) } else { (1.0 - x, 0.5 - y) };
        assert!((x.hypot(y) - 1.0).abs() < 1e-6 && y > -1e-6, "{x} {y}");
    }
    for (x, y, class) in rows(spirals(60, 3, 0.0, 1)) {
        let turn = y.atan2(x) / (2.0 * PI) - class as f64 / 3.0;
        assert!((turn - x.hypot(y)).rem_euclid(1.0).min((x.hypot(y) - turn).rem_euclid(1.0)) < 1e-5, "{x} {y}");
    }
}

#[test]
fn xor_is_of_signs() {
    for (x, y, class) in rows(xor(100, 0.0, 1)) {
        assert_eq!(class == 1, x * y < 0.0);
    }
}

#[test]
fn noise_has_the_standard_deviation_asked_for() {
    let (clean, _) = spirals(4000, 1, 0.0, 1).tensors();
    assert!(clean.abs().max().double_value(&[]) <= 1.0);
    let mut rng = Rng::with_seed(1);
    let numbers: Vec<f64> = (0..10_000).map(|_| normal(&mut rng)).collect();
    let numbers = Tensor::from_slice(&numbers);
    assert!(numbers.mean(None).double_value(&[]).abs() < 0.05);
    assert!((numbers.std(true).double_value(&[]) - 1.0).abs() < 0.05);
}

#[test]
fn shapes_have_the_brightness_of_their_masks() {
    let (images, masks) = shapes(50, 32, 1).tensors();
    assert_eq!((images.size(), masks.size()), (vec![50, 3, 32, 32], vec![50, 32, 32]));
    let dark = images.amax([1], false).le(0.16);
    assert_eq!(dark, masks.eq(0));
    let counts: Vec<i64> = masks.flatten(0, -1).bincount(None::<&Tensor>, 4).try_into().unwrap();
    assert!(counts.len() == 4 && counts.iter().all(|&count| count > 1000), "{counts:?}");
}

#[test]
fn reviews_are_balanced_different_and_not_told_by_one_word() {
    let reviews = reviews(20_000, 1);
    let mut words: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for review in &reviews {
        for word in review.text.split(' ') {
            words.entry(word).or_default()[usize::from(review.positive)] += 1;
        }
    }
    let mut texts: Vec<&str> = reviews.iter().map(|review| review.text.as_str()).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 20_000);
    assert!(words.values().all(|[blamed, praised]| *blamed > 0 && *praised > 0), "{words:?}");
}

#[test]
fn points_make_batches() {
    let samples = vec![xor(4, 0.0, 1).get(0).unwrap(), xor(4, 0.0, 1).get(1).unwrap()];
    assert_eq!(Sample::collate(samples, &[0, 1]).unwrap(), xor(4, 0.0, 1).batch(&[0, 1]).unwrap());
}
