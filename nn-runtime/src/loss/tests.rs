use super::*;
use tch::{Device, Kind};

fn zeros(shape: &[i64], kind: Kind) -> Tensor {
    Tensor::zeros(shape, (kind, Device::Cpu))
}

fn told(loss: impl Loss, output: &Tensor, target: &Tensor) -> String {
    match loss.loss(output, target) {
        Err(error @ Error::Misfit(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_closure_is_a_loss() {
    let loss = |output: &Tensor, target: &Tensor| (output - target).abs().max();
    assert_eq!(loss.loss(&Tensor::from(1.0), &Tensor::from(3.0)).unwrap().double_value(&[]), 2.0);
}

#[test]
fn a_loss_may_be_chosen_at_run_time() {
    let (output, target) = (Tensor::from(1.0), Tensor::from(3.0));
    let losses: [Box<dyn Loss>; 2] = [Box::new(L1::new()), Box::new(Mse::new())];
    for (loss, expected) in losses.iter().zip([2.0, 4.0]) {
        let borrowed: &dyn Loss = loss;
        assert_eq!(borrowed.loss(&output, &target).unwrap().double_value(&[]), expected);
    }
    assert!(told(losses.into_iter().next().unwrap(), &output, &zeros(&[2], Kind::Float)).starts_with("L1: "));
}

#[test]
fn targets_of_another_shape_are_refused() {
    let logits = zeros(&[64, 10], Kind::Float);
    assert_eq!(
        told(CrossEntropy::new(), &logits, &zeros(&[64, 1], Kind::Int64)),
        "CrossEntropy: the target must be [64], a class for each sample of the output\n\
         note: output: f32 [64, 10], target: i64 [64, 1]\n\
         help: drop the last dimension: `target.squeeze_dim(-1)`"
    );
    let error = told(CrossEntropy::new(), &logits, &zeros(&[64, 10], Kind::Int64));
    assert!(error.ends_with("help: for a one-hot target, use `target.argmax(1, false)`"), "{error}");
    let error = told(CrossEntropy::new(), &logits, &zeros(&[32], Kind::Int64));
    assert!(error.contains("must be [64]"), "{error}");
    let error = told(CrossEntropy::new(), &zeros(&[2, 5, 10], Kind::Float), &zeros(&[2, 5], Kind::Int64));
    let help = "help: dimension 1 of the output is the classes: end the network with `transpose 1 2`, or give \
                `output.flatten(0, 1)` and `target.flatten(0, 1)`";
    assert!(error.ends_with(help), "{error}");
    let error = told(CrossEntropy::new(), &zeros(&[10, 10], Kind::Float), &zeros(&[2, 5], Kind::Int64));
    assert!(error.ends_with("help: flatten the target like the output: `target.flatten(0, -1)`"), "{error}");
    let error = told(Nll::new(), &zeros(&[2, 4, 3, 3], Kind::Float), &zeros(&[2], Kind::Int64));
    assert!(error.starts_with("Nll: the target must be [2, 3, 3]"), "{error}");
}

#[test]
fn targets_of_another_type_are_refused() {
    let error = told(CrossEntropy::new(), &zeros(&[64, 10], Kind::Float), &zeros(&[64], Kind::Float));
    assert!(
        error.contains("the target must hold classes as i64\nnote: output: f32 [64, 10], target: f32 [64]"),
        "{error}"
    );
    let error = told(Mse::new(), &zeros(&[4], Kind::Int64), &zeros(&[4], Kind::Int64));
    assert!(error.starts_with("Mse: the output must hold floats"), "{error}");
}

#[test]
fn a_class_beyond_the_output_is_named() {
    let classes = Tensor::from_slice(&[0i64, 10, 3]);
    let error = told(CrossEntropy::new(), &zeros(&[3, 10], Kind::Float), &classes);
    assert!(
        error.starts_with("CrossEntropy: class 10 of the target is not among the output's 10, which are 0 to 9"),
        "{error}"
    );
    assert!(CrossEntropy::new().ignore_index(10).loss(&zeros(&[3, 10], Kind::Float), &classes).is_ok());
    let error = told(Nll::new(), &zeros(&[3, 10], Kind::Float), &Tensor::from_slice(&[-1i64, 0, 0]));
    assert!(error.starts_with("Nll: class -1 of the target"), "{error}");
    assert!(Nll::new().loss(&zeros(&[3, 10], Kind::Float), &Tensor::from_slice(&[-100i64, 0, 0])).is_ok());
}

#[test]
fn weights_must_be_as_many_as_classes() {
    let (logits, classes) = (zeros(&[2, 3], Kind::Float), zeros(&[2], Kind::Int64));
    let error = told(CrossEntropy::new().weight(&[1.0, 2.0]), &logits, &classes);
    assert!(error.starts_with("CrossEntropy: there must be a weight for each of the 3 classes"), "{error}");
    let error = told(BceWithLogits::new().pos_weight(&[1.0, 2.0]), &logits, &zeros(&[2, 3], Kind::Float));
    assert!(error.starts_with("BceWithLogits: `pos_weight` must be one number or 3"), "{error}");
}

#[test]
fn nothing_is_broadcast() {
    let error = told(Mse::new(), &zeros(&[64, 1], Kind::Float), &zeros(&[64], Kind::Float));
    assert_eq!(
        error,
        "Mse: the output and the target must have the same shape\n\
         note: output: f32 [64, 1], target: f32 [64]\n\
         help: drop the output's last dimension: `output.squeeze_dim(-1)`"
    );
}

#[test]
fn a_target_of_f64_is_taken_in_the_outputs_type() {
    let loss = Mse::new().loss(&zeros(&[2], Kind::Float), &Tensor::from_slice(&[1.0, 1.0])).unwrap();
    assert_eq!((loss.kind(), loss.double_value(&[])), (Kind::Float, 1.0));
}

#[test]
fn what_is_no_probability_is_named() {
    let (half, beyond) = (Tensor::from_slice(&[0.5f32, 0.5]), Tensor::from_slice(&[0.5f32, 1.5]));
    let error = told(Bce::new(), &beyond, &half);
    assert!(error.starts_with("Bce: the output must be probabilities, from 0 to 1, but this one holds 1.5"), "{error}");
    let error = told(BceWithLogits::new(), &half, &beyond);
    assert!(error.starts_with("BceWithLogits: the target must be from 0 to 1, but this one holds 1.5"), "{error}");
    let error = told(HingeEmbedding::new(), &half, &Tensor::from_slice(&[0i64, 1]));
    assert!(error.contains("must hold 1 and -1, but this one holds 0"), "{error}");
    let error = told(HingeEmbedding::new(), &half, &Tensor::from_slice(&[true, false]));
    assert!(error.contains("must hold 1 and -1, but this one holds 0"), "{error}");
    let nan = Tensor::from_slice(&[f32::NAN, 0.5]);
    assert!(told(Bce::new(), &nan, &half).contains("this one holds NaN"));
}

#[test]
fn options_that_make_no_sense_are_told() {
    let (logits, classes) = (zeros(&[2, 3], Kind::Float), zeros(&[2], Kind::Int64));
    let error = CrossEntropy::new().label_smoothing(2.0).loss(&logits, &classes).unwrap_err().to_string();
    assert_eq!(error, "CrossEntropy: `label_smoothing` must be from 0 to 1, not 2");
    let error = Huber::new().delta(0.0).loss(&logits, &logits).unwrap_err().to_string();
    assert_eq!(error, "Huber: `delta` must be a number of more than 0, not 0");
}

#[test]
fn sequences_must_go_together() {
    let (output, labels) = (zeros(&[12, 2, 5], Kind::Float), zeros(&[2, 3], Kind::Int64));
    let lengths = |a: i64, b: i64| Tensor::from_slice(&[a, b]);
    let told = |output: &Tensor, labels: &Tensor, a: Tensor, b: Tensor| -> String {
        Ctc::new().loss(output, labels, &a, &b).unwrap_err().to_string()
    };
    let error = told(&output.transpose(0, 1), &labels, lengths(12, 12), lengths(3, 3));
    assert!(error.contains("they must be [T, N, classes]") && error.contains("output.permute"), "{error}");
    let error = told(&output, &labels, lengths(12, 13), lengths(3, 3));
    assert!(error.contains("at most 12 for the output and 3 for the labels"), "{error}");
    let error = told(&output, &(labels.copy() + 5), lengths(12, 12), lengths(3, 3));
    assert!(error.contains("0 to 4"), "{error}");
    let error = Ctc::new().blank(5).loss(&output, &labels, &lengths(12, 12), &lengths(3, 3)).unwrap_err();
    assert_eq!(error.to_string(), "Ctc: `blank` must be one of the output's classes, not 5");
}

#[test]
fn vectors_must_go_together() {
    let (a, b, signs) = (zeros(&[4, 3], Kind::Float), zeros(&[4, 2], Kind::Float), zeros(&[4], Kind::Int64) + 1);
    let error = CosineEmbedding::new().loss(&a, &b, &signs).unwrap_err().to_string();
    assert!(error.starts_with("CosineEmbedding: they must be [N, features]"), "{error}");
    let error = TripletMargin::new().loss(&a, &a, &b).unwrap_err().to_string();
    assert!(error.contains("anchor: f32 [4, 3], like: f32 [4, 3], unlike: f32 [4, 2]"), "{error}");
}
