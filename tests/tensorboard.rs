//! TensorBoard's own reader finds what was written in our event files.

mod reference;

use std::path::Path;

use nn_dsl::prelude::*;
use nn_dsl::train::TensorBoard;

network! {
    Plain(image: [N, 1, 8, 8]) -> [N, 10] { flatten -> linear 10 }
}

/// A line for each event that TensorBoard finds. It skips damaged records silently, so all events are listed.
fn read(folder: &Path) -> String {
    let program = "
import sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'images': 0})
events.Reload()
for tag in events.Tags()['scalars']:
    print(tag, *(f'{event.step}:{event.value:.6e}' for event in events.Scalars(tag)))
for tag in events.Tags()['images']:
    from torchvision.io import decode_image
    import torch
    for event in events.Images(tag):
        pixels = decode_image(torch.frombuffer(bytearray(event.encoded_image_string), dtype=torch.uint8))
        print(tag, f'{event.step}:{event.width}x{event.height}', pixels.flatten().tolist())
";
    reference::python(&["-c", program, folder.to_str().unwrap()])
}

#[test]
fn scalars_and_images_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut board = TensorBoard::create(folder.path()).unwrap();
    for step in 0..1000 {
        board.scalar("loss/train", step, 1.0 / (1 + step) as f64).unwrap();
    }
    board.scalar("odd", 3, f64::NAN).unwrap();
    board.image("samples", 7, &Tensor::from_slice2(&[[0.0f32, 1.0]])).unwrap();
    board.flush().unwrap();
    let found = read(folder.path());
    let lines: Vec<&str> = found.lines().collect();
    let losses: Vec<String> = (0..1000).map(|step| format!("{step}:{:.6e}", 1.0 / (1 + step) as f32)).collect();
    assert_eq!(scientific(lines[0]), format!("loss/train {}", losses.join(" ")));
    assert_eq!(lines[1..], ["odd 3:nan", "samples 7:2x1 [0, 255, 0, 255, 0, 255]"]);
}

/// Python writes at least two digits of an exponent, and its sign.
fn scientific(line: &str) -> String {
    line.replace("e-0", "e-").replace("e+00", "e0")
}

#[test]
fn a_run_is_seen_batch_by_batch_and_epoch_by_epoch() {
    tch::set_num_threads(1);
    let folder = tempfile::tempdir().unwrap();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let (train, test) = data::digits().train_test_split(0.5, 1);
    let history = Trainer::new(&vs, &net, loss::CrossEntropy::new(), optim::Sgd::new(0.1).build(&vs).unwrap())
        .metric(metrics::Accuracy::new())
        .validate_on(&DataLoader::new(test, 512))
        .epochs(3)
        .callback(TensorBoard::create(folder.path()).unwrap())
        .fit(&DataLoader::new(train, 128))
        .unwrap();
    let found = read(folder.path());
    let line = |tag: &str| found.lines().find(|line| line.split(' ').next() == Some(tag)).unwrap_or_default();
    assert_eq!(line("batch/loss").split(' ').count(), 1 + 3 * 8);
    for (tag, name) in [("loss/train", "loss"), ("accuracy/validation", "val_accuracy")] {
        let values: Vec<f64> =
            line(tag).split(' ').skip(1).map(|e| e.split(':').nth(1).unwrap().parse().unwrap()).collect();
        let expected: Vec<f64> = history.values(name).iter().map(|(_, value)| *value).collect();
        assert_eq!(values.len(), 3, "{found}");
        assert!(values.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5 * b), "{values:?} {expected:?}");
    }
}
