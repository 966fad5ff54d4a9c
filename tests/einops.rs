//! Patterns drawn at random by `pattern` and `einsum` of `tests/shapes/values.py`, against the einops package and `torch.einsum`.

mod reference;

use nn_dsl::prelude::*;

/// The same numbers as in [`reference`]'s program.
fn values(shape: &[i64]) -> Tensor {
    let count = shape.iter().product::<i64>();
    (Tensor::arange(count, (Kind::Double, Device::Cpu)) + 1.0).sin().reshape(shape)
}

/// Networks of one pattern, and the shapes that it is tried on.
macro_rules! patterns {
    ($($name:ident($($input:ident: $declared:tt),*) -> $output:tt { $($chain:tt)* } on $($shape:tt),*;)*) => {
        $(network! { pub $name($($input: $declared),*) -> $output { $($chain)* } })*

        /// Name, pattern, the input shapes, and the outputs.
        fn all() -> Vec<(&'static str, &'static str, Vec<Vec<i64>>, Tensor)> {
            vec![$({
                let net = $name::new(&nn::VarStore::new(Device::Cpu).root());
                let shapes: Vec<Vec<i64>> = vec![$($shape.to_vec()),*];
                let inputs: Vec<Tensor> = shapes.iter().map(|shape| values(shape)).collect();
                let mut inputs = inputs.iter();
                $(let $input = inputs.next().expect("as many shapes as inputs");)*
                (stringify!($name), stringify!($($chain)*), shapes, net.forward($($input),*))
            }),*]
        }
    };
}

