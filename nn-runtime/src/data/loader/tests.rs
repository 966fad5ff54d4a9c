use super::*;
use crate::data::{TensorDataset, from_fn};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use tch::{Kind, Tensor};

fn numbers(len: i64) -> TensorDataset<Tensor> {
    TensorDataset::new(Tensor::arange(len, (Kind::Int64, Device::Cpu))).unwrap()
}

/// The numbers of each batch.
fn batches<D: Dataset<Sample = Tensor>>(batches: Batches<D>) -> Vec<Vec<i64>>
where
    D::Sample: crate::data::Sample<Batch = Tensor>,
{
    batches.map(|batch| batch.unwrap().try_into().unwrap()).collect()
}

#[test]
fn batches_keep_the_order_and_the_rest() {
    let loader = DataLoader::new(numbers(7), 3);
    assert_eq!(loader.len(), 3);
    assert_eq!(batches(loader.epoch(0)), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
    let whole = loader.drop_last();
    assert_eq!((whole.len(), batches(whole.epoch(0))), (2, vec![vec![0, 1, 2], vec![3, 4, 5]]));
}

#[test]
fn no_samples_are_no_batches() {
    for workers in [0, 2] {
        let loader = DataLoader::new(numbers(0), 3).workers(workers);
        assert!(loader.is_empty());
        assert_eq!(loader.epoch(0).count(), 0);
    }
}

#[test]
fn an_epoch_holds_each_sample_once_in_an_order_of_its_own() {
    let loader = DataLoader::new(numbers(100), 32).shuffle().seed(1);
    let order = |epoch| batches(loader.epoch(epoch)).concat();
    let first = order(0);
    assert_eq!(first, order(0));
    assert_ne!(first, order(1));
    assert_ne!(first, batches(loader.clone().seed(2).epoch(0)).concat());
    let mut sorted = first.clone();
    sorted.sort();
    assert_ne!(first, sorted);
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
}

/// Samples that take longer the smaller their index is, with random numbers for each sample and each batch.
fn noisy(workers: usize) -> DataLoader<impl Dataset<Sample = (i64, f32)>> {
    let slow = from_fn(40, |index| {
        thread::sleep(Duration::from_micros(400 - 10 * index as u64));
        Ok((index as i64, 0f32))
    });
    DataLoader::new(slow, 4)
        .shuffle()
        .workers(workers)
        .transform(|(index, _), rng| Ok((index, rng.f32())))
        .transform_batch(|(index, noise), rng| Ok((index, noise + f64::from(rng.f32()))))
}

fn all<D: Dataset<Sample = (i64, f32)>>(batches: Batches<D>) -> Vec<(Tensor, Tensor)> {
    batches.collect::<Result<_, _>>().unwrap()
}

#[test]
fn workers_change_nothing() {
    let expected = all(noisy(0).epoch(3));
    for workers in [1, 2, 3, 16] {
        assert_eq!(all(noisy(workers).epoch(3)), expected);
        assert_eq!(all(noisy(workers).prefetch(1).epoch(3)), expected);
    }
    assert_ne!(all(noisy(0).epoch(4)), expected);
}

#[test]
fn each_sample_has_its_own_random_numbers() {
    let (_, noise) = all(noisy(0).epoch(0)).swap_remove(0);
    let mut noise: Vec<f32> = noise.try_into().unwrap();
    noise.dedup();
    assert_eq!(noise.len(), 4);
}

#[test]
fn an_epoch_resumes_where_it_stopped() {
    for workers in [0, 3] {
        let loader = noisy(workers);
        let whole = all(loader.epoch(5));
        for stop in 0..=10 {
            let mut first = loader.epoch(5);
            let mut seen: Vec<_> = first.by_ref().take(stop).map(Result::unwrap).collect();
            let position = first.position();
            assert_eq!(position, Position { epoch: 5, batch: stop });
            drop(first);
            seen.extend(all(loader.resume(position)));
            assert_eq!(seen, whole);
        }
        assert_eq!(loader.resume(Position { epoch: 5, batch: 99 }).count(), 0);
    }
}

#[test]
fn errors_and_panics_have_the_index_of_the_sample_and_the_rest_still_comes() {
    for workers in [0, 2] {
        let data = from_fn(8, |index| match index {
            3 => Err(Error::other("no such file")),
            4 => panic!("a mistake"),
            _ => Ok(index as i64),
        });
        let results: Vec<String> = DataLoader::new(data, 2)
            .workers(workers)
            .epoch(0)
            .map(|batch| {
                batch.map_or_else(
                    |error| error.to_string(),
                    |batch| format!("{:?}", Vec::<i64>::try_from(batch).unwrap()),
                )
            })
            .collect();
        assert_eq!(results, ["[0, 1]", "sample 3: no such file", "sample 4: panicked: a mistake", "[6, 7]"]);
    }
}

#[test]
fn transforms_may_fail_too() {
    let loader = DataLoader::new(numbers(4), 2);
    let error = |loader: DataLoader<_>| loader.epoch(0).nth(1).unwrap().unwrap_err().to_string();
    let sample = loader.clone().transform(|number, _| match number.int64_value(&[]) {
        3 => Err(Error::other("odd")),
        _ => Ok(number),
    });
    assert_eq!(error(sample), "sample 3: odd");
    assert_eq!(error(loader.transform_batch(|_, _| panic!("even"))), "batch 1: panicked: even");
}

#[test]
fn workers_stop_at_the_bound_and_end_when_the_epoch_is_dropped() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let data = from_fn(1000, |index| {
        MADE.fetch_add(1, Ordering::Relaxed);
        Ok(index as i64)
    });
    let mut epoch = DataLoader::new(data, 1).workers(2).prefetch(3).epoch(0);
    let _ = epoch.next().unwrap().unwrap();
    // One batch was taken, and each worker is three ahead.
    while MADE.load(Ordering::Relaxed) < 7 {
        thread::yield_now();
    }
    thread::sleep(Duration::from_millis(20));
    assert_eq!(MADE.load(Ordering::Relaxed), 7);
    drop(epoch);
    let made = MADE.load(Ordering::Relaxed);
    thread::sleep(Duration::from_millis(20));
    assert_eq!(MADE.load(Ordering::Relaxed), made);
}

#[test]
#[should_panic(expected = "a batch has at least 1 sample, not 0")]
fn batches_have_at_least_one_sample() {
    DataLoader::new(numbers(3), 0);
}
