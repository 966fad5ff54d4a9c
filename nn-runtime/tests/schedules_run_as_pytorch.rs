//! Every schedule has the same learning rates and momentums over a full run as PyTorch's.

mod reference;

use nn_runtime::Error;
use nn_runtime::optim::{Optimizer, Sgd, Stepper};
use nn_runtime::schedule::{
    Cosine, CosineWarmRestarts, Exponential, Lambda, Linear, MultiStep, OneCycle, ReduceOnPlateau, Schedule, Scheduler,
    Step,
};
use reference::{assert_close, python};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

const STEPS: usize = 40;

/// Python that precedes the text of each case: two groups, and a measured value that gets better and worse.
const PROGRAM: &str = "
import warnings
from torch.optim.lr_scheduler import *
warnings.simplefilter('ignore')

def run(case):
    a, b = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([{'params': [a]}, {'params': [b], 'lr': 0.01}], lr=0.1, momentum=0.5)
    schedule = eval(case, dict(globals(), o=optimizer))
    rows = []
    for step in range(41):
        rows.append([group['lr'] for group in optimizer.param_groups] + [optimizer.param_groups[0]['momentum']])
        measured = abs(step % 13 - 6.0) - step / 20
        optimizer.step()
        schedule.step(*[measured] if isinstance(schedule, ReduceLROnPlateau) else []) if step < 40 else None
    show(case, rows)
";

fn optimizer() -> Stepper<Sgd> {
    let vs = VarStore::new(Device::Cpu);
    for name in ["a", "b"] {
        let _ = vs.root().add(name, Tensor::zeros([1], (Kind::Float, Device::Cpu)), true);
    }
    Sgd::new(0.1).momentum(0.5).group("b", |group| group.learning_rate = 0.01).build(&vs).unwrap()
}

/// Makes a new schedule.
type Make = Box<dyn Fn() -> Box<dyn Schedule>>;

type Case = (&'static str, Make);

/// Names a case.
fn case<S: Schedule + Clone + 'static>(torch: &'static str, ours: S) -> Case {
    (torch, Box::new(move || Box::new(ours.clone())))
}

fn of_steps() -> Vec<Case> {
    vec![
        case("StepLR(o, 7)", Step::new(7)),
        case("StepLR(o, 5, gamma=0.7)", Step::new(5).gamma(0.7)),
        case("MultiStepLR(o, milestones=(4, 20, 20, 33))", MultiStep::new([4, 20, 20, 33])),
        case("MultiStepLR(o, milestones=(30, 8), gamma=0.5)", MultiStep::new([30, 8]).gamma(0.5)),
        case("ExponentialLR(o, 0.9)", Exponential::new(0.9)),
        case("LambdaLR(o, lambda step: 1 / (1 + step))", Lambda(|step| 1.0 / (1 + step) as f64)),
        case("CosineAnnealingLR(o, 40)", Cosine::new(40)),
        case("CosineAnnealingLR(o, 15, eta_min=0.003)", Cosine::new(15).eta_min(0.003)),
        case("CosineAnnealingWarmRestarts(o, 9)", CosineWarmRestarts::new(9)),
        case(
            "CosineAnnealingWarmRestarts(o, 5, T_mult=2, eta_min=0.002)",
            CosineWarmRestarts::new(5).t_mult(2).eta_min(0.002),
        ),
        case("LinearLR(o)", Linear::new(5)),
        case("LinearLR(o, start_factor=0.01, end_factor=0.5, total_iters=12)", Linear::new(12).from(0.01).to(0.5)),
    ]
}

fn one_cycle_and_sequences() -> Vec<Case> {
    vec![
        case("OneCycleLR(o, [0.1, 0.01], 41)", OneCycle::new(41)),
        case(
            "OneCycleLR(o, [0.1, 0.01], 41, pct_start=0.2, div_factor=10, final_div_factor=100, anneal_strategy='linear', base_momentum=0.6, max_momentum=0.8)",
            OneCycle::new(41).pct_start(0.2).div_factor(10.0).final_div_factor(100.0).linear().momentum(0.6, 0.8),
        ),
        case(
            "OneCycleLR(o, [0.1, 0.01], 41, three_phase=True, cycle_momentum=False)",
            OneCycle::new(41).three_phase().keep_momentum(),
        ),
        case("OneCycleLR(o, [0.1, 0.01], 41, three_phase=True)", OneCycle::new(41).three_phase()),
        case(
            "SequentialLR(o, [LinearLR(o, total_iters=6), CosineAnnealingLR(o, 34)], milestones=[6])",
            Linear::new(6).then(6, Cosine::new(34)),
        ),
        case(
            "SequentialLR(o, [LinearLR(o), StepLR(o, 4), ExponentialLR(o, 0.8)], milestones=[5, 20])",
            Linear::new(5).then(5, Step::new(4).then(15, Exponential::new(0.8))),
        ),
    ]
}

