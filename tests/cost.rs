//! Multiply-adds, counted when the program is compiled, against counts by hand.

use nn_dsl::check::budget;
use nn_dsl::prelude::*;
use nn_dsl::{CostError, Network};

network! {
    LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }

    Convolutions(image: [N, 4, H, W]) -> [N, 3, 2 * H, 2 * W] where H % 2 == 0 {
        conv 8 k=3 p=1 g=4 -> conv_transpose 3 k=2 s=2
    }

    Products(x: [N, T, 6], y: [N, T, 5]) -> (a: [N, T, T], b: [N, T, 7], c: [T, 5], d: [N, T, 10]) {
        let a = (x, { x -> transpose 1 2 }) -> matmul;
        let b = (x, y) -> bilinear 7;
        let c = (x, x, y) -> einsum "nti,nsi,nso->to";
        let d = y -> gru 5 layers=2 bidirectional=true;
        (a, b, c, d)
    }

    Attention(x: [N, T, 8], y: [N, S, 8]) -> [N, T, 8] {
        let q = (x, y, y) -> attention 2;
        let k = y -> linear 4 bias=false;
        (q, k, k) -> sdpa heads=2
    }

    Shared(a: [N, 10], b: [N, T, 10]) -> [N, T, 30] {
        shared f = linear 20;
        shared g = { linear 10 -> inner: Inner -> [N, T, 10] };
        let c = b -> g -> g;
        ({ a -> f -> unsqueeze 1 -> expand [N, T, 20] }, c) -> cat dim=2
    }

    Inner(x: [M, K, 10]) -> [M, K, 10] {
        repeat 3 { residual { linear 10 -> relu -> linear 10 } }
    }

    Halves(x: [N, 2 * T], y: [N, 3 * S]) -> (a: [N, T], b: [S, T]) where T >= 1 {
        let a = x -> reshape [N, T, 2] -> mean dim=2;
        (a, y -> ones [S, T])
    }

    Whole(x: [N, 4 * K]) -> [N, 2 * K] where K >= 1 {
        let (a, _) = (x, x -> (id, id, id) -> cat) -> Halves -> ([N, 2 * K], [(4 * K), (2 * K)]);
        a
    }

    Nested(x: [N, T, 10]) -> [N, T, 10] { outer: repeat 5 { Inner -> [N, T, 10] } -> linear 10 }

    Wide<const CLASSES: i64>(x: [N, 10]) -> [N, CLASSES] { linear CLASSES }
}

const LENET: i64 = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10;

fn macs<N: Network>(sizes: &[(&str, i64)]) -> i64 {
    N::cost(sizes).unwrap().multiply_adds
}

#[test]
fn constants() {
    const COUNTED: Option<i64> = LeNet::MULTIPLY_ADDS;
    assert_eq!(COUNTED, Some(LENET));
    assert_eq!(macs::<LeNet>(&[]), LENET);
    assert_eq!(macs::<LeNet>(&[("N", 32)]), 32 * LENET);
    assert_eq!(Wide::<1000>::MULTIPLY_ADDS, Some(10_000));
    assert_eq!(Convolutions::MULTIPLY_ADDS, None);
}

#[test]
fn functions_of_what_is_open() {
    let (h, w, t, s) = (6, 5, 3, 4);
    let convolutions = h * w * 8 * 9 + h * w * 8 * 3 * 4;
    assert_eq!(macs::<Convolutions>(&[("W", w), ("H", h)]), convolutions);
    let matmul = t * t * 6;
    let bilinear = t * 7 * 6 * 5;
    let einsum = t * t * 6 + t * t * 5;
    let gru = 2 * t * 15 * (5 + 5) + 2 * t * 15 * (10 + 5);
    assert_eq!(macs::<Products>(&[("T", t)]), matmul + bilinear + einsum + gru);
    let attention = 2 * t * 8 * 8 + 2 * s * 8 * 8 + 2 * t * s * 8;
    let sdpa = s * 8 * 4 + t * s * 8 + t * s * 8;
    assert_eq!(macs::<Attention>(&[("T", t), ("S", s)]), attention + sdpa);
}

