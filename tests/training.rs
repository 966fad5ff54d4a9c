//! Training runs: what they measure, when they end, and (in `refused`) which errors they end with.

#[path = "training/refused.rs"]
mod refused;

use std::cell::RefCell;
use std::env;
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nn_dsl::data::Subset;
use nn_dsl::loss::CrossEntropy;
use nn_dsl::metrics::Accuracy;
use nn_dsl::optim::{AdamW, Sgd};
use nn_dsl::prelude::*;
use nn_dsl::train::{Callback, Ended, Epoch, History, Step};
use nn_dsl::{Error, State};

network! {
    Digits(image: [N, 1, 8, 8]) -> [N, 10] {
        conv 8 k=3 p=1 -> bn -> relu -> maxpool 2 -> flatten -> dropout 0.2 -> linear 10
    }

    Convolutions(image: [N, 1, 8, 8]) -> [N, 10] {
        conv 16 k=3 p=1 -> relu -> maxpool 2 -> conv 16 k=3 p=1 -> bn -> relu -> flatten -> linear 10
    }

    /// Nothing in it is random or depends on the batch.
    Plain(image: [N, 1, 8, 8]) -> [N, 10] { flatten -> linear 16 -> relu -> linear 10 }

    Sum(a: [N, 3], b: [N, 3]) -> [N, 1] { (a, b) -> cat -> linear 1 }
}

type Part = Subset<data::Images>;

/// Tests run in parallel, but share libtorch's random generator.
fn alone() -> MutexGuard<'static, ()> {
    static GENERATOR: Mutex<()> = Mutex::new(());
    tch::set_num_threads(1);
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

fn digits() -> (DataLoader<Part>, DataLoader<Part>) {
    let (train, held_out) = data::digits().train_test_split(0.2, 1);
    (DataLoader::new(train, 64).shuffle().seed(1), DataLoader::new(held_out, 256))
}

fn values(vs: &nn::VarStore) -> State {
    vs.variables().into_iter().map(|(name, tensor)| (name, tensor.detach().copy())).collect()
}

/// A history without times, to compare runs.
fn timeless(history: &History) -> String {
    let mut timeless = History::default();
    history.epochs().iter().for_each(|epoch| timeless.push(Epoch { seconds: 0.0, ..epoch.clone() }));
    timeless.to_json()
}

#[test]
fn digits_are_learnt_the_same_way_twice() {
    let _alone = alone();
    let (train, held_out) = digits();
    let run = || {
        tch::manual_seed(7);
        let vs = nn::VarStore::new(Device::Cpu);
        let net = Digits::new(&vs.root());
        let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), AdamW::new(1e-2).build(&vs).unwrap())
            .metric(Accuracy::new())
            .schedule_steps(schedule::Cosine::new(5 * 23))
            .validate_on(&held_out)
            .epochs(5)
            .seed(7);
        let history = trainer.fit(&train).unwrap();
        assert_eq!(trainer.ended(), Ended::Done);
        let scores = trainer.evaluate(&held_out).unwrap();
        assert_eq!(scores.get("accuracy"), history.last("val_accuracy"));
        assert_eq!(trainer.optimizer().learning_rates(), [0.0]);
        (history, values(&vs))
    };
    let (history, weights) = run();
    assert_eq!(history.names(), ["loss", "accuracy", "val_loss", "val_accuracy"]);
    assert!(history.last("val_accuracy").unwrap() > 0.9, "{history}");
    assert_eq!(history.epochs()[4].steps, 5 * 23);
    let (again, same_weights) = run();
    assert_eq!(timeless(&again), timeless(&history));
    assert_eq!(same_weights, weights);
}

/// The losses of a run, and the strides of the second convolution's weight during it.
fn run_of_convolutions(channels_last: Option<bool>) -> (Vec<f64>, Vec<i64>) {
    let (train, _) = digits();
    tch::manual_seed(7);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Convolutions::new(&vs.root());
    let strides = RefCell::new(Vec::new());
    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), AdamW::new(1e-3).build(&vs).unwrap())
        .epochs(2)
        .on_epoch(|_| *strides.borrow_mut() = net.conv2.weight.stride());
    if let Some(channels_last) = channels_last {
        trainer = trainer.channels_last(channels_last);
    }
    let history = trainer.fit(&train).unwrap();
    drop(trainer);
    assert!(net.conv2.weight.is_contiguous(), "the layout is the run's");
    (history.values("loss").into_iter().map(|(_, loss)| loss).collect(), strides.into_inner())
}

