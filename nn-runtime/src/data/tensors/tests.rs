use super::*;
use tch::Kind;

fn data() -> TensorDataset<(Tensor, Tensor)> {
    let numbers = Tensor::arange(6, (Kind::Float, Device::Cpu));
    TensorDataset::new((numbers.view([3, 2]), Tensor::from_slice(&[7i64, 8, 9]))).unwrap()
}

#[test]
fn samples_and_batches_are_rows() {
    let (row, label) = data().get(1).unwrap();
    assert_eq!((row, label), (Tensor::from_slice(&[2f32, 3.0]), Tensor::from(8i64)));
    let (rows, labels) = data().batch(&[2, 2, 0]).unwrap();
    assert_eq!(rows, Tensor::from_slice(&[4f32, 5.0, 4.0, 5.0, 0.0, 1.0]).view([3, 2]));
    assert_eq!(labels, Tensor::from_slice(&[9i64, 9, 7]));
}

#[test]
fn a_change_of_what_was_given_leaves_the_data_alone() {
    let data = data();
    let _ = data.get(0).unwrap().0.zero_();
    let _ = data.batch(&[0]).unwrap().0.fill_(5.0);
    assert_eq!(data.get(0).unwrap().0, Tensor::from_slice(&[0f32, 1.0]));
}

#[test]
fn a_batch_is_the_samples_stacked() {
    let data = data();
    let samples = vec![data.get(2).unwrap(), data.get(1).unwrap()];
    assert_eq!(Sample::collate(samples, &[2, 1]).unwrap(), data.batch(&[2, 1]).unwrap());
}

#[test]
fn tensors_of_different_lengths_are_refused() {
    let error = TensorDataset::new((Tensor::from_slice(&[1i64, 2]), Tensor::from_slice(&[1i64]))).unwrap_err();
    assert_eq!(error.to_string(), "tensor 1 has 1 samples, but tensor 0 has 2: their first sizes must be equal");
}

#[test]
fn an_index_too_large_is_an_error() {
    assert_eq!(data().get(3).unwrap_err().to_string(), "index 3 is beyond a data set of 3 samples");
    assert_eq!(data().batch(&[0, 3]).unwrap_err().to_string(), "index 3 is beyond a data set of 3 samples");
}
