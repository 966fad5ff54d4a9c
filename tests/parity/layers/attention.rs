//! Attention, with masks of all kinds.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    modules(suite);
    products(suite);
}

fn modules(suite: &mut Suite) {
    cases!(suite; (x: [N, T, 8]) -> [N, T, 8]; { attention } [{ 1 } { 2 } { heads=8 }] [{} { causal=true }] [{} { bias=false }] [{} { dropout=0.3 }]);
    // Large enough for our own kernel.
    cases!(suite; (x: [N, 64, 32]) -> [N, 64, 32]; { attention 4 } [{} { causal=true }] [{} { bias=false }]);
    cases!(suite; (x: [N, 64, 32], m: [N, 1, 1, 64]) -> [N, 64, 32]; { x -> attention 4 mask=m });
    cases!(suite; (q: [N, T, 8], k: [N, S, 8], v: [N, S, 8]) -> [N, T, 8]; { (q, k, v) -> attention 2 } [{} { causal=true }] [{} { bias=false }]);
    cases!(suite; (q: [N, T, 8], k: [N, S, 8]) -> [N, T, 8]; { (q, k, k) -> attention 4 });
    // Each query may attend to the first key at least, since PyTorch's module returns NaN where nothing is allowed.
    cases!(suite; (x: [N, T, 8], m: [T, T]) -> [N, T, 8];
        { let seen = (m -> tril -> gt 0.0, arange T -> eq 0.0) -> add -> cast bool; x -> attention 2 mask=seen } [{} { causal=true }]);
    cases!(suite; (x: [N, T, 8], m: [N, 2, T, T]) -> [N, T, 8]; { x -> attention 2 mask=m } [{} { causal=true }]);
    cases!(suite; (x: [N, T, 8], m: [N, 1, 1, T]) -> [N, T, 8]; { x -> attention 2 mask=m } [{} { causal=true } { dropout=0.3 }]);
    cases!(suite; (x: [N, T, 8], m: [T]) -> [N, T, 8]; { x -> attention 2 mask=m } [{} { causal=true }]);
}

fn products(suite: &mut Suite) {
    cases!(suite; (q: [N, 4, T, 6], k: [N, 4, S, 6], v: [N, 4, S, 5]) -> [N, 4, T, 5];
        { (q, k, v) -> sdpa } [{} { causal=true }] [{} { scale=0.3 }] [{} { dropout=0.2 }]);
    cases!(suite; (q: [N, 4, T, 6], k: [N, 2, S, 6], v: [N, 2, S, 6]) -> [N, 4, T, 6]; { (q, k, v) -> sdpa } [{} { causal=true }]);
    cases!(suite; (q: [N, T, 8], k: [N, S, 8], v: [N, S, 8]) -> [N, T, 8]; { (q, k, v) -> sdpa } [{ heads=2 } { heads=4 causal=true } { heads=8 scale=2.0 }]);
    cases!(suite; (q: [N, T, 8], k: [N, S, 4], v: [N, S, 6]) -> [N, T, 12]; { (q, k, v) -> sdpa heads=4 } [{} { causal=true }]);
    cases!(suite; (q: [N, 4, T, 6], k: [N, 4, S, 6], m: [N, 1, T, S]) -> [N, 4, T, 6];
        [{ (q, k, k) -> sdpa mask=m } { let seen = (m -> gt 0.0, arange S -> eq 0.0) -> add -> cast bool; (q, k, k) -> sdpa mask=seen }] [{} { causal=true }]);
    cases!(suite; (q: [N, T, 8], k: [N, S, 8], m: [S]) -> [N, T, 8]; { (q, k, k) -> sdpa heads=2 mask=m } [{} { causal=true }]);
    case!(suite; (x: [N, T, 8]) -> [N, T, 8] { (id, id, id) -> sdpa heads=2 });
}
