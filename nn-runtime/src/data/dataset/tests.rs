use super::*;
use crate::data::TensorDataset;
use tch::Tensor;

/// The numbers from 0; those from 100 on fail.
fn numbers(len: usize) -> impl Dataset<Sample = i64> {
    from_fn(len, |index| match index {
        0..100 => Ok(index as i64),
        _ => Err(Error::other("too large")),
    })
}

fn all<D: Dataset<Sample = i64>>(data: &D) -> Vec<i64> {
    data.all().unwrap().try_into().unwrap()
}

#[test]
fn a_split_parts_all_samples_and_depends_on_the_seed_alone() {
    let (train, test) = numbers(10).train_test_split(0.2, 3);
    assert_eq!((train.len(), test.len()), (8, 2));
    let mut both = [all(&train), all(&test)].concat();
    both.sort();
    assert_eq!(both, (0..10).collect::<Vec<_>>());
    assert_eq!(all(&numbers(10).train_test_split(0.2, 3).1), all(&test));
    assert_ne!(all(&numbers(10).train_test_split(0.2, 4).0), all(&train));
}

#[test]
#[should_panic(expected = "`test_size` is a fraction from 0 to 1, not 20")]
fn a_percentage_is_no_fraction() {
    numbers(3).train_test_split(20.0, 1);
}

#[test]
fn subsets_maps_and_concatenations_nest() {
    let doubled = numbers(5).map(|number| Ok(2 * number));
    let data = doubled.concat(numbers(2)).subset([6, 0, 4, 4]);
    assert_eq!(all(&data), [1, 0, 8, 8]);
    assert_eq!((data.len(), data.indices()), (4, &[6, 0, 4, 4][..]));
    assert_eq!(all(&Arc::new(data)), [1, 0, 8, 8]);
}

#[test]
fn a_subset_of_tensors_is_gathered() {
    let tensors =
        TensorDataset::new((Tensor::from_slice(&[10i64, 11, 12]), Tensor::from_slice(&[0i64, 1, 2]))).unwrap();
    let (values, indices) = tensors.subset([2, 0]).all().unwrap();
    assert_eq!((values, indices), (Tensor::from_slice(&[12i64, 10]), Tensor::from_slice(&[2i64, 0])));
}

#[test]
#[should_panic(expected = "index 3 is beyond a data set of 3 samples")]
fn a_subset_is_of_what_there_is() {
    numbers(3).subset([0, 3]);
}

#[test]
fn an_index_too_large_is_an_error() {
    let error = |data: &dyn Dataset<Sample = i64>| data.get(7).unwrap_err().to_string();
    assert_eq!(error(&numbers(3)), "index 7 is beyond a data set of 3 samples");
    assert_eq!(error(&numbers(3).subset([0])), "index 7 is beyond a data set of 1 samples");
    assert_eq!(error(&numbers(3).concat(numbers(2))), "index 7 is beyond a data set of 5 samples");
}

#[test]
fn the_error_of_a_sample_has_its_index_in_the_source() {
    let data = numbers(200).subset([0, 150]);
    assert_eq!(data.get(1).unwrap_err().to_string(), "sample 150: too large");
    assert_eq!(data.batch(&[0, 1]).unwrap_err().to_string(), "sample 150: too large");
}

#[test]
fn a_panic_is_an_error_of_one_line() {
    let data = from_fn(3, |_| -> Result<i64, Error> { panic!("no file\nbacktrace") });
    assert_eq!(data.batch(&[2]).unwrap_err().to_string(), "sample 2: panicked: no file");
}