patterns! {
    Axes1(a: [6, H, C, 1]) -> [_, _] { reduce "(p t) h c 1 -> p t" prod t=3 } on [6, 3, 7, 1];
    Axes2(a: [1, 7]) -> [7, 1, 1, 1] { rearrange "(b h) q -> q h b 1" b=1 h=1 } on [1, 7];
    Axes3(a: [1, H]) -> [] { reduce "() h -> " prod } on [1, 3];
    Axes4(a: [7, 6, 6]) -> [3, 3, 1, 14, 2] { rearrange "w (h c q) (p t b) -> q b 1 (w c) (t p h)" c=2 q=3 p=1 t=2 } on [7, 6, 6];
    Axes5(a: [4, H]) -> [_, _] { reduce "(q w) h -> w q" min q=2 } on [4, 3];
    Axes6(a: [3, 6, 4, 3]) -> [3, 72] { rearrange "t c b ... -> t (... c b)" } on [3, 6, 4, 3];
    Axes7(a: [T, C, H]) -> [_] { rearrange "t c h -> (t c h)" } on [5, 6, 4];
    Axes8(a: [9, 2]) -> [3, 6] { rearrange "(w t) ... -> t (w ...)" w=3 t=3 } on [9, 2];
    Axes9(a: [B, W, 27]) -> [_, _, _, _] { rearrange "b w (p h q) -> b h w (p q)" h=3 q=3 } on [1, 1, 27];
    Axes10(a: [4, 3, 3, 1]) -> [3, 1, 1, 12] { reduce "b c (q p) h -> c h p (q b)" prod q=3 } on [4, 3, 3, 1];
    Axes11(a: [P, 1, C]) -> [_] { rearrange "p () c -> (p c)" } on [1, 1, 3];
    Axes12(a: [5, 2]) -> [5, 2] { reduce "t (h b p) ... -> t (b h)" min b=1 p=1 } on [5, 2];
    Axes13(a: [2, H, 8, Q]) -> [_, _, _, _, _] { rearrange "(p w) h (b t c) q -> (t w) b h (q c) p" w=1 b=2 t=2 } on [2, 5, 8, 2];
    Axes14(a: [7, 3]) -> [21, 1] { reduce "b p -> (b p) 1" sum } on [7, 3];
    Axes15(a: [2, 1, 6, 1]) -> [12] { reduce "... c b () -> (c b ...)" prod } on [2, 1, 6, 1];
    Axes16(a: [2, 2]) -> [2, 2] { reduce "... -> ..." max } on [2, 2];
    Axes17(a: [C, Q, 6, B]) -> [_, _, _, _] { rearrange "c q (h p t) b -> (p b h) c t q" h=2 t=1 } on [6, 4, 6, 4];
    Axes18(a: [3, 3]) -> [3] { reduce "t w -> t" sum } on [3, 3];
    Axes19(a: [P, 2]) -> [_] { reduce "p (q b) -> p" mean b=2 } on [4, 2];
    Axes20(a: [2, 6, 12, 1]) -> [3, 2, 6, 4] { rearrange "(t h c) q (w b p) 1 -> w (t p) (q c) (b h)" h=2 c=1 b=2 p=2 } on [2, 6, 12, 1];
    Axes21(a: [C, 1, 8]) -> [_, _, _] { rearrange "c () (b h t) -> t h (b c)" b=2 h=2 } on [7, 1, 8];
    Axes22(a: [3, 4, 2, 4]) -> [2, 3, 2] { reduce "c (b q p) h t -> (q b) c p" mean q=2 p=2 } on [3, 4, 2, 4];
    Axes23(a: [6, 5, 4, 3]) -> [6] { reduce "t b w ... -> t" min } on [6, 5, 4, 3];
    Axes24(a: [27, 6]) -> [3, 3, 3, 2, 3] { rearrange "(p b h) (w c) -> h b c w p" p=3 b=3 h=3 w=2 c=3 } on [27, 6];
    Axes25(a: [T, 2, W, C]) -> [_, _, _] { reduce "t (h b) w c -> w c (h t b)" prod h=2 } on [5, 2, 7, 7];
    Axes26(a: [4, 3, 1]) -> [3, 1, 4] { rearrange "h ... t -> ... t h" } on [4, 3, 1];
    Axes27(a: [2, 6, 1, C]) -> [_, _, _] { rearrange "(p q) (b w) () c -> q p (b w c)" q=1 w=3 } on [2, 6, 1, 5];
    Axes28(a: [3, 7, 6, 1]) -> [7, 1, 6, 1, 1, 3, 1] { rearrange "c p t w -> p 1 t w 1 c 1" } on [3, 7, 6, 1];
    Axes29(a: [5, 6, 7, 2]) -> [14, 1, 30] { rearrange "q ... c w t -> (t ... w) 1 (q c)" } on [5, 6, 7, 2];
    Axes30(a: [7, 6]) -> [6, 1, 7, 1] { reduce "w t -> t 1 w 1" sum } on [7, 6];
    Axes31(a: [T, B]) -> [_, _] { rearrange "t b -> (b t) 1" } on [4, 1];
    Axes32(a: [3, 4, 2]) -> [4, 3, 2, 1, 1] { rearrange "(b w q) t p -> t b (w p) 1 q" b=3 q=1 } on [3, 4, 2];
    Axes33(a: [12, H]) -> [_, _, _, _] { rearrange "(c w t) h -> h w c t" w=2 t=3 } on [12, 1];
    Axes34(a: [1, 5]) -> [1, 5] { rearrange "(w q b) h -> w (q b h)" w=1 q=1 b=1 } on [1, 5];
    Axes35(a: [B, T, 1]) -> [_, _] { reduce "b t 1 -> b t" sum } on [3, 7, 1];
    Axes36(a: [9, 9]) -> [3] { reduce "(q p w) (t c) -> (q p)" mean q=1 w=3 t=3 } on [9, 9];
    Axes37(a: [3, 2, 4]) -> [1, 2, 1, 2, 6] { rearrange "c ... (q b) (h t w) -> b (q w) ... 1 t (c h)" q=2 b=1 h=2 w=1 } on [3, 2, 4];
    Axes38(a: [7, 1, 2, 4]) -> [14, 4] { rearrange "t () p c -> (p t) c" } on [7, 1, 2, 4];
    Axes39(a: [P, W, 2]) -> [_, _, _, _] { reduce "p w (t c) -> c 1 (t w) p" prod c=1 } on [3, 1, 2];
    Axes40(a: [1, 5]) -> [1, 5] { rearrange "h c -> h c" } on [1, 5];
    Axes41(a: [T, C]) -> [_] { rearrange "t c -> (c t)" } on [3, 2];
    Axes42(a: [6, 1, 1]) -> [6] { reduce "t 1 () -> t" sum } on [6, 1, 1];
    Axes43(a: [T, 1, 6]) -> [_] { reduce "t 1 (h p) -> (t h)" min h=3 } on [6, 1, 6];
    Axes44(a: [5, 6]) -> [30] { rearrange "h b -> (h b)" } on [5, 6];
    Axes45(a: [H, C, B, 1]) -> [_, _, _, _] { reduce "h c b 1 -> c 1 b h" min } on [5, 1, 5, 1];
    Axes46(a: [1, 2, 2, 2, 2, 5]) -> [1, 2, 20, 2] { rearrange "... b (w h) c t -> w b (t h ...) c" w=1 h=2 } on [1, 2, 2, 2, 2, 5];
    Axes47(a: [3, 3, 7, 7]) -> [1] { reduce "(t q) h b ... w -> t" mean t=1 q=3 } on [3, 3, 7, 7];
    Axes48(a: [1, 1]) -> [1] { reduce "h () -> h" prod } on [1, 1];
    Axes49(a: [W, Q, 3, H]) -> [_, _, _, _, _, _] { rearrange "w q (p b t) h -> w b (q t) p h 1" p=1 b=1 t=3 } on [6, 4, 3, 5];
    Axes50(a: [2, 1, 6, 1]) -> [2, 1, 6, 1] { rearrange "p h w 1 -> p h w 1" } on [2, 1, 6, 1];
    Axes51(a: [9, 3, P, 1]) -> [_, _, _, _] { rearrange "(q w c) (t h b) p 1 -> (t w) (h b) q (c p)" q=3 w=1 c=3 t=1 h=3 b=1 } on [9, 3, 7, 1];
    Axes52(a: [1, 3, 6]) -> [6, 3] { rearrange "1 q c -> c q" } on [1, 3, 6];
    Axes53(a: [W, T, Q]) -> [_] { reduce "w t q -> w" prod } on [4, 2, 3];
    Axes54(a: [5, 7, 3]) -> [] { reduce "w q c -> " sum } on [5, 7, 3];
    Axes55(a: [2, B]) -> [_] { reduce "(w q) b -> (w q)" prod q=2 } on [2, 1];
    Axes56(a: [4, 3, 1, 4, 3, 1]) -> [2, 2] { reduce "(p w q) ... (b c) t h -> (p q) w" sum p=2 w=2 q=1 c=2 } on [4, 3, 1, 4, 3, 1];
    Sum1(a: [1, 1], b: [1], c: [1, 1]) -> [] { (a, b, c) -> einsum "da,a,da..." } on [1, 1], [1], [1, 1];
    Sum2(a: [3, 2], b: [2]) -> [2, 3] { (a, b) -> einsum "ab, b...->...ba" } on [3, 2], [2];
    Sum3(a: [3, 3, 3], b: [3, 3]) -> [3] { (a, b) -> einsum "cac,bb" } on [3, 3, 3], [3, 3];
    Sum4(a: [2, 1], b: [3, 4, 4]) -> [2, 1, 4, 4, 3] { (a, b) -> einsum "..., ecb" } on [2, 1], [3, 4, 4];
    Sum5(a: [2, 1]) -> [1, 2] { einsum "ce -> ec" } on [2, 1];
    Sum6(a: [3, 4, 4]) -> [] { einsum "ecc -> " } on [3, 4, 4];
    Sum7(a: [1], b: [1], c: [3, 1, 3]) -> [1, 1, 3] { (a, b, c) -> einsum "b...,e...,...cec->...ebc" } on [1], [1], [3, 1, 3];
    Sum8(a: [1, 2], b: [5, 2, 2], c: [1, 2]) -> [1, 5, 1, 2] { (a, b, c) -> einsum "dc,bce,ac" } on [1, 2], [5, 2, 2], [1, 2];
    Sum9(a: [3, 3]) -> [3] { einsum "dc->d" } on [3, 3];
    Sum10(a: [3, 2]) -> [3, 2] { einsum "a...c -> ...ac" } on [3, 2];
    Sum11(a: [3, 3, 3], b: [4, 2], c: [1, 2, 2]) -> [2, 3, 2] { (a, b, c) -> einsum "aaa, e...b, cbd->...dab" } on [3, 3, 3], [4, 2], [1, 2, 2];
    Sum12(a: [2, 3, 3]) -> [2] { einsum "a...e -> a" } on [2, 3, 3];
    Sum13(a: [3, 3]) -> [] { einsum "cc->" } on [3, 3];
    Sum14(a: [1]) -> [] { einsum "a->" } on [1];
    Sum15(a: [2, 4]) -> [2] { einsum "ce -> c" } on [2, 4];
    Sum16(a: [3, 1, 3]) -> [1] { einsum "aba -> b" } on [3, 1, 3];
    Sum17(a: [1, 1, 1], b: [1], c: [1, 1, 1]) -> [1] { (a, b, c) -> einsum "beb..., e, ece...->...c" } on [1, 1, 1], [1], [1, 1, 1];
    Sum18(a: [2, 4, 2], b: [1, 1], c: [1]) -> [] { (a, b, c) -> einsum "bab,cc,c -> " } on [2, 4, 2], [1, 1], [1];
    Sum19(a: [4]) -> [4] { einsum "c" } on [4];
    Sum20(a: [1], b: [4, 1, 4], c: [1, 1]) -> [4, 4] { (a, b, c) -> einsum "a,ba...c,aa" } on [1], [4, 1, 4], [1, 1];
    Sum21(a: [2, 2, 2]) -> [2] { einsum "bdd -> d" } on [2, 2, 2];
    Sum22(a: [2, 1], b: [2, 1]) -> [2, 1, 2, 1] { (a, b) -> einsum "cd, ..." } on [2, 1], [2, 1];
    Sum23(a: [2, 3, 3]) -> [] { einsum "ecc->" } on [2, 3, 3];
    Sum24(a: [2, 1]) -> [2, 1] { einsum "ec... -> ...ec" } on [2, 1];
    Sum25(a: [1, 1]) -> [1, 1] { einsum "...->..." } on [1, 1];
    Sum26(a: [3, 2]) -> [3, 2] { einsum "...a -> ...a" } on [3, 2];
    Sum27(a: [2, 2, 1]) -> [2, 1, 2] { einsum "ceb -> ebc" } on [2, 2, 1];
    Sum28(a: [2], b: [3, 4, 3]) -> [3, 4] { (a, b) -> einsum "e, bd...b -> ...bd" } on [2], [3, 4, 3];
    Sum29(a: [2]) -> [] { einsum "c->" } on [2];
    Sum30(a: [1]) -> [1] { einsum "d -> ...d" } on [1];
    Sum31(a: [2, 4, 2]) -> [4] { einsum "eae -> ...a" } on [2, 4, 2];
    Sum32(a: [3], b: [2, 4], c: [2, 4]) -> [3, 2, 2] { (a, b, c) -> einsum "...,cb,db" } on [3], [2, 4], [2, 4];
    Sum33(a: [1]) -> [] { einsum "c... -> " } on [1];
    Sum34(a: [2, 3, 1, 1, 3], b: [3, 1], c: [2, 3, 3]) -> [2, 3, 1, 3, 3] { (a, b, c) -> einsum "...cca,ac,eba->...cba" } on [2, 3, 1, 1, 3], [3, 1], [2, 3, 3];
}

