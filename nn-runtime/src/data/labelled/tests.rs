use super::*;

/// As many images of one pixel, which is the label, as asked for.
fn numbered(count: i64) -> Labelled {
    let labels = Tensor::arange(count, (Kind::Int64, Device::Cpu));
    Labelled::new(labels.to_kind(Kind::Float).view([count, 1, 1, 1]), labels)
}

fn numbers(labels: &Tensor) -> Vec<i64> {
    labels.try_into().unwrap()
}

fn all_numbers(batches: impl Iterator<Item = (Tensor, Tensor)>) -> Vec<i64> {
    batches
        .flat_map(|(images, labels)| {
            assert_eq!(images.flatten(0, -1).to_kind(Kind::Int64), labels);
            numbers(&labels)
        })
        .collect()
}

#[test]
fn a_split_parts_all_images_and_depends_on_the_seed_alone() {
    let (train, test) = numbered(10).split(0.2, 3);
    assert_eq!((train.len(), test.len()), (8, 2));
    let mut all = [numbers(&train.labels), numbers(&test.labels)].concat();
    all.sort();
    assert_eq!(all, (0..10).collect::<Vec<_>>());
    tch::manual_seed(1);
    assert_eq!(numbered(10).split(0.2, 3).1.labels, test.labels);
    assert_ne!(numbered(10).split(0.2, 4).0.labels, train.labels);
}

#[test]
fn batches_keep_the_order_and_the_rest() {
    let data = numbered(7);
    let batches = data.batches(3);
    assert_eq!(batches.len(), 3);
    assert_eq!(all_numbers(batches), (0..7).collect::<Vec<_>>());
}

#[test]
fn shuffled_batches_hold_each_image_once() {
    let data = numbered(100);
    let first = all_numbers(data.shuffled_batches(32, 1));
    assert_eq!(first, all_numbers(data.shuffled_batches(32, 1)));
    assert_ne!(first, all_numbers(data.shuffled_batches(32, 2)));
    let mut sorted = first.clone();
    sorted.sort();
    assert_ne!(first, sorted);
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
}

#[test]
fn no_images_are_no_batches() {
    let empty = numbered(0);
    assert!(empty.is_empty());
    assert_eq!(empty.batches(4).len(), 0);
}

#[test]
#[should_panic(expected = "there must be one label for each image")]
fn a_label_is_missing() {
    let Labelled { images, labels } = numbered(3);
    Labelled::new(images, labels.narrow(0, 0, 2));
}

#[test]
#[should_panic(expected = "`held_out` is a fraction from 0 to 1, not 20")]
fn a_percentage_is_no_fraction() {
    numbered(3).split(20.0, 1);
}

#[test]
#[should_panic(expected = "a batch has at least 1 image, not 0")]
fn a_batch_of_none_never_ends() {
    drop(numbered(3).batches(0));
}
