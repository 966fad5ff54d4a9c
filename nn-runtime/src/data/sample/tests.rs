use super::*;
use tch::Kind;

fn zeros(sizes: &[i64]) -> Tensor {
    Tensor::zeros(sizes, (Kind::Float, Device::Cpu))
}

#[test]
fn tensors_and_numbers_are_stacked_side_by_side() {
    let sample = |number: i64| (zeros(&[2, 3]), number, number as f32, number > 1);
    let (a, b, c, d) = Sample::collate(vec![sample(1), sample(2)], &[5, 6]).unwrap();
    assert_eq!(a.size(), [2, 2, 3]);
    assert_eq!(b, Tensor::from_slice(&[1i64, 2]));
    assert_eq!(c, Tensor::from_slice(&[1f32, 2.0]));
    assert_eq!(d, Tensor::from_slice(&[false, true]));
}

#[test]
fn vectors_of_tensors_are_stacked_one_by_one() {
    let sample = || vec![zeros(&[2]), zeros(&[])];
    let batch = Sample::collate(vec![sample(), sample(), sample()], &[0, 1, 2]).unwrap();
    assert_eq!(batch.iter().map(Tensor::size).collect::<Vec<_>>(), [vec![3, 2], vec![3]]);
}

#[test]
fn samples_of_two_shapes_are_refused_by_their_indices() {
    let error = <Tensor as Sample>::collate(vec![zeros(&[3, 8, 8]), zeros(&[3, 8, 8]), zeros(&[3, 8, 9])], &[4, 17, 2])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "sample 2 is f32[3, 8, 9], but sample 4 of the same batch is f32[3, 8, 8]\n\
         help: make them alike before they are stacked: resize, crop, pad or cast them in the loader's `transform`"
    );
}

#[test]
fn samples_of_two_types_or_counts_are_refused() {
    let error = <Tensor as Sample>::collate(vec![zeros(&[1]), zeros(&[1]).to_kind(Kind::Uint8)], &[0, 1]).unwrap_err();
    assert!(error.to_string().starts_with("sample 1 is u8[1], but sample 0 of the same batch is f32[1]\n"), "{error}");
    let error = Sample::collate(vec![vec![zeros(&[1])], vec![]], &[0, 1]).unwrap_err();
    assert!(
        error.to_string().starts_with("sample 1 is 0 tensors, but sample 0 of the same batch is 1 tensors\n"),
        "{error}"
    );
}

#[test]
fn a_batch_counts_its_samples() {
    assert_eq!((zeros(&[5, 2]), zeros(&[5])).samples(), 5);
    assert_eq!(zeros(&[]).samples(), 0);
    assert_eq!(Vec::<Tensor>::new().samples(), 0);
}