/// The results of einops and PyTorch for the same patterns.
const PROGRAM: &str = r#"
import re, torch
from einops import rearrange, reduce
tensors = {}
def values(shape):
    return (torch.arange(torch.Size(shape).numel(), dtype=torch.float64) + 1).sin().reshape(shape)
def run(name, chain, shapes):
    pattern = re.search('"(.*)"', chain)[1]
    sizes = {axis: int(size) for axis, size in re.findall(r"(\w+) ?= ?(\d+)", chain)}
    inputs = [values(shape) for shape in shapes]
    if "einsum" in chain:
        y = torch.einsum(pattern, *inputs)
    elif "rearrange" in chain:
        y = rearrange(inputs[0], pattern, **sizes)
    else:
        y = reduce(inputs[0], pattern, re.search(r'"[^"]*" *(\w+)', chain)[1], **sizes)
    tensors[name] = y.contiguous()
"#;

#[test]
fn patterns_are_those_of_einops() {
    let all = all();
    let calls: Vec<String> =
        all.iter().map(|(name, chain, shapes, _)| format!("run({name:?}, {chain:?}, {shapes:?})")).collect();
    let theirs = reference::tensors(&format!("{PROGRAM}\n{}", calls.join("\n")));
    assert_eq!(theirs.len(), all.len());
    for (name, chain, _, ours) in &all {
        let theirs = &theirs[*name];
        assert_eq!(ours.size(), theirs.size(), "{name}: {chain}");
        assert!(ours.allclose(theirs, 1e-12, 1e-12, false), "{name}: {chain}\n{ours}\nis not\n{theirs}");
    }
}
