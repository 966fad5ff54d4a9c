//! Every optimizer, with every option and with groups, updates a small network for 50 steps as PyTorch's does.

mod reference;

use nn_runtime::optim::{Adagrad, Adam, AdamW, Builder, Optimizer, RmsProp, Rule, Sgd, clip_grad_norm};
use reference::{assert_close, python};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

const STEPS: usize = 50;

/// Python that precedes the text of each case. A parameter is unused in every third step, so that it has no gradient then.
const PROGRAM: &str = "
from torch.optim import *

def parameter(shape, start):
    return torch.sin(torch.arange(start, start + shape.numel(), dtype=torch.float64)).reshape(shape).requires_grad_()

def run(case):
    named = {
        'fc1.bias': parameter(torch.Size([4]), 0),
        'fc1.weight': parameter(torch.Size([4, 3]), 4),
        'fc2.bias': parameter(torch.Size([2]), 16),
        'fc2.weight': parameter(torch.Size([2, 4]), 18),
    }
    group = lambda *ends: [p for name, p in named.items() if name.endswith(ends)]
    clip = torch.nn.utils.clip_grad_norm_
    names = dict(globals(), all=list(named.values()), group=group)
    before, _, optimizer = case.rpartition(';')
    optimizer = eval(optimizer, names)
    x = torch.cos(torch.arange(15.)).reshape(5, 3)
    for step in range(50):
        optimizer.zero_grad()
        hidden = torch.tanh(x @ named['fc1.weight'].T + (named['fc1.bias'] if step % 3 else 0))
        y = hidden @ named['fc2.weight'].T + named['fc2.bias']
        (y - 1).square().mean().backward()
        exec(before.strip(), dict(names, clip=clip))
        optimizer.step()
        show(f'{case} {step}', torch.cat([p.flatten() for p in named.values()]))

";

fn parameter(vs: &VarStore, layer: &str, name: &str, shape: &[i64], start: i64) -> Tensor {
    let count: i64 = shape.iter().product();
    let values = Tensor::arange_start(start, start + count, (Kind::Double, Device::Cpu)).sin().reshape(shape);
    (vs.root() / layer).add(name, values, true)
}

/// The parameters after each step of the same network.
fn steps(build: Build, before: fn(&mut dyn Optimizer)) -> Vec<Vec<f64>> {
    let vs = VarStore::new(Device::Cpu);
    let (fc1_bias, fc1) = (parameter(&vs, "fc1", "bias", &[4], 0), parameter(&vs, "fc1", "weight", &[4, 3], 4));
    let (fc2_bias, fc2) = (parameter(&vs, "fc2", "bias", &[2], 16), parameter(&vs, "fc2", "weight", &[2, 4], 18));
    let mut optimizer = build(&vs);
    let x = Tensor::arange(15, (Kind::Double, Device::Cpu)).cos().reshape([5, 3]);
    let step = |step: usize| {
        optimizer.zero_grad().unwrap();
        let hidden = x.matmul(&fc1.tr());
        let hidden = if step.is_multiple_of(3) { hidden.tanh() } else { (hidden + &fc1_bias).tanh() };
        let y = hidden.matmul(&fc2.tr()) + &fc2_bias;
        (y - 1.0).square().mean(Kind::Double).backward();
        before(&mut *optimizer);
        optimizer.step().unwrap();
        let all: Vec<Tensor> =
            [&fc1_bias, &fc1, &fc2_bias, &fc2].map(|parameter| parameter.detach().flatten(0, -1)).into();
        Vec::try_from(Tensor::cat(&all, 0)).unwrap()
    };
    (0..STEPS).map(step).collect()
}

type Build = Box<dyn Fn(&VarStore) -> Box<dyn Optimizer>>;

/// A case: PyTorch's text, our settings.
struct Case {
    torch: &'static str,
    build: Build,
    before: fn(&mut dyn Optimizer),
}

fn case<R: Rule + 'static>(torch: &'static str, settings: fn() -> Builder<R>) -> Case {
    Case { torch, build: Box::new(move |vs| Box::new(settings().build(vs).unwrap())), before: |_| () }
}

