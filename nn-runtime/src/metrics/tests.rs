use super::*;
use tch::{Device, Kind};

fn zeros(shape: &[i64], kind: Kind) -> Tensor {
    Tensor::zeros(shape, (kind, Device::Cpu))
}

fn told(mut metric: impl Metric, output: &Tensor, target: &Tensor) -> String {
    match metric.update(output, target) {
        Err(error @ Error::Misfit(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_seen_is_no_number() {
    let metrics: Vec<Box<dyn Metric>> = vec![
        Box::new(Accuracy::new()),
        Box::new(TopK::new(2)),
        Box::new(F1::new(3)),
        Box::new(Recall::binary(0.0)),
        Box::new(Auroc::new()),
        Box::new(Mae::new()),
        Box::new(R2::new()),
    ];
    for metric in metrics {
        assert!(metric.compute().is_nan(), "{}", metric.name());
    }
}

#[test]
fn ignored_samples_do_not_count() {
    let output = Tensor::from_slice2(&[[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [3.0, 2.0, 1.0]]);
    let target = Tensor::from_slice(&[0i64, -100, 2, 1]);
    let measured = |metric: &mut dyn Metric| {
        metric.update(&output, &target).unwrap();
        metric.compute()
    };
    assert_eq!(measured(&mut Accuracy::new()), 1.0 / 3.0);
    assert_eq!(measured(&mut Accuracy::new().ignore_index(2)), 1.0 / 3.0);
    assert_eq!(measured(&mut TopK::new(2)), 2.0 / 3.0);
    assert_eq!(measured(&mut Recall::new(3)), 1.0 / 3.0);
    let mut matrix = ConfusionMatrix::new(3).ignore_index(0);
    let kept = target.index_select(0, &Tensor::from_slice(&[0i64, 2, 3]));
    matrix.update(&output.narrow(0, 0, 3), &kept).unwrap();
    assert_eq!(matrix.counts(), &[[0, 0, 0], [1, 0, 0], [1, 0, 0]]);
}

#[test]
fn targets_of_another_shape_are_refused() {
    let error = told(Accuracy::new(), &zeros(&[4], Kind::Float), &zeros(&[4], Kind::Int64));
    assert_eq!(
        error,
        "Accuracy: the output must be [N, classes]\n\
         note: output: f32 [4], target: i64 [4]\n\
         help: for two classes with one score per sample, use `binary`"
    );
    let error = told(Accuracy::new(), &zeros(&[4, 3], Kind::Float), &zeros(&[4, 1], Kind::Int64));
    assert!(error.starts_with("Accuracy: the target must be [4], a class for each sample"), "{error}");
    let error = told(Accuracy::new(), &zeros(&[4, 3], Kind::Float), &zeros(&[4, 3], Kind::Int64));
    assert!(error.ends_with("its classes are `target.argmax(1, false)`"), "{error}");
    let error = told(Accuracy::new(), &zeros(&[4, 3], Kind::Float), &zeros(&[3], Kind::Int64));
    assert!(error.ends_with("of the same samples"), "{error}");
    let error = told(F1::binary(0.0), &zeros(&[4, 1], Kind::Float), &zeros(&[4], Kind::Int64));
    assert!(error.starts_with("f1: the target must be [4, 1]"), "{error}");
    let error = told(Mae::new(), &zeros(&[4, 1], Kind::Float), &zeros(&[4], Kind::Float));
    assert!(error.starts_with("Mae: the output and the target must have the same shape"), "{error}");
    let error = told(Auroc::one_vs_rest(3), &zeros(&[4, 2], Kind::Float), &zeros(&[4], Kind::Int64));
    assert!(error.starts_with("Auroc: they must be [N, 3] and [N]"), "{error}");
}

#[test]
fn unknown_classes_are_refused_and_leave_no_trace() {
    let mut matrix = ConfusionMatrix::new(3);
    let error = matrix.update(&zeros(&[2, 3], Kind::Float), &Tensor::from_slice(&[0i64, 3])).unwrap_err().to_string();
    assert!(error.starts_with("ConfusionMatrix: class 3 is not among the 3, which are 0 to 2"), "{error}");
    assert_eq!(matrix.counts().concat(), [0; 9]);
    let error = told(Auroc::new(), &zeros(&[2], Kind::Float), &Tensor::from_slice(&[0i64, 2]));
    assert!(error.contains("the target must hold classes from 0 to 1"), "{error}");
    let error = told(TopK::new(4), &zeros(&[2, 3], Kind::Float), &zeros(&[2], Kind::Int64));
    assert!(error.starts_with("TopK: `k` is 4, and must be from 1 to the number of classes"), "{error}");
}

#[test]
fn reset_forgets_everything_seen() {
    let mut metric = F1::new(2);
    metric.update(&zeros(&[2, 2], Kind::Float), &zeros(&[2], Kind::Int64)).unwrap();
    metric.reset();
    assert!(metric.compute().is_nan());
}

#[test]
fn a_metric_resumes_from_its_state() {
    let make: fn() -> Vec<Box<dyn Metric>> = || {
        let f1 = F1::new(3).average(Average::Weighted);
        vec![
            Box::new(Accuracy::new()),
            Box::new(TopK::new(2)),
            Box::new(f1),
            Box::new(Auroc::one_vs_rest(3)),
            Box::new(Mae::new()),
            Box::new(R2::new()),
        ]
    };
    let numbers = |values: &[f64]| Tensor::from_slice(values).view([-1, 3]);
    let output = numbers(&[0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0.4, 0.4, 0.2, 0.1, 0.1, 0.8, 0.2, 0.5, 0.3, 0.6, 0.3, 0.1]);
    let classes = Tensor::from_slice(&[1i64, 0, 2, 2, 0, 1]);
    let others = output.flip([0]) * 0.5;
    for (mut whole, mut after) in make().into_iter().zip(make()) {
        let target = if ["mae", "r2"].contains(&whole.name().as_str()) { &others } else { &classes };
        let half = |metric: &mut dyn Metric, start: i64| {
            metric.update(&output.narrow(0, start, 3), &target.narrow(0, start, 3)).unwrap();
        };
        half(&mut *whole, 0);
        after.load_state(&whole.state()).unwrap();
        half(&mut *whole, 3);
        half(&mut *after, 3);
        assert_eq!(after.compute(), whole.compute(), "{}", whole.name());
        let error = after.load_state(&[1.5; 2]).err().or_else(|| after.load_state(&[7.0; 5]).err());
        let error = error.expect("5 numbers are the state of none of them").to_string();
        assert!(
            error.starts_with(&format!("the saved state of `{}` belongs to another metric", whole.name())),
            "{error}"
        );
    }
}