#[test]
fn convolutions_are_trained_channels_last_and_learn_the_same() {
    let _alone = alone();
    let (losses, strides) = run_of_convolutions(None);
    assert_eq!(strides, [144, 1, 48, 16]);
    let (usual, strides) = run_of_convolutions(Some(false));
    assert_eq!(strides, [144, 9, 3, 1]);
    assert!(losses.iter().zip(&usual).all(|(a, b)| (a - b).abs() < 1e-4), "{losses:?} is not {usual:?}");
}

#[test]
fn accumulated_batches_are_one_large_batch() {
    let _alone = alone();
    let train = |batch: usize, accumulate: usize| {
        tch::manual_seed(3);
        let vs = nn::VarStore::new(Device::Cpu);
        let net = Plain::new(&vs.root());
        let optimizer = Sgd::new(0.1).momentum(0.9).build(&vs).unwrap();
        // With 320 images, the last step of an epoch has 64 instead of 128.
        let loader = DataLoader::new(data::digits().subset((0..320).collect::<Vec<_>>()), batch);
        let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), optimizer).accumulate(accumulate).epochs(2);
        let history = trainer.fit(&loader).unwrap();
        assert_eq!(history.epochs()[1].steps, 6);
        values(&vs)
    };
    let (whole, parts) = (train(128, 1), train(32, 4));
    for (name, tensor) in &whole {
        let error = (tensor - &parts[name]).abs().max().double_value(&[]);
        assert!(error < 1e-6, "{name} differs by {error}");
    }
}

#[test]
fn a_step_of_ones_own_may_measure_anything() {
    let _alone = alone();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let (train, _) = digits();
    let optimizer = Sgd::new(0.05).build(&vs).unwrap();
    let step = |(images, labels): &(Tensor, Tensor), train: bool| {
        let logits = net.try_forward_t(images, train)?;
        let loss = CrossEntropy::new().loss(&logits, labels)?;
        let penalty = net.linear1.weight.square().mean(Kind::Float);
        Ok(Step::new(&loss + &penalty).compare(logits, labels.shallow_clone()).value("penalty", &penalty))
    };
    let mut trainer = Trainer::with_step(&vs, step, optimizer).metric(Accuracy::new()).epochs(2);
    let history = trainer.fit(&train).unwrap();
    assert_eq!(history.names(), ["loss", "penalty", "accuracy"]);
    assert!(history.last("loss").unwrap() > history.last("penalty").unwrap());
}

#[test]
fn a_network_of_two_inputs_and_a_module_of_tch_are_trained() {
    let _alone = alone();
    tch::manual_seed(1);
    let (a, b) =
        (Tensor::randn([90, 3], (Kind::Float, Device::Cpu)), Tensor::randn([90, 3], (Kind::Float, Device::Cpu)));
    let target = (&a - &b * 2.0).sum_dim_intlist(1, true, Kind::Float);
    let error = |output: &Tensor, target: &Tensor| (output - target).square().mean(Kind::Float);

    let vs = nn::VarStore::new(Device::Cpu);
    let net = Sum::new(&vs.root());
    let pairs = data::TensorDataset::new(((a.copy(), b.copy()), target.copy()));
    let _ = pairs.map(|pairs| {
        let mut trainer = Trainer::new(&vs, &net, error, Sgd::new(0.1).build(&vs).unwrap()).epochs(20);
        assert!(trainer.fit(&DataLoader::new(pairs, 30)).unwrap().last("loss").unwrap() < 1e-3);
    });

    let vs = nn::VarStore::new(Device::Cpu);
    let module = nn::linear(vs.root(), 6, 1, nn::LinearConfig::default());
    let both = data::TensorDataset::new((Tensor::cat(&[a, b], 1), target)).unwrap();
    let mut trainer = Trainer::with_module(&vs, &module, error, Sgd::new(0.1).build(&vs).unwrap()).epochs(20);
    assert!(trainer.fit(&DataLoader::new(both, 30)).unwrap().last("loss").unwrap() < 1e-3);
}