#[test]
fn each_use_of_what_is_shared_counts() {
    let inner = 3 * 2 * 7 * 100;
    assert_eq!(macs::<Inner>(&[("K", 7)]), inner);
    assert_eq!(macs::<Shared>(&[("T", 7)]), 200 + 2 * (7 * 100 + inner));
    assert_eq!(Shared::PARAMETERS, 220 + 110 + Inner::PARAMETERS);
}

#[test]
fn what_is_missing_is_said() {
    let error = |sizes: &[(&str, i64)]| Convolutions::cost(sizes).unwrap_err().to_string();
    assert_eq!(
        error(&[]),
        "the cost of `Convolutions` depends on `H`, `W`\n\
         help: give every size: `cost(&[(\"H\", ..), (\"W\", ..)])`"
    );
    assert_eq!(error(&[("K", 1)]), "`Convolutions` has no size `K`\nhelp: its sizes are `N`, `H`, `W`");
    assert_eq!(error(&[("H", 5), ("W", 5)]), "`Convolutions` does not accept these sizes: it needs `H % 2 == 0`");
    assert_eq!(error(&[("H", -2), ("W", 5)]), "`Convolutions` does not accept these sizes: it needs `H >= 0`");
    let huge = Convolutions::cost(&[("H", 1 << 40), ("W", 1 << 40)]);
    assert_eq!(huge, Err(CostError::Overflow { network: "Convolutions" }));
}

#[test]
fn a_symbol_is_found_by_exact_division() {
    let net = Halves::new(&nn::VarStore::new(Device::Cpu).root());
    let zeros = |shape: &[i64]| Tensor::zeros(shape, (Kind::Float, Device::Cpu));
    let (a, b) = net.forward(&zeros(&[2, 8]), &zeros(&[2, 9]));
    assert_eq!((a.size(), b.size()), (vec![2, 4], vec![3, 4]));
    let error = net.try_forward(&zeros(&[2, 7]), &zeros(&[2, 9])).unwrap_err().to_string();
    assert_eq!(
        error,
        "`Halves` expects `x: [N, 2 * T]`, but got f32[2, 7]\nnote: dimension 1 is 7, but `2 * T` is a multiple of 2"
    );
    let net = Whole::new(&nn::VarStore::new(Device::Cpu).root());
    assert_eq!(net.forward(&zeros(&[2, 8])).size(), [2, 4]);
}

/// The error if rustc has to count. `tests/ui/budget.rs` shows its position.
#[test]
fn a_budget_names_the_largest_layers() {
    let parameters = |most| budget::parameters::<Nested>(most).map(|message| message.as_str().to_string());
    assert_eq!(parameters(3_410), None);
    assert_eq!(
        parameters(3_409).unwrap(),
        "`Nested` has 3_410 parameters, but its budget is 3_409\n\
         note: 110 of them, 3 %, are in `outer.0.group1.0: linear 10`\n\
         note: 110 of them, 3 %, are in `outer.0.group1.2: linear 10`\n\
         note: 110 of them, 3 %, are in `outer.0.group2.0: linear 10`"
    );
    let macs = |sizes: &[(&'static str, i64)], most| {
        budget::multiply_adds::<Shared>(sizes, most).map(|message| message.as_str().to_string())
    };
    assert_eq!(macs(&[("T", 7)], 200 + 2 * (700 + 4_200)), None);
    assert_eq!(
        macs(&[("N", 2), ("T", 7)], 9_999).unwrap(),
        "`Shared` takes 20_000 multiply-adds at N=2, T=7, but its budget is 9_999\n\
         note: 1_400 of them, 7 %, are in `g.0: linear 10`\n\
         note: 1_400 of them, 7 %, are in `g.inner.group1.0: linear 10`\n\
         note: 1_400 of them, 7 %, are in `g.inner.group1.2: linear 10`"
    );
    assert_eq!(
        macs(&[], 9_999).unwrap(),
        "the multiply-adds of `Shared` depend on `T`\nhelp: say at which size they are counted: `macs(T=..)`"
    );
}
