//! Every loss, with every option, has the same value and gradient as PyTorch's.

mod reference;

use nn_runtime::Error;
use nn_runtime::loss::{
    Bce, BceWithLogits, CosineEmbedding, CrossEntropy, Ctc, HingeEmbedding, Huber, KlDivergence, L1, Loss, Mse,
    MultiMargin, Nll, Reduction, SmoothL1, TripletMargin,
};
use reference::{assert_close, python};
use tch::{Device, Kind, Tensor};

/// Python that precedes the text of each case: `o` is the output.
const PROGRAM: &str = "
from torch.nn import *
from torch import softmax, sigmoid

def wave(*shape, start=50):
    count = torch.Size(shape).numel()
    return torch.sin(torch.arange(start, start + count, dtype=torch.float64)).reshape(shape)

def classes(count, *shape):
    return (torch.arange(torch.Size(shape).numel()) * 7 % count).reshape(shape)

def run(case, shape):
    o = (2 * wave(*shape, start=0)).requires_grad_()
    loss = eval(case, dict(globals(), o=o, w=torch.arange(1., 6), signs=classes(2, 6) * 2 - 1, s=softmax(wave(6, 5), 1),
        four=wave(2, 4, 3, 3), lengths=(torch.tensor([12, 10]), torch.tensor([3, 2])), distances=wave(6, 5).abs()))
    loss.sum().backward()
    show(case, torch.cat([loss.flatten(), o.grad.flatten()]))

";

fn wave(shape: &[i64], start: i64) -> Tensor {
    let count: i64 = shape.iter().product();
    Tensor::arange_start(start, start + count, (Kind::Double, Device::Cpu)).sin().reshape(shape)
}

fn classes(count: i64, shape: &[i64]) -> Tensor {
    let numbers = Tensor::arange(shape.iter().product::<i64>(), (Kind::Int64, Device::Cpu)) * 7;
    numbers.remainder(count).reshape(shape)
}

type Ours = dyn Fn(&Tensor) -> Result<Tensor, Error>;

/// A case: PyTorch's text, the shape of the output, and our loss.
struct Case {
    torch: &'static str,
    shape: &'static [i64],
    ours: Box<Ours>,
}

/// A loss of an output and a target.
fn case(torch: &'static str, shape: &'static [i64], loss: impl Loss + 'static, target: Tensor) -> Case {
    Case { torch, shape, ours: Box::new(move |output| loss.loss(output, &target)) }
}

/// A loss of something computed from the output.
fn other(
    torch: &'static str,
    shape: &'static [i64],
    ours: impl Fn(&Tensor) -> Result<Tensor, Error> + 'static,
) -> Case {
    Case { torch, shape, ours: Box::new(ours) }
}

const MATRIX: &[i64] = &[6, 5];
const PIXELS: &[i64] = &[2, 4, 3, 3];
const WEIGHTS: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 5.0];

fn cross_entropy() -> Vec<Case> {
    let target = || classes(5, &[6]);
    let soft = || wave(MATRIX, 50).softmax(1, None::<Kind>);
    let pixels = || classes(4, &[2, 3, 3]);
    let new = CrossEntropy::new;
    vec![
        case("CrossEntropyLoss()(o, classes(5, 6))", MATRIX, new(), target()),
        case("CrossEntropyLoss(reduction='sum')(o, classes(5, 6))", MATRIX, new().reduction(Reduction::Sum), target()),
        case(
            "CrossEntropyLoss(reduction='none')(o, classes(5, 6))",
            MATRIX,
            new().reduction(Reduction::None),
            target(),
        ),
        case("CrossEntropyLoss(w)(o, classes(5, 6))", MATRIX, new().weight(&WEIGHTS), target()),
        case("CrossEntropyLoss(label_smoothing=0.2)(o, classes(5, 6))", MATRIX, new().label_smoothing(0.2), target()),
        case("CrossEntropyLoss(ignore_index=2)(o, classes(5, 6))", MATRIX, new().ignore_index(2), target()),
        case(
            "CrossEntropyLoss(w, ignore_index=0, label_smoothing=0.1)(o, classes(5, 6))",
            MATRIX,
            new().weight(&WEIGHTS).ignore_index(0).label_smoothing(0.1),
            target(),
        ),
        case("CrossEntropyLoss()(o, s)", MATRIX, new(), soft()),
        case(
            "CrossEntropyLoss(w, label_smoothing=0.1)(o, s)",
            MATRIX,
            new().weight(&WEIGHTS).label_smoothing(0.1),
            soft(),
        ),
        case("CrossEntropyLoss()(o, classes(4, 2, 3, 3))", PIXELS, new(), pixels()),
        case("CrossEntropyLoss()(o, torch.tensor(3))", &[5], new(), Tensor::from(3i64)),
    ]
}

