//! Recurrent layers.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    cases!(suite; (x: [N, T, 4]) -> [N, T, _];
        [{ lstm 3 } { gru 3 } { rnn 3 } { rnn 3 nonlinearity=relu }] [{} { layers=2 }] [{} { bidirectional=true }] [{} { bias=false }]);
    // Large enough for our own kernel.
    cases!(suite; (x: [8, T, 4]) -> [8, T, _]; { lstm 32 } [{} { layers=2 }] [{} { bidirectional=true }] [{} { bias=false }]);
    cases!(suite; (x: [N, T, 4]) -> [N, T, 3]; [{ lstm 3 } { gru 3 } { rnn 3 }] [{ layers=2 dropout=0.4 } { layers=3 dropout=1 in=4 }]);
    cases!(suite; (x: [N, T, 4], h: [1, N, 3], c: [1, N, 3]) -> (o1: [N, T, 3], o2: [1, N, 3], o3: [1, N, 3]); { (x, h, c) -> lstm 3 } [{} { bias=false }]);
    cases!(suite; (x: [N, T, 4], h: [4, N, 3], c: [4, N, 3]) -> (o1: [N, T, 6], o2: [4, N, 3], o3: [4, N, 3]);
        { (x, h, c) -> lstm 3 layers=2 bidirectional=true } [{} { dropout=0.5 }]);
    cases!(suite; (x: [N, T, 4], h: [1, N, 3]) -> (o1: [N, T, 3], o2: [1, N, 3]); { (x, h) -> } [{ gru 3 } { rnn 3 } { rnn 3 nonlinearity=relu } { gru 3 bias=false }]);
    cases!(suite; (x: [N, T, 4], h: [4, N, 3]) -> (o1: [N, T, 6], o2: [4, N, 3]); { (x, h) -> } [{ gru 3 layers=2 bidirectional=true } { rnn 3 layers=2 bidirectional=true }]);
    case!(suite; (x: [N, T, 4]) -> [N, T, 3] { option p = 0.3; lstm 3 layers=2 dropout=p });
    case!(suite; (x: [N, T, 4]) -> [N, T, 5] { linear 5 -> encoder: { lstm 5 -> gru 5 } -> repeat 2 { lstm 5 } });
}
