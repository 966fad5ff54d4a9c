//! Arithmetic, joins, reductions, comparisons, choices, and values from nothing.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    elementwise(suite);
    joins(suite);
    reductions(suite);
    comparisons(suite);
    choices(suite);
    sources(suite);
}

fn elementwise(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L];
        [{ exp } { square } { abs } { neg } { sin } { cos } { scale 0.5 } { scale factor=-2 } { shift 1.5 } { pow 2 } { pow 3 } { clamp min=-0.5 max=0.7 } { clamp min=0 } { clamp max=0.3 }]);
    cases!(suite; (x: [N, 4]) -> [N, 4]; { square -> shift 0.1 -> } [{ log } { sqrt } { rsqrt } { pow 0.5 } { pow exponent=-1.5 }]);
    cases!(suite; (x: i64[N, T]) -> (o: f32[N, T]); { shift 1 -> } [{ log } { sqrt } { exp } { scale 0.5 } { pow 0.5 } { cos }]);
    cases!(suite; (x: i64[N, T]) -> (o: i64[N, T]); [{ square } { neg } { scale 3 } { shift by=-1 } { pow 2 } { clamp 1 2 } { abs }]);
    cases!(suite; (x: [N, 4]) -> [N, 4]; { option t = 2.0; } [{ scale (1.0 / t) } { shift t } { let a = id; (1.0 - t) * a } { clamp max=t }]);
    case!(suite; (x: [N, 4]) -> [N, 4] { detach });
    case!(suite; (x: [N, 4]) -> [N, 4] { let a = id; let b = detach; (a, b) -> mul });
    cases!(suite; (x: i64[N, T]) -> [N, T]; [{ cast float } { cast bool -> cast float }]);
    cases!(suite; (x: [N, 4]) -> [N, 4]; { scale 3.0 -> linear 4 -> } [{ cast i32 -> cast float } { cast f64 -> cast float } { cast u8 -> cast float }]);
}

fn joins(suite: &mut Suite) {
    cases!(suite; (a: [N, 4, T], b: [N, 4, T], c: [1, T]) -> [N, 4, T];
        [{ (a, b, c) -> add } { (a, b, c) -> mul } { (a + b, c) -> sub } { (a * c, b) -> div } { (a + b) * c - a / 2.0 } { a - (b -> tanh) * 3.0 / c }]);
    cases!(suite; (a: [N, 4, T], b: [N, 4, T]) -> [_, _, _]; { (a, b, a) -> } [{ cat } { cat dim=0 } { cat dim=-1 }]);
    cases!(suite; (a: [N, 4, T], b: [N, 4, T]) -> [_, _, _, _]; { (a, b) -> } [{ stack } { stack dim=0 } { stack dim=-1 }]);
    cases!(suite; (x: [N, 4, L]) -> [N, _, L]; [{ cat { relu, conv 3 k=1 } } { add { id, conv 4 k=1, tanh } } { mul { id, sigmoid } } { cat for d in [1, 2] { conv 2 k=3 p=d d=d } }]);
    cases!(suite; (a: [N, T, 4], b: [4, 5]) -> [N, T, 5]; { (a, b) -> matmul });
    cases!(suite; (a: [4], b: [N, 4, 5]) -> [N, 5]; { (a, b) -> matmul });
    cases!(suite; (a: i64[N, T], b: i64[N, T]) -> (o: f32[N, T]); { (a, b) -> } [{ add -> shift 1 -> exp } { mul -> scale 0.5 }]);
}

fn reductions(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [_, _]; [{ mean } { sum } { max } { min }] [{ 1 } { dim=-1 }]);
    cases!(suite; (x: [N, 4, L]) -> [_]; [{ mean (0, 2) } { sum (1, 2) } { max (0, 1) } { min (1, 2) }]);
    cases!(suite; (x: [N, 4, L]) -> []; [{ mean } { sum } { max } { min }]);
    cases!(suite; (x: [N, 4, L]) -> [_, _, _]; [{ mean } { sum } { max } { min }] [{ 1 keepdim=true } { keepdim=true }]);
    cases!(suite; (x: i64[N, T]) -> (o: i64[_]); [{ sum 1 } { max 1 } { min 0 } { argmax dim=1 }]);
    cases!(suite; (x: [N, 4, L]) -> (o: i64[_, _]); { argmax } [{ dim=1 } { dim=-1 }]);
    cases!(suite; (x: [N, 4, L]) -> (o: i64[_, _, _]); { argmax dim=1 keepdim=true });
}

fn comparisons(suite: &mut Suite) {
    cases!(suite; (a: i64[N, T], b: i64[N, T]) -> (o: bool[N, T]); { (a, b) -> } [{ eq } { ne } { lt } { le } { gt } { ge }]);
    cases!(suite; (x: i64[N, T]) -> (o: bool[N, T]); [{ eq 1 } { ne 1 } { lt 1 } { le 1 } { gt 1 } { ge 1 } { gt 0.5 } { not } { gt 1 -> not }]);
    cases!(suite; (x: [N, T]) -> (o: bool[N, T]); [{ lt 0.1 } { ge other=-0.2 }]);
}

fn choices(suite: &mut Suite) {
    cases!(suite; (m: bool[N, T], a: [N, T], b: [T]) -> [N, T];
        [{ (m, a, b) -> where } { (a + b, m) -> masked_fill 0.5 } { a * b -> masked_fill mask=m value=-2.0 } ]);
    cases!(suite; (x: [N, 4, 5], index: i64[M]) -> [_, _, _]; { (x, index) -> } [{ index_select 1 } { index_select dim=-1 } { index_select 0 }]);
    cases!(suite; (x: [3, 4], index: i64[2, 3]) -> [2, 3]; { (x, index) -> } [{ gather 1 } { gather 0 }]);
    cases!(suite; (x: [N, 6]) -> (o1: [N, _], o2: i64[N, _]); { topk } [{ 2 dim=1 } { 3 dim=-1 largest=false } { 6 dim=1 }]);
    cases!(suite; (x: i64[N, T]) -> (o: i64[N, T, _]); { one_hot } [{ 3 } { 5 }]);
}

fn sources(suite: &mut Suite) {
    cases!(suite; (x: [N, T]) -> (o: i64[_]); [{ arange T } { arange (T + 3) start=2 } { arange 1 start=9 step=-2 } { arange T step=2 }]);
    cases!(suite; (x: [N, T]) -> (o: f64[_]); { arange T dtype=f64 });
    cases!(suite; (x: [N, T]) -> [_, _]; { } [{ zeros [N, 2] } { ones [T, N] } { full [2, T] 0.5 } { eye T } { eye 2 columns=N }] [{} { -> scale 2 }]);
    cases!(suite; (x: [N, T]) -> (o: i64[_, _]); [{ zeros i64[N, 2] } { ones i64[T, N] } { full i64[2, T] 3 } { eye T dtype=i64 }]);
    // The network's own float type is that of its parameters.
    cases!(suite; (x: [N, 4]) -> [N, 4]; [{ linear 4 -> (id, ones [4]) -> mul } { linear 4 -> (id, full [N, 1] 0.5) -> mul } { linear 4 -> (id, arange 4 dtype=float) -> mul }]);
}