fn of_classes() -> Vec<Case> {
    let target = || classes(5, &[6]);
    let pixels = || classes(4, &[2, 3, 3]);
    vec![
        case("NLLLoss()(o, classes(5, 6))", MATRIX, Nll::new(), target()),
        case(
            "NLLLoss(w, ignore_index=3, reduction='sum')(o, classes(5, 6))",
            MATRIX,
            Nll::new().weight(&WEIGHTS).ignore_index(3).reduction(Reduction::Sum),
            target(),
        ),
        case("NLLLoss()(o, classes(4, 2, 3, 3))", PIXELS, Nll::new(), pixels()),
        case("MultiMarginLoss()(o, classes(5, 6))", MATRIX, MultiMargin::new(), target()),
        case(
            "MultiMarginLoss(p=2, margin=0.5, weight=w)(o, classes(5, 6))",
            MATRIX,
            MultiMargin::new().squared().margin(0.5).weight(&WEIGHTS),
            target(),
        ),
        case(
            "MultiMarginLoss(reduction='none')(o, classes(5, 6))",
            MATRIX,
            MultiMargin::new().reduction(Reduction::None),
            target(),
        ),
    ]
}

fn of_elements() -> Vec<Case> {
    let target = || wave(MATRIX, 50);
    vec![
        case("MSELoss()(o, wave(6, 5))", MATRIX, Mse::new(), target()),
        case("MSELoss(reduction='sum')(o, wave(6, 5))", MATRIX, Mse::new().reduction(Reduction::Sum), target()),
        case("MSELoss(reduction='none')(o, wave(6, 5))", MATRIX, Mse::new().reduction(Reduction::None), target()),
        case("L1Loss()(o, wave(6, 5))", MATRIX, L1::new(), target()),
        case("SmoothL1Loss()(o, wave(6, 5))", MATRIX, SmoothL1::new(), target()),
        case("SmoothL1Loss(beta=0.3)(o, wave(6, 5))", MATRIX, SmoothL1::new().beta(0.3), target()),
        case("HuberLoss()(o, wave(6, 5))", MATRIX, Huber::new(), target()),
        case("HuberLoss(delta=0.3)(o, wave(6, 5))", MATRIX, Huber::new().delta(0.3), target()),
        case("HingeEmbeddingLoss()(o, signs)", &[6], HingeEmbedding::new(), classes(2, &[6]) * 2 - 1),
        case(
            "HingeEmbeddingLoss(margin=1.7)(o, signs)",
            &[6],
            HingeEmbedding::new().margin(1.7),
            classes(2, &[6]) * 2 - 1,
        ),
    ]
}

