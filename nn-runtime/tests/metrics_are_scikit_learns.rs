//! Every metric, given its samples in batches, has the same value as scikit-learn's for all of them.

mod reference;

use std::collections::BTreeMap;

use nn_runtime::metrics::{Accuracy, Auroc, Average, ConfusionMatrix, F1, Mae, Metric, Precision, R2, Recall, TopK};
use reference::{Numbers, assert_close, python};
use tch::{Device, Kind, Tensor};

const PROGRAM: &str = "
import warnings
from sklearn.metrics import *
warnings.simplefilter('ignore')

def wave(*shape, start=0):
    count = torch.Size(shape).numel()
    return torch.sin(torch.arange(start, start + count, dtype=torch.float64)).reshape(shape)

scores, target = wave(40, 6), torch.arange(40) * 7 % 5
found, every = scores.argmax(1), list(range(6))
show('accuracy', accuracy_score(target, found))
show('top 2', top_k_accuracy_score(target, scores, k=2, labels=every))
show('confusion matrix', confusion_matrix(target, found, labels=every))
for score in [precision_score, recall_score, f1_score]:
    for average in ['macro', 'micro', 'weighted', None]:
        name = f'{score.__name__} {average}'
        show(name, score(target, found, labels=every, average=average, zero_division=0))

logits, binary = wave(40).round(decimals=1), torch.arange(40) % 3 % 2
for score in [accuracy_score, precision_score, recall_score, f1_score, confusion_matrix]:
    show(f'binary {score.__name__}', score(binary, logits > 0.3))
show('auroc', roc_auc_score(binary, logits))
five = scores[:, :5].softmax(1)
show('auroc of several', roc_auc_score(target, five, multi_class='ovr'))
show('auroc of each', roc_auc_score(target, five, multi_class='ovr', average=None))

for name, output, numbers in [('one', wave(40), wave(40, start=3) + 1000), ('three', wave(40, 3), wave(40, 3, start=2) ** 3)]:
    show(f'mae {name}', mean_absolute_error(numbers, output))
    show(f'r2 {name}', r2_score(numbers, output))
show('r2 of one value', r2_score([2., 2., 2.], [1., 2., 3.]))
";

fn wave(shape: &[i64], start: i64) -> Tensor {
    let count: i64 = shape.iter().product();
    Tensor::arange_start(start, start + count, (Kind::Double, Device::Cpu)).sin().reshape(shape)
}

/// The value over all samples, given in batches of 17.
fn streamed(mut metric: impl Metric, output: &Tensor, target: &Tensor) -> f64 {
    for (output, target) in output.split(17, 0).iter().zip(target.split(17, 0)) {
        metric.update(output, &target).unwrap();
    }
    metric.compute()
}

fn matrix(mut matrix: ConfusionMatrix, output: &Tensor, target: &Tensor) -> Vec<f64> {
    for (output, target) in output.split(17, 0).iter().zip(target.split(17, 0)) {
        matrix.update(output, &target).unwrap();
    }
    matrix.to_tensor().to_kind(Kind::Double).flatten(0, -1).try_into().unwrap()
}

fn of_several_classes() -> Numbers {
    let scores = wave(&[40, 6], 0);
    let target = (Tensor::arange(40, (Kind::Int64, Device::Cpu)) * 7).remainder(5);
    let five = scores.narrow(1, 0, 5).softmax(1, None::<Kind>);
    let mut numbers = BTreeMap::from([
        ("accuracy".to_owned(), vec![streamed(Accuracy::new(), &scores, &target)]),
        ("top 2".to_owned(), vec![streamed(TopK::new(2), &scores, &target)]),
        ("confusion matrix".to_owned(), matrix(ConfusionMatrix::new(6), &scores, &target)),
        ("auroc of several".to_owned(), vec![streamed(Auroc::one_vs_rest(5), &five, &target)]),
    ]);
    for (name, average) in [("macro", Average::Macro), ("micro", Average::Micro), ("weighted", Average::Weighted)] {
        let of = |metric: &str| format!("{metric}_score {name}");
        numbers.insert(of("precision"), vec![streamed(Precision::new(6).average(average), &scores, &target)]);
        numbers.insert(of("recall"), vec![streamed(Recall::new(6).average(average), &scores, &target)]);
        numbers.insert(of("f1"), vec![streamed(F1::new(6).average(average), &scores, &target)]);
    }
    let (mut precision, mut recall, mut f1) = (Precision::new(6), Recall::new(6), F1::new(6));
    let mut auroc = Auroc::one_vs_rest(5);
    let metrics: [&mut dyn Metric; 3] = [&mut precision, &mut recall, &mut f1];
    metrics.into_iter().for_each(|metric| metric.update(&scores, &target).unwrap());
    auroc.update(&five, &target).unwrap();
    numbers.extend([
        ("precision_score None".to_owned(), precision.per_class()),
        ("recall_score None".to_owned(), recall.per_class()),
        ("f1_score None".to_owned(), f1.per_class()),
        ("auroc of each".to_owned(), auroc.per_class()),
    ]);
    numbers
}

fn of_two_classes() -> Numbers {
    let logits = wave(&[40], 0).round_decimals(1);
    let target = Tensor::arange(40, (Kind::Int64, Device::Cpu)).remainder(3).remainder(2);
    let numbers = [
        ("binary accuracy_score", vec![streamed(Accuracy::binary(0.3), &logits, &target)]),
        ("binary precision_score", vec![streamed(Precision::binary(0.3), &logits, &target)]),
        ("binary recall_score", vec![streamed(Recall::binary(0.3), &logits, &target)]),
        ("binary f1_score", vec![streamed(F1::binary(0.3), &logits, &target)]),
        ("binary confusion_matrix", matrix(ConfusionMatrix::binary(0.3), &logits, &target)),
        ("auroc", vec![streamed(Auroc::new(), &logits, &target)]),
    ];
    numbers.map(|(name, numbers)| (name.to_owned(), numbers)).into()
}

fn of_numbers() -> Numbers {
    let mut numbers = Numbers::new();
    for (name, output, target) in [
        ("one", wave(&[40], 0), wave(&[40], 3) + 1000),
        ("three", wave(&[40, 3], 0), wave(&[40, 3], 2).pow_tensor_scalar(3)),
    ] {
        numbers.insert(format!("mae {name}"), vec![streamed(Mae::new(), &output, &target)]);
        numbers.insert(format!("r2 {name}"), vec![streamed(R2::new(), &output, &target)]);
    }
    let same = streamed(R2::new(), &Tensor::from_slice(&[1.0, 2.0, 3.0]), &Tensor::from_slice(&[2.0; 3]));
    numbers.insert("r2 of one value".to_owned(), vec![same]);
    numbers
}

#[test]
fn every_metric_is_scikit_learns() {
    let theirs = python(PROGRAM);
    let ours: Numbers = of_several_classes().into_iter().chain(of_two_classes()).chain(of_numbers()).collect();
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (case, ours) in ours {
        assert_close(&case, &ours, &theirs[&case], 1e-10);
    }
}
