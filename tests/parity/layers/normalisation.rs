//! Normalisation; in training the running statistics count too.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    batch(suite);
    others(suite);
}

fn batch(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, H, W];
        { bn } [{} { affine=false }] [{} { track_running_stats=false }] [{} { eps=0.01 momentum=0.3 }]);
    cases!(suite; (x: [N, 4]) -> [N, 4]; [{ bn } { bn1d momentum=0.5 } { bn1d affine=false track_running_stats=false }]);
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L]; [{ bn } { bn1d affine=false }]);
    cases!(suite; (x: [N, 2, D, 5, 6]) -> [N, 2, D, 5, 6]; [{ bn } { bn3d eps=0.1 }]);
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L]; { option eps = 0.02; } [{ bn eps=eps } { bn momentum=(eps * 10.0) } { a: bn -> bn weight=a.weight }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, H, W];
        { instancenorm } [{} { affine=true }] [{} { track_running_stats=true }] [{} { eps=0.01 momentum=0.3 }]);
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L]; [{ instancenorm } { instancenorm1d affine=true track_running_stats=true }]);
    cases!(suite; (x: [N, 2, D, 5, 6]) -> [N, 2, D, 5, 6]; { instancenorm3d } [{} { affine=true }]);
}

fn others(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, 5]) -> [N, 4, 5];
        { layernorm } [{} { dims=2 } { dims=3 affine=false } { affine=false }] [{} { eps=0.01 }] [{} { bias=false }]);
    cases!(suite; (x: [N, 5]) -> [N, 5]; [{ layernorm } { rmsnorm } { a: layernorm -> layernorm weight=a.weight } { a: rmsnorm -> rmsnorm weight=a.weight }]);
    cases!(suite; (x: [N, T]) -> [N, T]; [{ layernorm affine=false } { rmsnorm affine=false }]);
    cases!(suite; (x: [N, 4, 5]) -> [N, 4, 5]; { rmsnorm } [{} { dims=2 } { affine=false }] [{} { eps=0.01 }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, H, W]; { groupnorm } [{ 1 } { 2 } { g=4 }] [{} { affine=false }] [{} { eps=0.01 }]);
    cases!(suite; (x: [N, 4]) -> [N, 4]; { groupnorm 2 });
    cases!(suite; (x: [N, 4, L]) -> [N, 4, L]; [{ groupnorm 2 } { a: groupnorm 2 -> groupnorm 4 weight=a.weight }]);
    cases!(suite; (x: [N, 6, L]) -> [N, 6, L]; { local_response_norm } [{ 2 } { 3 }] [{} { alpha=0.1 beta=0.5 k=2.0 }]);
    cases!(suite; (x: [N, 6, H, W]) -> [N, 6, H, W]; [{ local_response_norm 5 alpha=1.0 } { normalize } { normalize 1.0 } { normalize 3 dim=-1 } { normalize dim=(2, 3) } { normalize eps=10.0 }]);
    case!(suite; (x: [N, 4]) -> [N, 4] { option eps = 0.1; layernorm eps=eps });
}
