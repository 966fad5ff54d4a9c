//! What combines layers: groups, blocks, loops, shared parts, names, parameters, and other networks.

use crate::suite::Suite;
use crate::{case, cases};
use nn_dsl::prelude::*;

const WIDTH: i64 = 6;

network! {
    #![optimize]

    /// Used by the cases below, with two numbers of features.
    Inner<const OUT: i64>(x: [N, 4]) -> [N, OUT] { hidden: linear (OUT * 2) -> relu -> linear OUT }
}

pub fn add(suite: &mut Suite) {
    named(suite);
    repeated(suite);
    shared(suite);
    declared(suite);
    case!(suite; (x: [N, 4]) -> [N, 7] { let a = a: Inner::<3> -> [N, 3]; let b = again: Inner::<4> -> [N, 4] -> Inner::<4> -> [N, 4]; (a, b) -> cat });
    case!(suite; (x: [N, 4]) -> [N, (WIDTH)] { linear (WIDTH * 2) -> glu -> linear WIDTH -> scale WIDTH });
}

fn named(suite: &mut Suite) {
    cases!(suite; (x: [N, 4]) -> [N, 4]; [{ a: { linear 4 -> relu -> linear 4 } } { { linear 4 -> { linear 4 } } }
        { "self.query": linear 4 -> "self.key": linear 4 -> "self": { value: linear 4 } }
        { "": linear 4 } { a: { "": linear 4 } -> linear 4 } { type: linear 4 -> forward: { linear 4 } -> "lambda.0": linear 4 }
        { residual { linear 4 -> tanh } -> residual { a: { linear 4 } } shortcut { linear 4 } }]);
}

fn repeated(suite: &mut Suite) {
    cases!(suite; (x: [N, 4]) -> [N, 4]; [{ repeat 3 { linear 4 } } { repeat 3 { linear 4 -> relu } } { a: repeat 3 { linear 4 -> relu } }
        { a: for w in [3, 5, 4] { linear w -> tanh } } { for i in 1..=3 { "dense{i}": { linear 4 -> tanh } } } { a: for i in 1..=3 { "dense{i}": { linear 4 -> tanh } } }
        { let (a, b) = (linear 4, id) -> repeat 2 { let (u, v) = id; (u -> linear 4, u + v) }; (a, b) -> add }]);
}

fn shared(suite: &mut Suite) {
    cases!(suite; (a: [N, 4], b: [N, 4]) -> [N, 8]; [{ shared f = linear 4; (a -> f, b -> f) -> cat } { shared f = { linear 4 -> relu -> linear 4 }; (a -> f, b -> f -> f) -> cat }
        { shared f = linear 4; a -> repeat 2 { f -> linear 4 } -> (id, b -> f) -> cat }]);
}

fn declared(suite: &mut Suite) {
    cases!(suite; (x: [N, 4]) -> [N, 4];
        [{ param scale: [4] init=ones; x * scale } { buffer mean: [1, 4] init=normal(0.0, 1.0); x - mean }
         { buffer mask: bool[4] init=zeros saved=false; (x, mask) -> masked_fill 1.0 } { a: { param half: [4, 4] init=xavier_uniform; (id, half) -> matmul } }]);
}