#[test]
fn predictions_are_those_that_are_evaluated() {
    let _alone = alone();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Digits::new(&vs.root());
    let (_, held_out) = digits();
    let sgd = Sgd::new(0.1).build(&vs).unwrap();
    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), sgd);
    let (logits, labels) = trainer.predict(&held_out).unwrap();
    let (_, expected) = held_out.dataset().all().unwrap();
    assert_eq!((logits.size(), labels), (vec![359, 10], expected));
    let loss = CrossEntropy::new().loss(&logits, &trainer.predict(&held_out).unwrap().1).unwrap().double_value(&[]);
    assert!((loss - trainer.evaluate(&held_out).unwrap().get("loss").unwrap()).abs() < 1e-5);
}

#[test]
fn patience_ends_a_run_and_the_best_weights_come_back() {
    let _alone = alone();
    let (train, held_out) = digits();
    tch::manual_seed(5);
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Digits::new(&vs.root());
    // The learning rate is far too large from the third epoch on.
    let worse = nn_dsl::schedule::Lambda(|epoch| if epoch < 2 { 1.0 } else { 40.0 });
    let mut trainer = Trainer::new(&vs, &net, CrossEntropy::new(), Sgd::new(0.05).build(&vs).unwrap())
        .metric(Accuracy::new())
        .schedule(worse)
        .validate_on(&held_out)
        .epochs(50)
        .monitor("val_accuracy")
        .patience(3)
        .restore_best();
    let history = trainer.fit(&train).unwrap();
    let accuracies = history.values("val_accuracy");
    let (best_epoch, best) = accuracies.iter().copied().rev().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert_eq!((trainer.ended(), history.epochs().len()), (Ended::Patience, best_epoch + 3));
    assert!(best > history.last("val_accuracy").unwrap());
    assert_eq!(trainer.evaluate(&held_out).unwrap().get("accuracy"), Some(best));
}

/// Records all calls.
struct Log<'a>(&'a RefCell<Vec<String>>);

impl Callback for Log<'_> {
    fn begin(&mut self, plan: &train::Plan) -> Result<(), Error> {
        self.0.borrow_mut().push(format!("begin: {} epochs of {}", plan.epochs, plan.batches));
        Ok(())
    }

    fn batch(&mut self, batch: &train::BatchEnd) -> Result<(), Error> {
        let seen = batch.scores().get("loss").is_some_and(|loss| batch.batch > 1 || loss == batch.loss);
        self.0.borrow_mut().push(format!("{}.{} {seen}", batch.epoch, batch.batch));
        Ok(())
    }

    fn epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        self.0.borrow_mut().push(format!("epoch {}", epoch.epoch));
        Ok(if epoch.epoch == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn end(&mut self, history: &History) -> Result<(), Error> {
        self.0.borrow_mut().push(format!("end after {}", history.epochs().len()));
        Ok(())
    }
}

#[test]
fn callbacks_see_everything_and_may_end_the_run() {
    let _alone = alone();
    let log = RefCell::new(Vec::new());
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let few = DataLoader::new(data::digits().subset((0..20).collect::<Vec<_>>()), 10);
    let mut trainer =
        Trainer::new(&vs, &net, CrossEntropy::new(), Sgd::new(0.1).build(&vs).unwrap()).callback(Log(&log)).epochs(9);
    trainer.fit(&few).unwrap();
    assert_eq!(trainer.ended(), Ended::Callback);
    drop(trainer);
    let expected =
        ["begin: 9 epochs of 2", "1.1 true", "1.2 true", "epoch 1", "2.1 true", "2.2 true", "epoch 2", "end after 2"];
    assert_eq!(log.into_inner(), expected);
}

/// Runs in a program of its own, because its standard error is read.
#[test]
fn progress_is_a_line_for_each_epoch_where_there_is_no_terminal() {
    const INSIDE: &str = "NN_DSL_TEST_PROGRESS";
    if env::var_os(INSIDE).is_none() {
        let name = "progress_is_a_line_for_each_epoch_where_there_is_no_terminal";
        let mut program = Command::new(env::current_exe().unwrap());
        let output = program.args(["--exact", name, "--nocapture"]).env(INSIDE, "1").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let beginnings: Vec<&str> = said.lines().map(|line| line.split(' ').nth(1).unwrap_or(line)).collect();
        assert!(output.status.success() && beginnings == ["1:", "2:"], "{said}");
        return;
    }
    let _alone = alone();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let trainer = Trainer::new(&vs, &net, CrossEntropy::new(), Sgd::new(0.1).build(&vs).unwrap());
    trainer.epochs(2).progress().fit(&digits().1).unwrap();
}
