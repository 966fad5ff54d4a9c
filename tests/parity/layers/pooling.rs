//! Pooling, upsampling, padding.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    windows(suite);
    adaptive(suite);
    upsampling(suite);
    padding(suite);
}

fn windows(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, 4, _]; [{ maxpool } { avgpool }] [{ 3 } { k=4 p=2 }] [{} { s=2 }] [{} { ceil=true }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, _, _];
        [{ maxpool } { avgpool }] [{} { (3, 2) } { 3 p=1 }] [{} { s=(2, 3) }] [{} { ceil=true }]);
    cases!(suite; (x: [N, 2, D, 5, 6]) -> [N, 2, _, _, _]; [{ maxpool3d } { avgpool3d }] [{ 2 } { (3, 2, 3) s=2 p=1 }] [{} { ceil=true }]);
    cases!(suite; (x: [N, 2, H, W]) -> [N, 2, _, _]; { maxpool 2 } [{ d=2 } { d=(3, 1) s=1 p=1 }]);
    cases!(suite; (x: [N, 2, H, W]) -> [N, 2, _, _]; { avgpool 3 p=1 count_include_pad=false } [{} { s=2 ceil=true }]);
    case!(suite; (x: [N, 2, L]) -> [N, 2, _] { avgpool 3 p=1 count_include_pad=false });
}

fn adaptive(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, 4, _]; [{ adaptive_avgpool 3 } { adaptive_maxpool 4 } { global_avgpool } { global_maxpool }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, _, _];
        [{ adaptive_avgpool } { adaptive_maxpool }] [{ 3 } { (2, 5) }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, 1, 1]; [{ global_avgpool } { global_maxpool2d }]);
    cases!(suite; (x: [N, 2, D, 5, 6]) -> [N, 2, _, _, _]; [{ adaptive_avgpool (2, 1, 3) } { adaptive_maxpool3d 2 } { global_avgpool } { global_maxpool }]);
}

fn upsampling(suite: &mut Suite) {
    cases!(suite; (x: [N, 2, L]) -> [N, 2, _];
        { upsample } [{ 2 } { 1.5 } { size=7 }] [{} { mode=nearest_exact } { mode=area } { mode=linear } { mode=linear align_corners=true }]);
    cases!(suite; (x: [N, 2, H, W]) -> [N, 2, _, _];
        { upsample } [{ 2 } { (0.5, 2.5) } { size=(5, 11) }] [{} { mode=nearest_exact } { mode=area } { mode=bilinear } { mode=bicubic } { mode=bilinear align_corners=true } { mode=bicubic align_corners=true }]);
    cases!(suite; (x: [N, 2, 3, 4, 5]) -> [N, 2, _, _, _];
        { upsample } [{ 2 } { size=(5, 3, 7) }] [{} { mode=nearest_exact } { mode=area } { mode=trilinear } { mode=trilinear align_corners=true }]);
}

fn padding(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, 4, _]; { pad (2, 1) } [{} { reflect } { replicate } { circular } { value=1.5 }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, _, _]; { pad (2, 1, 0, 3) } [{} { reflect } { replicate } { mode=circular } { constant value=-0.5 }]);
    cases!(suite; (x: [N, 2, 3, 4, 5]) -> [N, 2, _, _, _]; { pad (1, 2, 2, 1, 1, 0) } [{} { reflect } { replicate } { circular }]);
    case!(suite; (x: [N, 4, H, W]) -> [N, 4, _, _] { pad (-1, 2, -2, -1) });
}
