//! Shapes, pieces and patterns.

use crate::suite::Suite;
use crate::{case, cases};

pub fn add(suite: &mut Suite) {
    axes(suite);
    sizes(suite);
    pieces(suite);
    patterns(suite);
}

fn axes(suite: &mut Suite) {
    cases!(suite; (x: [N, 2, 3, 4]) -> [_, _, _, _];
        [{ permute (0, 2, 3, 1) } { permute (3, -2, 0, 1) } { transpose 1 2 } { transpose a=0 b=-1 } { flip 1 } { flip (2, 3) }
         { roll 1 dims=2 } { roll (1, -1) dims=(2, 3) } { roll 5 } { tril } { triu } { tril 1 } { triu diagonal=-1 }]);
    cases!(suite; (x: [N, 1, 3, 1]) -> [_, _, _]; [{ squeeze 1 } { squeeze dim=-1 }]);
    cases!(suite; (x: [N, 1, 3, 1]) -> [_, _]; { squeeze (1, 3) });
    cases!(suite; (x: [N, T, 3]) -> [_, _, _, _]; [{ unsqueeze 0 } { unsqueeze 2 } { unsqueeze dim=-1 }]);
    cases!(suite; (x: [N, 1, 3]) -> [_, _, _]; [{ expand [N, 4, 3] } { expand [_, 4, _] }]);
    case!(suite; (x: [3]) -> [_, _, _] { expand [2, 4, _] });
}

fn sizes(suite: &mut Suite) {
    cases!(suite; (x: [N, 2, 3, 4]) -> [_, _]; [{ flatten } { flatten 2 -> flatten 0 end=1 } { reshape [N, 24] } { reshape [_, 8] } { flatten 1 } { flatten 0 end=-2 }]);
    cases!(suite; (x: [N, 2, 3, 4]) -> [_, _, _]; [{ flatten 2 } { flatten 1 end=2 } { reshape [N, 6, 4] } { reshape [2, _, N] }]);
    cases!(suite; (x: [N, 12, T]) -> [_, _, _, _]; [{ unflatten 1 [3, 4] } { unflatten 1 [_, 2] }]);
    cases!(suite; (x: [N, 8, 3, 2]) -> [_, _, _, _]; [{ pixel_shuffle 2 } { pixel_shuffle r=1 }]);
    cases!(suite; (x: [N, 2, 6, 4]) -> [_, _, _, _]; [{ pixel_unshuffle 2 } { pixel_unshuffle r=1 }]);
}

fn pieces(suite: &mut Suite) {
    cases!(suite; (x: [N, 6, 5]) -> [_, _, _]; [{ narrow 1 0 2 } { narrow 1 start=-3 len=2 } { narrow dim=2 start=1 len=4 } { narrow 2 2 0 }]);
    case!(suite; (x: [N, 4, T]) -> [_, _, _] { let [_, _, t] = id; pad (1, 1) -> narrow 2 1 t });
    cases!(suite; (x: [N, T, 5]) -> [_, _]; [{ select 1 0 } { select 1 index=-1 } { select 2 3 } { select 0 0 }]);
    cases!(suite; (x: [N, 6, 5]) -> (o1: [_, _, _], o2: [_, _, _]); [{ chunk 2 dim=1 } { chunk 2 dim=-1 } { split [2, 4] dim=1 } { split 3 dim=1 } { split 3 dim=2 }]);
    case!(suite; (x: [N, 6, 5]) -> (o1: [_, _, _], o2: [_, _, _], o3: [_, _, _]) { split [1, 3, 2] dim=1 });
    case!(suite; (x: [N, 6, 5]) -> [N, 6, 5] { let (a, b, c) = chunk 3 dim=1; (c, a, b) -> cat });
    case!(suite; (x: [N, 6, 5]) -> [N, 3, 5] { let (_a, b) = chunk 2 dim=1; b });
}

fn patterns(suite: &mut Suite) {
    cases!(suite; (x: [N, 4, H, W]) -> [_, _]; [{ rearrange "n c h w -> n (c h w)" } { rearrange "n c h w -> (h n) (w c)" } { reduce "n c h w -> n c" mean } { reduce "n c h w -> w c" sum }]);
    cases!(suite; (x: [N, 4, 6, 8]) -> [_, _, _];
        [{ rearrange "b c (h p) (w q) -> b (h w) (p q c)" p=2 q=4 } { rearrange "b (g c) h w -> b g (w c h)" g=2 } { reduce "b c (h 2) (w 2) -> b (c h) w" max } { reduce "b c h w -> b c h" min }]);
    cases!(suite; (x: [N, 4, 6, 8]) -> [_, _, _, _];
        [{ rearrange "n c h w -> n h w c" } { reduce "b c (h k) (w 4) -> b c h w" mean k=3 } { rearrange "n ... w -> w ... n" } { reduce "b c h w -> b c 1 1" prod }]);
    cases!(suite; (x: [N, T, 12]) -> [_, _, _, _]; [{ rearrange "n t (h e) -> n h t e" h=3 } { rearrange "n t (h e) -> n h t e" e=3 } { rearrange "n t c -> n t c 1" }]);
    cases!(suite; (a: [N, T, 4], b: [N, 4, S]) -> [_, _, _]; { (a, b) -> } [{ einsum "bij,bjk->bik" } { einsum "btc,bcs->tsb" } { matmul }]);
    cases!(suite; (a: [N, T, 4], b: [N, S, 4]) -> [_, _, _]; { (a, b) -> } [{ einsum "nsd,ntd->nst" } { einsum "...td,...sd->...st" }]);
    cases!(suite; (x: [T, T]) -> [_]; { einsum "ii->i" });
    cases!(suite; (x: [N, T, 4]) -> [_, _]; [{ einsum "ntc->nt" } { einsum "ntc->cn" }]);
}
