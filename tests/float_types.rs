//! A network's own float type is that of its parameters, wherever they are.
#![allow(missing_docs)]

use nn_dsl::Network;
use nn_dsl::prelude::*;

/// Adds a trained number.
#[derive(Debug)]
pub struct Bias {
    value: Tensor,
}

impl Bias {
    pub fn new(path: &nn::Path) -> Self {
        Bias { value: path.ones("value", &[1]) }
    }

    pub fn forward_t(&self, x: &Tensor, _train: bool) -> Tensor {
        x + &self.value
    }
}

network! {
    Inner(x: [N, 4]) -> [N, 4] { linear 4 }

    // It has no parameters of its own.
    Outer(x: [N, 4]) -> [N, 4] { a: Inner -> [N, 4] -> b: Inner -> [N, 4] }

    Outermost(x: [N, 4]) -> [N, 4] { g: { outer: Outer -> [N, 4] -> relu } -> raised }
    block raised() { let one = ones [1]; add { id, one } -> cast f64 -> cast float }

    OfRust(x: [N, 4]) -> [N, 4] { bias: Bias() -> [N, 4] -> g: { bias: Bias() -> [N, 4] -> raised } }

    Without(x: [N, 4], y: [N, 4]) -> [N, 4] { option s = 2.0; (x, y) -> add -> scale s -> raised }

    Typed(x: [N, 4]) -> (y: [N, 4], wide: f64[4], index: i64[4], mask: bool[4]) {
        param wide: f64[4] init=ones;
        buffer index: i64[4] init=constant(3);
        buffer mask: bool[4] init=ones saved=false;
        (x -> linear 4, wide, index, mask)
    }

    // Its blocks own no tensor, but need the float type.
    Asking(k: i64[N]) -> [N, 4] {
        shared count = { unsqueeze 1 -> cast float -> expand [N, 4] };
        fc: { inner: asking count=3 -> linear 4 } -> (k -> count, id) -> add
    }
    block asking(count) { option s = 0.5; unsqueeze 1 -> cast float -> expand [_, count] -> scale s -> deeper }
    block deeper() { option t = 0.5; let one = ones [1]; (id, one) -> add -> scale t }
}

const KINDS: [Kind; 4] = [Kind::Float, Kind::Double, Kind::Half, Kind::BFloat16];

/// Runs a network with variables of each float type, made with it or converted later. The output must have the same type.
fn in_every_kind<N: Network>(run: impl Fn(&N, Kind) -> Tensor) {
    for kind in KINDS {
        let mut made_so = nn::VarStore::new(Device::Cpu);
        made_so.set_kind(kind);
        assert_eq!(run(&N::new(&made_so.root()), kind).kind(), kind, "{} made in {kind:?}", N::NAME);
        let mut turned = nn::VarStore::new(Device::Cpu);
        let net = N::new(&turned.root());
        turned.set_kind(kind);
        assert_eq!(run(&net, kind).kind(), kind, "{} turned into {kind:?}", N::NAME);
    }
}

fn x(kind: Kind) -> Tensor {
    Tensor::ones([2, 4], (kind, Device::Cpu))
}

#[test]
fn inputs_are_of_the_type_of_the_parameters() {
    in_every_kind::<Inner>(|net, kind| net.forward(&x(kind)));
    in_every_kind::<Outer>(|net, kind| net.forward(&x(kind)));
    in_every_kind::<Outermost>(|net, kind| net.forward(&x(kind)));
    in_every_kind::<Asking>(|net, _| net.forward(&Tensor::from_slice(&[1i64, 2])));
}

#[test]
fn what_has_no_parameters_of_its_own_takes_what_comes() {
    in_every_kind::<OfRust>(|net, kind| net.forward(&x(kind)));
    in_every_kind::<Without>(|net, kind| net.forward(&x(kind), &x(kind)));
    let net = Without::new(&nn::VarStore::new(Device::Cpu).root());
    assert_eq!(net.kind(), None);
    let error = net.try_forward(&x(Kind::Double), &x(Kind::Float)).unwrap_err().to_string();
    assert_eq!(error, "`Without` expects `y` to be f64, but got f32\nhelp: convert it with `.to_kind(Kind::Double)`");
    let error = net.try_forward(&x(Kind::Int64), &x(Kind::Float)).unwrap_err().to_string();
    assert_eq!(error, "`Without` expects `x` to be f32, but got i64\nhelp: convert it with `.to_kind(Kind::Float)`");
}

#[test]
fn another_type_is_refused() {
    let mut vs = nn::VarStore::new(Device::Cpu);
    let net = Outermost::new(&vs.root());
    vs.half();
    assert_eq!(net.kind(), Some(Kind::Half));
    let error = net.try_forward(&x(Kind::Float)).unwrap_err().to_string();
    assert_eq!(error, "`Outermost` expects `x` to be f16, but got f32\nhelp: convert it with `.to_kind(Kind::Half)`");
}

#[test]
fn declared_tensors_are_of_the_declared_type() {
    let mut vs = nn::VarStore::new(Device::Cpu);
    vs.set_kind(Kind::BFloat16);
    let net = Typed::new(&vs.root());
    let (y, wide, index, mask) = net.forward(&x(Kind::BFloat16));
    assert_eq!(y.kind(), Kind::BFloat16);
    assert_eq!((wide.kind(), wide.requires_grad()), (Kind::Double, true));
    assert_eq!(index, Tensor::from_slice(&[3i64; 4]));
    assert_eq!(mask, Tensor::from_slice(&[true; 4]));
    assert!(vs.variables().contains_key("index") && !vs.variables().contains_key("mask"));
}

#[test]
fn values_are_computed_in_it() {
    let net = Without::new(&nn::VarStore::new(Device::Cpu).root());
    let y = net.forward(&x(Kind::Double), &x(Kind::Double));
    assert_eq!(y, Tensor::full([2, 4], 5.0, (Kind::Double, Device::Cpu)));
}
