//! Whatever is a number can be used as a float: options, Rust constants, const generics, sizes.

use nn_dsl::prelude::*;

mod config {
    pub const HALF: f64 = 0.5;
    pub const STEEP: f32 = -0.25;
    pub const COUNT: usize = 3;
}

const BY: f64 = 1.5;

network! {
    Constants<const D: i64>(x: [N, 2]) -> [N, 2] {
        scale (1.0 / D) -> scale (config::HALF) -> shift BY -> shift (config::COUNT / 2) -> scale config::STEEP
    }

    Options(x: [N, 2]) -> [N, 2] { option t = 4.0; scale (-t) -> shift (config::HALF - t) }

    Sizes(x: [N, T]) -> [N, T] { scale (1.0 / T) -> let_in (T) config::HALF }
    block let_in(t, h) { shift t -> scale (h / t) -> clamp min=(-t) }

    Filled(x: [N, T]) -> (a: [2], b: i64[2], c: i64[2]) {
        const a = (T + 1);
        (x -> full [2] (T / 2), x -> full i64[2] a, x -> full i64[2] config::COUNT)
    }

    Integers<const D: i64>(x: i64[N]) -> [N] { scale D -> cast float }

    Started<const D: i64>(x: [N, 2]) -> [N, 2] {
        option p = config::HALF;
        param a: [2] init=constant((1.0 / D));
        param b: [2] init=uniform(config::HALF, config::HALF);
        param c: [2] init=normal(BY, 0);
        x + a + b + c -> scale p
    }

    Dropped(x: [N]) -> [N] { dropout config::HALF }
}

fn close(a: &Tensor, b: f64) {
    let difference = (a - b).abs().max().double_value(&[]);
    assert!(difference < 1e-6, "{a} is not {b}");
}

fn made<N: Network>() -> N {
    N::new(&nn::VarStore::new(Device::Cpu).root())
}

fn ones(shape: &[i64]) -> Tensor {
    Tensor::ones(shape, (Kind::Float, Device::Cpu))
}

#[test]
fn constants() {
    close(&made::<Constants<8>>().forward(&ones(&[1, 2])), (0.5 / 8.0 + 1.5 + 1.5) * -0.25);
}

#[test]
fn parameters_start_from_constants() {
    close(&made::<Started<4>>().forward(&ones(&[1, 2])), (1.0 + 0.25 + 0.5 + 1.5) * 0.5);
}

#[test]
fn options() {
    let mut net = made::<Options>();
    close(&net.forward(&ones(&[1, 2])), -7.5);
    net.t = 1.0;
    close(&net.forward(&ones(&[1, 2])), -1.5);
}

#[test]
fn sizes() {
    close(&made::<Sizes>().forward(&ones(&[1, 5])), (0.2 + 5.0) * 0.1);
    let (a, b, c) = made::<Filled>().forward(&ones(&[1, 5]));
    close(&a, 2.5);
    assert_eq!((b, c), (Tensor::from_slice(&[6i64, 6]), Tensor::from_slice(&[3i64, 3])));
}

#[test]
fn a_constant_may_be_a_float_next_to_integers() {
    close(&made::<Integers<3>>().forward(&Tensor::from_slice(&[2i64])), 6.0);
}

#[test]
fn probabilities() {
    let net = made::<Dropped>();
    let kept = net.forward_t(&ones(&[100]), true);
    assert!(kept.eq(0.0).logical_or(&kept.eq(2.0)).all().int64_value(&[]) == 1);
    assert_eq!(net.forward(&ones(&[100])), ones(&[100]));
}