fn cases() -> Vec<Case> {
    let mut cases = plain_cases();
    cases.extend(cases_with_groups());
    let clipped = |torch, before| Case { before, ..case(torch, || Sgd::new(0.1)) };
    cases.extend([
        clipped("clip(all, 0.1); SGD(all, lr=0.1)", |optimizer| drop(optimizer.clip_grad_norm(0.1).unwrap())),
        clipped("clip(all, 0.1, norm_type=float('inf')); SGD(all, lr=0.1)", |optimizer| {
            let parameters: Vec<&Tensor> = optimizer.parameters().into_iter().map(|(_, tensor)| tensor).collect();
            let _ = clip_grad_norm(&parameters, 0.1, f64::INFINITY).unwrap();
        }),
        clipped("torch.nn.utils.clip_grad_value_(all, 0.01); SGD(all, lr=0.1)", |optimizer| {
            optimizer.clip_grad_value(0.01).unwrap()
        }),
    ]);
    cases
}

fn plain_cases() -> Vec<Case> {
    vec![
        case("SGD(all, lr=0.1)", || Sgd::new(0.1)),
        case("SGD(all, lr=0.1, weight_decay=0.1)", || Sgd::new(0.1).weight_decay(0.1)),
        case("SGD(all, lr=0.1, maximize=True)", || Sgd::new(0.1).maximize()),
        case("SGD(all, lr=0.1, momentum=0.9)", || Sgd::new(0.1).momentum(0.9)),
        case("SGD(all, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01)", || {
            Sgd::new(0.1).momentum(0.9).dampening(0.3).weight_decay(0.01)
        }),
        case("SGD(all, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)", || {
            Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(0.01)
        }),
        case("Adam(all)", || Adam::new(1e-3)),
        case("Adam(all, lr=0.01, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1)", || {
            Adam::new(0.01).betas(0.8, 0.9).eps(1e-4).weight_decay(0.1)
        }),
        case("Adam(all, lr=0.01, amsgrad=True)", || Adam::new(0.01).amsgrad()),
        case("AdamW(all)", || AdamW::new(1e-3)),
        case("AdamW(all, lr=0.01, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1)", || {
            AdamW::new(0.01).betas(0.8, 0.9).eps(1e-4).weight_decay(0.1)
        }),
        case("AdamW(all, lr=0.01, amsgrad=True, maximize=True)", || AdamW::new(0.01).amsgrad().maximize()),
        case("RMSprop(all)", || RmsProp::new(0.01)),
        case("RMSprop(all, lr=0.01, alpha=0.9, eps=1e-4, weight_decay=0.1)", || {
            RmsProp::new(0.01).alpha(0.9).eps(1e-4).weight_decay(0.1)
        }),
        case("RMSprop(all, lr=0.01, momentum=0.9)", || RmsProp::new(0.01).momentum(0.9)),
        case("RMSprop(all, lr=0.001, momentum=0.9, centered=True, maximize=True)", || {
            RmsProp::new(0.001).momentum(0.9).centered().maximize()
        }),
        case("Adagrad(all)", || Adagrad::new(0.01)),
        case("Adagrad(all, lr=0.1, lr_decay=0.1, eps=1e-4, weight_decay=0.1, initial_accumulator_value=0.5)", || {
            Adagrad::new(0.1).lr_decay(0.1).eps(1e-4).weight_decay(0.1).initial_accumulator_value(0.5)
        }),
        case("Adagrad(all, lr=0.1, maximize=True)", || Adagrad::new(0.1).maximize()),
    ]
}

fn cases_with_groups() -> Vec<Case> {
    vec![
        case(
            "AdamW([{'params': group('bias'), 'weight_decay': 0}, {'params': group('weight')}], weight_decay=0.3)",
            || AdamW::new(1e-3).exclude("*.bias").weight_decay(0.3),
        ),
        case(
            "SGD([{'params': group('1.bias', '1.weight')}, {'params': group('2.bias', '2.weight'), 'lr': 0.1, 'momentum': 0}], lr=0.01, momentum=0.9)",
            || {
                Sgd::new(0.01).momentum(0.9).group("fc2.*", |group| {
                    group.learning_rate = 0.1;
                    group.rule.momentum = 0.0;
                })
            },
        ),
    ]
}

#[test]
fn every_optimizer_steps_as_pytorchs() {
    tch::set_num_threads(1);
    let cases = cases();
    let calls: String = cases.iter().map(|case| format!("run(\"{}\")\n", case.torch)).collect();
    let theirs = python(&[PROGRAM, &calls].concat());
    assert_eq!(theirs.len(), cases.len() * STEPS);
    for Case { torch, build, before } in cases {
        for (step, ours) in steps(build, before).iter().enumerate() {
            let case = format!("{torch} {step}");
            assert_close(&case, ours, &theirs[&case], 1e-13);
        }
    }
}
