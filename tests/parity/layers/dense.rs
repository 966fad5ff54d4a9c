//! Dense layers, embeddings, activations, dropout.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    dense(suite);
    embeddings(suite);
    activations(suite);
    dropout(suite);
}

fn dense(suite: &mut Suite) {
    cases!(suite; (x: [N, 6]) -> [N, 5]; { linear 5 } [{} { bias=false } { in=6 bias_init=ones }]);
    cases!(suite; (x: [6]) -> [5]; { linear 5 });
    cases!(suite; (x: [N, T, H, 6]) -> [N, T, H, 5]; { linear 5 } [{} { bias=false }]);
    cases!(suite; (x: [N, 6]) -> [N, 6]; { a: linear 6 -> tanh -> b: linear 6 weight=a.weight } [{} { bias=false }]);
    case!(suite; (x: [N, 6], w: [4, 6]) -> [N, 4] { x -> linear 4 weight=w });
    cases!(suite; (a: [N, T, 6], b: [N, T, 3]) -> [N, T, 5]; { (a, b) -> bilinear 5 } [{} { bias=false }]);
    case!(suite; (a: [N, 6], b: [N, 6]) -> [N, 6] { let c = (a, b) -> f: bilinear 6; (c, b) -> bilinear 6 weight=f.weight });
}

fn embeddings(suite: &mut Suite) {
    cases!(suite; (x: i64[N, T]) -> [N, T, 6]; { embedding 3 6 } [{} { padding_idx=1 } { padding_idx=-1 } { padding_idx=0 init=ones }]);
    case!(suite; (x: i32[N, T]) -> [N, T, 6] { embedding 3 dim=6 });
    case!(suite; (x: i64[N, T]) -> [N, T, 3] { e: embedding 3 dim=6 -> linear 3 bias=false weight=e.weight });
    case!(suite; (x: i64[N, T], y: i64[N, S]) -> (o1: [N, T, 6], o2: [N, S, 6]) { let a = x -> e: embedding 3 6; let b = y -> embedding 3 6 weight=e.weight padding_idx=2; (a, b) });
    cases!(suite; (x: [N, T, 7]) -> [N, T, 7]; { positional });
    cases!(suite; (x: [T, 8]) -> [T, 8]; { positional });
}

/// PyTorch rounds the `alpha` of CELU's gradient to float32, so those here are exact in it.
fn activations(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L];
        [{ relu } { relu6 } { selu } { silu } { mish } { sigmoid } { tanh } { hardswish } { hardsigmoid } { logsigmoid } { softsign }
         { gelu } { gelu tanh } { leaky_relu } { leaky_relu 0.2 } { elu } { elu 1.5 } { celu } { celu 0.75 }
         { softplus } { softplus 2 } { softplus 0.5 threshold=1 } { hardtanh } { hardtanh min=-0.5 max=2 } { hardtanh max=0.1 } { threshold 0.1 20 }
         { prelu } { prelu 4 } { prelu channels } { p: prelu -> prelu weight=p.weight }
         { softmax dim=1 } { softmax dim=-1 } { softmax dim=0 } { log_softmax dim=1 } { log_softmax dim=2 }]);
    cases!(suite; (x: [N, 4, L]) -> [N, _, _]; [{ glu 1 } { glu dim=-2 }]);
    cases!(suite; (x: [N, 4]) -> [N, 4]; { option slope = 0.3; } [{ leaky_relu slope } { elu slope } { threshold slope 1.0 } { softplus (2.0 * slope) }]);
}

/// Both sides draw from one generator with one seed, so that even the masks agree.
fn dropout(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L]; [{ dropout } { dropout 0.1 } { dropout 0 } { dropout 1 } { dropout1d 0.3 } { alpha_dropout 0.2 } { drop_path 0.4 }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, H, W]; [{ dropout2d 0.3 } { drop_path 0.2 } { residual { conv 4 k=1 -> drop_path 0.5 } }]);
    cases!(suite; (x: [N, 4, D, 5, 6]) -> [N, 4, D, 5, 6]; { dropout3d });
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L]; { option p = 0.3; } [{ dropout p } { alpha_dropout (p / 2.0) }]);
}