fn of_probabilities() -> Vec<Case> {
    let soft = || wave(MATRIX, 50).softmax(1, None::<Kind>);
    let binary = || classes(2, MATRIX);
    let logits = BceWithLogits::new;
    vec![
        case("BCEWithLogitsLoss()(o, classes(2, 6, 5).double())", MATRIX, logits(), binary()),
        case("BCEWithLogitsLoss(pos_weight=w)(o, s)", MATRIX, logits().pos_weight(&WEIGHTS), soft()),
        case(
            "BCEWithLogitsLoss(pos_weight=torch.tensor([3.]), reduction='sum')(o, s)",
            MATRIX,
            logits().pos_weight(&[3.0]).reduction(Reduction::Sum),
            soft(),
        ),
        other("BCELoss()(sigmoid(o), classes(2, 6, 5).double())", MATRIX, move |output| {
            Bce::new().loss(&output.sigmoid(), &binary())
        }),
        case("KLDivLoss()(o, s)", MATRIX, KlDivergence::new(), soft()),
        case("KLDivLoss(reduction='batchmean')(o, s)", MATRIX, KlDivergence::new().batch_mean(), soft()),
        case(
            "KLDivLoss(reduction='sum', log_target=True)(o, s.log())",
            MATRIX,
            KlDivergence::new().log_target().reduction(Reduction::Sum),
            soft().log(),
        ),
    ]
}

fn of_several() -> Vec<Case> {
    let signs = || classes(2, &[6]) * 2 - 1;
    let second = || wave(MATRIX, 50);
    let ctc = |settings: Ctc| {
        move |output: &Tensor| {
            let labels = classes(4, &[2, 3]) + 1;
            let lengths = (Tensor::from_slice(&[12i64, 10]), Tensor::from_slice(&[3i64, 2]));
            settings.loss(&output.log_softmax(2, None::<Kind>), &labels, &lengths.0, &lengths.1)
        }
    };
    const SPOKEN: &[i64] = &[12, 2, 5];
    vec![
        other("CosineEmbeddingLoss()(o, wave(6, 5), signs)", MATRIX, move |output| {
            CosineEmbedding::new().loss(output, &second(), &signs())
        }),
        other("CosineEmbeddingLoss(0.3, reduction='sum')(o, wave(6, 5), signs)", MATRIX, move |output| {
            CosineEmbedding::new().margin(0.3).reduction(Reduction::Sum).loss(output, &second(), &signs())
        }),
        other("TripletMarginLoss()(o, wave(6, 5), wave(6, 5, start=90))", MATRIX, move |output| {
            TripletMargin::new().loss(output, &second(), &wave(MATRIX, 90))
        }),
        other(
            "TripletMarginLoss(2, p=1, swap=True, eps=1e-3)(o, wave(6, 5), wave(6, 5, start=90))",
            MATRIX,
            move |output| {
                TripletMargin::new().margin(2.0).p(1.0).swap().eps(1e-3).loss(output, &second(), &wave(MATRIX, 90))
            },
        ),
        other("CTCLoss()(o.log_softmax(2), classes(4, 2, 3) + 1, *lengths)", SPOKEN, ctc(Ctc::new())),
        other(
            "CTCLoss(reduction='none', zero_infinity=True)(o.log_softmax(2), classes(4, 2, 3) + 1, *lengths)",
            SPOKEN,
            ctc(Ctc::new().zero_infinity().reduction(Reduction::None)),
        ),
    ]
}

#[test]
fn every_loss_is_pytorchs() {
    let cases = [cross_entropy(), of_classes(), of_elements(), of_probabilities(), of_several()];
    let cases: Vec<Case> = cases.into_iter().flatten().collect();
    let calls: String =
        cases.iter().map(|Case { torch, shape, .. }| format!("run(\"{torch}\", {shape:?})\n")).collect();
    let theirs = python(&[PROGRAM, &calls].concat());
    assert_eq!(theirs.len(), cases.len());
    for Case { torch, shape, ours } in cases {
        let output = (wave(shape, 0) * 2).set_requires_grad(true);
        let loss = ours(&output).unwrap_or_else(|error| panic!("{torch}: {error}"));
        loss.sum(Kind::Double).backward();
        let both = Tensor::cat(&[loss.detach().flatten(0, -1), output.grad().flatten(0, -1)], 0);
        assert_close(torch, &Vec::try_from(both).unwrap(), &theirs[torch], 1e-12);
    }
}
