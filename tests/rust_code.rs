//! The results of Rust functions and modules in a listing are checked at run time.
#![allow(missing_docs)]

use nn_dsl::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn halves(x: &Tensor) -> Tensor {
    x.narrow(1, 0, x.size()[1] / 2)
}

fn doubles(x: &Tensor) -> Tensor {
    x.to_kind(Kind::Double)
}

fn pooled(x: &Tensor) -> Tensor {
    x.mean_dim([1].as_slice(), false, None)
}

fn counted(x: &Tensor, t: i64) -> (Tensor, Tensor) {
    (x.sum_dim_intlist([1].as_slice(), false, None), Tensor::full([t], 1, (Kind::Int64, x.device())))
}

/// Drops every second step.
#[derive(Debug)]
pub struct Stride;

impl Stride {
    pub fn new(_path: &nn::Path) -> Self {
        Stride
    }

    pub fn forward_t(&self, x: &Tensor, _train: bool) -> Tensor {
        x.slice(1, 0, None, 2)
    }
}

network! {
    Halves(x: [N, T, 4]) -> [N, T / 2, 4] where T % 2 == 0 { apply halves -> [N, T / 2, 4] }

    Kept(x: [N, T, 4]) -> [N, T, 4] { g: { linear 4 -> apply halves } }

    Doubles(x: [N, T, 4]) -> [N, T, 4] { g: { apply doubles -> linear 4 } }

    Given(x: [N, T, 4]) -> f64[N, T, 4] { apply doubles -> f64[N, T, 4] }

    // `T` is no size of what the function is fed with.
    Late(x: [N, T, 4]) -> [N, T] {
        let pooled = apply pooled -> [N, 4];
        pooled -> g: { linear 4 -> apply halves -> [N, T] }
    }

    Several(x: [N, T, 4]) -> (a: [N, 4], b: i64[T]) { apply counted T -> ([N, 4], i64[T]) }

    Wrong(x: [N, T, 4]) -> (a: [N, 4], b: i64[T]) { apply counted (T + 1) -> ([N, 4], i64[T]) }

    Strides<const S: i64>(x: [N, T, 4]) -> [N, T / S, 4] where T % S == 0, S >= 1 {
        stride: Stride() -> [N, T / S, 4]
    }
}

fn x(shape: &[i64]) -> Tensor {
    Tensor::ones(shape, (Kind::Float, Device::Cpu))
}

fn made<N: Network>() -> N {
    N::new(&nn::VarStore::new(Device::Cpu).root())
}

/// The message of a call's panic.
fn panics<T>(call: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(call)).err().expect("a panic");
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[test]
fn right_shapes_pass() {
    assert_eq!(made::<Halves>().forward(&x(&[2, 6, 4])).size(), [2, 3, 4]);
    assert_eq!(made::<Given>().forward(&x(&[2, 6, 4])).kind(), Kind::Double);
    assert_eq!(made::<Late>().forward(&x(&[3, 2, 4])).size(), [3, 2]);
    assert_eq!(made::<Several>().forward(&x(&[2, 6, 4])).1.size(), [6]);
    assert_eq!(made::<Strides<2>>().forward(&x(&[2, 6, 4])).size(), [2, 3, 4]);
}

#[test]
fn wrong_shapes_are_told() {
    let kept = made::<Kept>();
    assert_eq!(
        panics(|| kept.forward(&x(&[2, 6, 4]))),
        "`halves` returned f32[2, 3, 4], but the listing says [N, T, 4], where N = 2, T = 6"
    );
    assert_eq!(
        panics(|| made::<Late>().forward(&x(&[3, 5, 4]))),
        "`halves` returned f32[3, 2], but the listing says [N, T], where N = 3, T = 5"
    );
    assert_eq!(
        panics(|| made::<Wrong>().forward(&x(&[2, 6, 4]))),
        "`counted` returned i64[7], but the listing says i64[T], where N = 2, T = 6"
    );
    assert_eq!(
        panics(|| made::<Strides<3>>().forward(&x(&[2, 6, 4]))),
        "`stride` returned f32[2, 3, 4], but the listing says [N, T / 3, 4], where N = 2, T = 6"
    );
}

#[test]
fn wrong_element_types_are_told() {
    assert_eq!(
        panics(|| made::<Doubles>().forward(&x(&[2, 6, 4]))),
        "`doubles` returned f64[2, 6, 4], but the listing says [N, T, 4] of f32\nhelp: convert it with `.to_kind(Kind::Float)`"
    );
}
