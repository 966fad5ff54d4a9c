//! Runs that cannot start or go on, and the errors that say why.

use super::*;
use nn_dsl::data::from_fn;
use nn_dsl::loss::Reduction;

/// The first line of the error that the run ends with.
fn fails(trainer: &mut Trainer<(Tensor, Tensor)>) -> String {
    first_line(&trainer.fit(&digits().0).unwrap_err())
}

fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_loss_that_is_no_number_ends_the_run_before_the_step() {
    let _alone = alone();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let before = values(&vs);
    let images = from_fn(40, |index| {
        let value = if index == 25 { f32::NAN } else { 0.5 };
        Ok((Tensor::full([1, 8, 8], f64::from(value), (Kind::Float, Device::Cpu)), 0i64))
    });
    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), Sgd::new(0.0).build(&vs).unwrap());
    let error = trainer.fit(&DataLoader::new(images, 10)).unwrap_err();
    assert_eq!(
        first_line(&error),
        "the loss is NaN in epoch 1, batch 3 of 4, because tensor 0 of the batch contains NaN or infinity"
    );
    assert_eq!(values(&vs), before);

    let infinite = |output: &Tensor, target: &Tensor| output.cross_entropy_for_logits(target) * f64::INFINITY;
    let mut trainer = Trainer::new(&vs, &net, infinite, Sgd::new(0.1).build(&vs).unwrap());
    assert_eq!(first_line(&trainer.fit(&digits().0).unwrap_err()), "the loss is inf in epoch 1, batch 1 of 23");
    assert_eq!(values(&vs), before);
}

#[test]
fn an_optimizer_of_other_parameters_is_refused() {
    let _alone = alone();
    let [vs, other] = [(); 2].map(|()| nn::VarStore::new(Device::Cpu));
    let [net, _] = [&vs, &other].map(|vs| Plain::new(&vs.root()));
    let optimizer = AdamW::new(1e-2).build(&other).unwrap();
    let error = Trainer::new(&vs, &net, CrossEntropy::new(), optimizer).fit(&digits().0).unwrap_err();
    assert_eq!(first_line(&error), "the optimizer has no parameters of this `VarStore`");
}

#[test]
fn an_optimizer_built_before_the_network_is_refused() {
    let _alone = alone();
    let vs = nn::VarStore::new(Device::Cpu);
    let _teacher = Plain::new(&(vs.root() / "teacher"));
    let optimizer = AdamW::new(1e-2).build(&vs).unwrap();
    let student = Plain::new(&(vs.root() / "student"));
    let error = Trainer::new(&vs, &student, CrossEntropy::new(), optimizer).fit(&digits().0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the loss depends on no parameter of the optimizer, which would train nothing\n\
         note: the optimizer has `teacher.linear1.bias`, `teacher.linear1.weight`, `teacher.linear2.bias` and 1 more; \
         the loss depends on `student.linear1.bias`, `student.linear1.weight`, `student.linear2.bias` and 1 more\n\
         help: build the optimizer after the network that it trains, from the same `VarStore`"
    );
}

#[test]
fn a_validation_that_is_no_number_ends_the_run() {
    let _alone = alone();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let images = from_fn(4, |_| Ok((Tensor::full([1, 8, 8], f64::NAN, (Kind::Float, Device::Cpu)), 0i64)));
    let trainer = Trainer::new(&vs, &net, CrossEntropy::new(), Sgd::new(0.1).build(&vs).unwrap());
    let error = trainer.validate_on(&DataLoader::new(images, 4)).epochs(2).fit(&digits().0).unwrap_err();
    assert_eq!(first_line(&error), "the validation loss is NaN after epoch 1, although the training loss is a number");
}

#[test]
fn what_cannot_be_trained_is_said() {
    let _alone = alone();
    let (train, _) = digits();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let sgd = || Sgd::new(0.1).build(&vs).unwrap();

    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), sgd());
    let empty = DataLoader::new(data::digits().subset(vec![0, 1]), 3).drop_last();
    assert_eq!(
        first_line(&trainer.fit(&empty).unwrap_err()),
        "there is nothing to train on: the loader has no batches"
    );
    assert_eq!(
        first_line(&trainer.evaluate(&empty).unwrap_err()),
        "there is nothing to evaluate: the loader has no batches"
    );

    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), sgd()).monitor("val_accuracy");
    assert_eq!(fails(&mut trainer), "there is no `val_accuracy` to monitor; the measured values are: loss");

    let only_loss = |(images, labels): &(Tensor, Tensor), train: bool| {
        Ok(Step::new(net.forward_t(images, train).cross_entropy_for_logits(labels)))
    };
    let mut trainer = Trainer::with_step(&vs, only_loss, sgd()).metric(Accuracy::new());
    assert_eq!(fails(&mut trainer), "`accuracy` has nothing to compare: the step returned no output and target");
    assert_eq!(first_line(&trainer.predict(&train).unwrap_err()), "the step returned no output and target");

    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new().reduction(Reduction::None), sgd());
    assert_eq!(fails(&mut trainer), "a step's `loss` must be a single number, but has the shape [64]");

    let detached = |output: &Tensor, target: &Tensor| output.detach().cross_entropy_for_logits(target);
    let mut trainer = Trainer::new(&vs, &net, detached, sgd());
    assert_eq!(fails(&mut trainer), "the loss does not depend on any trained parameter");

    let large = from_fn(8, |_| Ok((Tensor::zeros([1, 9, 9], (Kind::Float, Device::Cpu)), 0i64)));
    let error = Trainer::new(&vs, &net, CrossEntropy::new(), sgd()).fit(&DataLoader::new(large, 4)).unwrap_err();
    assert_eq!(first_line(&error), "`Plain` expects `image: [N, 1, 8, 8]`, but got f32[4, 1, 9, 9]");
}

#[test]
fn a_schedule_that_cannot_go_by_what_is_measured_is_said() {
    let _alone = alone();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let sgd = || Sgd::new(0.1).build(&vs).unwrap();
    let plateau = nn_dsl::schedule::ReduceOnPlateau::new;
    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), sgd()).schedule_steps(plateau());
    assert_eq!(fails(&mut trainer), "the schedule depends on what is measured after each epoch");
    let trainer = Trainer::new(&vs, &net, CrossEntropy::new(), sgd()).metric(Accuracy::new()).monitor("accuracy");
    assert_eq!(
        fails(&mut trainer.schedule(plateau())),
        "the schedule treats smaller `accuracy` as better, but the reverse is true"
    );
}