fn of_what_is_measured() -> Vec<Case> {
    let plateau = ReduceOnPlateau::new();
    vec![
        case("ReduceLROnPlateau(o)", plateau),
        case("ReduceLROnPlateau(o, patience=2, factor=0.5)", plateau.patience(2).factor(0.5)),
        case(
            "ReduceLROnPlateau(o, mode='max', patience=0, cooldown=3, min_lr=0.0004)",
            plateau.more_is_better().patience(0).cooldown(3).min_lr(0.0004),
        ),
        case(
            "ReduceLROnPlateau(o, patience=1, threshold=0.5, threshold_mode='abs', eps=0.005)",
            plateau.patience(1).absolute_threshold(0.5).eps(0.005),
        ),
        case(
            "ReduceLROnPlateau(o, mode='max', patience=1, threshold=0.2)",
            plateau.more_is_better().patience(1).threshold(0.2),
        ),
    ]
}

/// Learning rates and momentum before each step; interrupted, saved and loaded after `interrupted_at`.
fn run(schedule: &dyn Fn() -> Box<dyn Schedule>, interrupted_at: Option<usize>) -> Vec<f64> {
    let mut optimizer = optimizer();
    let mut scheduler = Scheduler::new(schedule(), &mut optimizer).unwrap();
    let mut rows = Vec::new();
    for step in 0..=STEPS {
        rows.extend(optimizer.learning_rates());
        rows.push(momentum(&optimizer));
        if step < STEPS {
            let measured = ((step % 13) as f64 - 6.0).abs() - step as f64 / 20.0;
            scheduler.step_measured(&mut optimizer, measured).unwrap();
        }
        if interrupted_at == Some(step) {
            let state = scheduler.state();
            optimizer = self::optimizer();
            scheduler = Scheduler::new(schedule(), &mut optimizer).unwrap();
            scheduler.load_state(&state, &mut optimizer).unwrap();
        }
    }
    rows
}

fn momentum(optimizer: &Stepper<Sgd>) -> f64 {
    optimizer.options()[0].rule.momentum
}

#[test]
fn every_schedule_runs_as_pytorchs() {
    let cases: Vec<Case> =
        [of_steps(), one_cycle_and_sequences(), of_what_is_measured()].into_iter().flatten().collect();
    let calls: String = cases.iter().map(|(torch, _)| format!("run(\"{torch}\")\n")).collect();
    let theirs = python(&[PROGRAM, &calls].concat());
    assert_eq!(theirs.len(), cases.len());
    for (torch, schedule) in cases {
        let ours = run(&*schedule, None);
        assert_close(torch, &ours, &theirs[torch], 1e-13);
        assert_eq!(run(&*schedule, Some(17)), ours, "{torch} interrupted");
    }
}

#[test]
fn a_state_of_another_schedule_is_refused() {
    let mut optimizer = optimizer();
    let mut scheduler = Scheduler::new(ReduceOnPlateau::new(), &mut optimizer).unwrap();
    let state = Scheduler::new(Cosine::new(10), &mut optimizer).unwrap().state();
    let error = scheduler.load_state(&state, &mut optimizer).unwrap_err().to_string();
    assert!(error.starts_with("the state does not fit the schedule: 4 missing, 0 unexpected, 0 different"), "{error}");
}

#[test]
fn numbers_that_make_no_sense_are_told() {
    let mut optimizer = optimizer();
    let mut told = |schedule: Box<dyn Schedule>| -> String {
        match Scheduler::new(schedule, &mut optimizer) {
            Err(error @ Error::Option { .. }) => error.to_string(),
            _ => panic!("it is taken"),
        }
    };
    assert_eq!(told(Box::new(Cosine::new(0))), "Cosine: `steps` must be at least 1, not 0");
    assert_eq!(told(Box::new(Exponential::new(-1.0))), "Exponential: `gamma` must be a number of more than 0, not -1");
    assert_eq!(
        told(Box::new(Linear::new(1).then(1, OneCycle::new(10).pct_start(0.1)))),
        "OneCycle: `pct_start` must be so large that each phase has more than one step, not 0.1"
    );
}
