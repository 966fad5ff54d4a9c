//! Convolutions and transposed convolutions.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    convolutions(suite);
    transposed(suite);
    tied(suite);
}

fn convolutions(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, _, _]; { conv } [{ 6 } {}] [{ k=1 } { k=4 }] [{} { s=2 }] [{} { p=1 d=2 g=2 }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 6, _, _];
        { conv 6 } [{ k=1 } { k=(3, 2) }] [{} { s=(2, 1) }] [{} { p=(1, 0) d=2 }] [{} { g=2 bias=false }]);
    cases!(suite; (x: [N, 4, D, 5, 6]) -> [N, 2, _, _, _];
        { conv 2 } [{ k=2 } { k=(3, 1, 2) p=1 }] [{} { s=2 g=2 }] [{} { bias=false }]);
    cases!(suite; (x: [N, 4, H, W]) -> [N, 2, _, _];
        { conv2d 2 k=(3, 2) } [{ p=(2, 1) } { p=same } { p=1 s=2 d=2 }] [{ padding_mode=reflect } { padding_mode=replicate } { padding_mode=circular }]);
    cases!(suite; (x: [N, 4, L]) -> [N, 2, _]; { conv1d 2 p=same } [{ k=4 } { k=3 d=2 }] [{} { padding_mode=reflect }]);
    case!(suite; (x: [N, 4, D, 5, 6]) -> [N, 4, D, 5, 6] { conv3d k=3 p=same g=4 padding_mode=circular });
    case!(suite; (x: [N, 4, H, W]) -> [N, 8, H, W] { conv 8 in=4 k=3 p=1 g=channels });
}

fn transposed(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, L]) -> [N, 6, _]; { conv_transpose 6 } [{ k=3 } { k=4 s=2 p=1 }] [{} { d=3 output_padding=1 }] [{} { g=2 bias=false }]);
    cases!(suite; (x: [N, 4, 5, 4]) -> [N, 6, _, _];
        { conv_transpose 6 } [{ k=2 s=2 } { k=(3, 2) s=(2, 3) p=(1, 0) }] [{} { output_padding=(1, 0) }] [{} { g=2 }] [{} { bias=false }]);
    cases!(suite; (x: [N, 4, 3, 3, 2]) -> [N, 2, _, _, _]; { conv_transpose3d 2 } [{ k=2 } { k=3 s=2 p=1 output_padding=1 }] [{} { d=2 g=2 }]);
}

/// Convolutions with the weight of another layer, which in PyTorch are functions, not modules.
fn tied(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, H, W]) -> [N, 4, _, _];
        { a: conv 4 k=3 p=1 -> b: conv 4 k=3 weight=a.weight } [{} { s=2 p=1 }] [{} { bias=false }]);
    case!(suite; (x: [N, 4, H, W]) -> [N, 4, _, _] { a: conv 4 k=3 p=1 -> conv 4 k=3 p=same padding_mode=reflect weight=a.weight });
    case!(suite; (x: [N, 4, 5, 4]) -> [N, 4, _, _] { a: conv_transpose 4 k=3 -> conv_transpose 4 k=3 s=2 weight=a.weight });
}
