//! Layers that make new values.

use crate::common::{assert_close, made, made_in, random};
use nn_dsl::prelude::*;

network! {
    pub Ranges(x: [N, T]) -> (a: i64[T], b: i64[3], c: f32[4], d: i32[N + 1]) {
        let [n, t] = id;
        let a = arange t;
        let b = arange 10 start=1 step=3;
        let c = arange 0 start=10 step=-3 dtype=f32;
        let d = arange end=(n + 1) dtype=i32;
        (a, b, c, d)
    }

    pub Filled(x: [N, 3], y: i64[N, T]) -> (a: [N, 3], b: i64[N, T], c: [N], d: i64[2], e: bool[2], f: [N, T], g: []) {
        option height = 0.25;
        let a = (zeros [N, 3], x) -> add;
        let b = ones i64[N, T];
        let c = full [N] 0.5;
        let d = full i64[2] value=-3;
        let e = full bool[2] true;
        let f = full [N, T] height;
        let g = ones [];
        let _y = y;
        (a, b, c, d, e, f, g)
    }

    pub Identity(x: [T, 3]) -> (a: [T, T], b: [2, 3], c: bool[T, 3]) {
        let [t, _] = id;
        let a = eye t;
        let b = eye 2 3;
        let c = eye t 3 dtype=bool;
        (a, b, c)
    }

    /// Made in the type of the parameters.
    pub Own(x: [N, 3]) -> [N, 3] { cat { linear 2, ones [N, 1] } }
}

const CPU: (Kind, Device) = (Kind::Float, Device::Cpu);

#[test]
fn ranges() {
    let (a, b, c, d) = made::<Ranges>().forward(&random(&[2, 3]));
    assert_eq!(a, Tensor::from_slice(&[0_i64, 1, 2]));
    assert_eq!(b, Tensor::from_slice(&[1_i64, 4, 7]));
    assert_eq!(c, Tensor::from_slice(&[10_f32, 7.0, 4.0, 1.0]));
    assert_eq!(d, Tensor::from_slice(&[0_i32, 1, 2]));
    assert_eq!((c.kind(), d.kind()), (Kind::Float, Kind::Int));
}

#[test]
fn filled() {
    let x = random(&[2, 3]);
    let (a, b, c, d, e, f, g) = made::<Filled>().forward(&x, &Tensor::zeros([2, 4], (Kind::Int64, Device::Cpu)));
    assert_close(&a, &x);
    assert_eq!(b, Tensor::ones([2, 4], (Kind::Int64, Device::Cpu)));
    assert_eq!(c, Tensor::from_slice(&[0.5_f32, 0.5]));
    assert_eq!(d, Tensor::from_slice(&[-3_i64, -3]));
    assert_eq!(e, Tensor::from_slice(&[true, true]));
    assert_eq!(f, Tensor::full([2, 4], 0.25, CPU));
    assert_eq!(g, Tensor::ones([0; 0], CPU));
    assert_eq!((b.kind(), d.kind(), e.kind()), (Kind::Int64, Kind::Int64, Kind::Bool));
}

#[test]
fn identity() {
    let (a, b, c) = made::<Identity>().forward(&random(&[4, 3]));
    assert_eq!(a, Tensor::eye(4, CPU));
    assert_eq!(b, Tensor::eye_m(2, 3, CPU));
    assert_eq!(c, Tensor::eye_m(4, 3, (Kind::Bool, Device::Cpu)));
}

#[test]
fn own_type() {
    let mut vs = nn::VarStore::new(Device::Cpu);
    let net = made_in::<Own>(&vs);
    vs.double();
    let y = net.forward(&Tensor::zeros([2, 3], (Kind::Double, Device::Cpu)));
    assert_eq!((y.kind(), y.size()), (Kind::Double, vec![2, 3]));
}
