//! Patterns, against reshapes and sums written out.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Patches(image: [N, 3, H, W]) -> (a: [N, H / 4 * (W / 2), 24], b: [N, 3, H, W]) where H % 4 == 0, W % 2 == 0, H >= 4, W >= 2 {
        let [_, _, h, w] = id;
        let a = rearrange "b c (h p) (w q) -> b (h w) (p q c)" p=4 q=2;
        let b = a -> rearrange "b (h w) (p q c) -> b c (h p) (w q)" p=4 q=2 h=(h / 4) w=(w / 2);
        (a, b)
    }

    pub Known(image: [N, 3, 8, 8]) -> [N, 16, 12] {
        rearrange "b c (h p) (w q) -> b (h w) (p q c)" p=2 q=2
    }

    pub Orders(x: [N, T, 12]) -> (a: [N, 4, T, 3], b: [N, T, 12], c: [12, N * T], d: [N, T, 12], e: [N, 1, T, 12, 1], f: [T, N, 2, 6], g: [N, T * 12]) {
        let a = rearrange "n t (h e) -> n h t e" e=3;
        let b = a -> rearrange "n h t e -> n t (h e)";
        let c = rearrange "n t d -> d (n t)";
        let d = rearrange "n ... -> n ...";
        let e = rearrange "n ... d -> n 1 ... d 1" -> rearrange "n 1 t d () -> n t d" -> rearrange "n t d -> n () t d ()";
        let f = rearrange "n t (a b) -> t n a b" a=2;
        let g = rearrange "n ... -> n (...)";
        (a, b, c, d, e, f, g)
    }

    pub Reduced(x: [N, 4, 6, 8]) -> (a: [N, 4], b: [N, 4, 3, 4], c: [6, N], d: [N, 4, 3, 4], e: [N, 2], f: [N, 1, 1], g: [N, 4, 6, 8]) {
        let a = reduce "b c h w -> b c" mean;
        let b = reduce "b c (h 2) (w 2) -> b c h w" max;
        let c = reduce "b c h w -> h b" sum;
        let d = reduce "b c (h p) (w q) -> b c h w" min p=2 q=2;
        let e = reduce "b (c x) ... -> b c" prod x=2;
        let f = reduce "b ... -> b 1 1" mean;
        let g = reduce "b c h w -> b c h w" mean;
        (a, b, c, d, e, f, g)
    }

    pub Counted(x: bool[N, 3]) -> (sum: i64[N], max: bool[3]) {
        let sum = reduce "n d -> n" sum;
        let max = reduce "n d -> d" max;
        (sum, max)
    }

    pub Sums(a: [N, T, 4], b: [N, S, 4], m: [4, 4]) -> (scores: [N, T, S], product: [N, T, 4], trace: [], diagonal: [4], implicit: [4, N, T], batched: [N, T, 4], three: [N, T, S]) {
        let scores = (a, b) -> einsum "ntd,nsd->nts";
        let product = (a, m) -> einsum "...d,de->...e";
        let trace = m -> einsum "ii";
        let diagonal = m -> einsum "ii->i";
        let implicit = a -> einsum "bca";
        let batched = (m, a) -> einsum "ed, ...d -> ...e";
        let three = (a, m, b) -> einsum "ntd,de,nse->nts";
        (scores, product, trace, diagonal, implicit, batched, three)
    }
}

#[test]
fn patches() {
    let x = random(&[2, 3, 8, 6]);
    let (a, b) = made::<Patches>().forward(&x);
    assert_close(&a, &x.reshape([2, 3, 2, 4, 3, 2]).permute([0, 2, 4, 3, 5, 1]).reshape([2, 6, 24]));
    assert_close(&b, &x);
    let x = random(&[2, 3, 8, 8]);
    let expected = x.reshape([2, 3, 4, 2, 4, 2]).permute([0, 2, 4, 3, 5, 1]).reshape([2, 16, 12]);
    assert_close(&made::<Known>().forward(&x), &expected);
}

#[test]
fn an_empty_batch() {
    let (a, b) = made::<Patches>().forward(&random(&[0, 3, 8, 6]));
    assert_eq!((a.size(), b.size()), (vec![0, 6, 24], vec![0, 3, 8, 6]));
    assert_eq!(made::<Known>().forward(&random(&[0, 3, 8, 8])).size(), [0, 16, 12]);
    assert_eq!(made::<Orders>().forward(&random(&[0, 5, 12])).0.size(), [0, 4, 5, 3]);
}

#[test]
fn orders() {
    let x = random(&[2, 5, 12]);
    let (a, b, c, d, e, f, g) = made::<Orders>().forward(&x);
    assert_close(&a, &x.reshape([2, 5, 4, 3]).permute([0, 2, 1, 3]));
    assert_close(&b, &x);
    assert_close(&c, &x.permute([2, 0, 1]).reshape([12, 10]));
    assert_close(&d, &x);
    assert_close(&e, &x.reshape([2, 1, 5, 12, 1]));
    assert_close(&f, &x.reshape([2, 5, 2, 6]).transpose(0, 1));
    assert_close(&g, &x.reshape([2, 60]));
}

#[test]
fn reduced() {
    let x = random(&[2, 4, 6, 8]);
    let (a, b, c, d, e, f, g) = made::<Reduced>().forward(&x);
    assert_close(&a, &x.reshape([2, 4, 48]).mean_dim(2, false, None));
    assert_close(&b, &x.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false));
    assert_close(&c, &x.permute([2, 0, 1, 3]).reshape([6, 2, 32]).sum_dim_intlist(2, false, None));
    assert_close(&d, &-(-&x).max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false));
    assert_close(&e, &x.reshape([2, 2, 96]).prod_dim_int(2, false, None));
    assert_close(&f, &x.reshape([2, 1, 192]).mean_dim(2, true, None));
    assert_close(&g, &x);
}

#[test]
fn counted() {
    let (sum, max) = made::<Counted>().forward(&Tensor::from_slice2(&[[true, false, true], [false, false, true]]));
    assert_eq!(sum, Tensor::from_slice(&[2_i64, 1]));
    assert_eq!(max, Tensor::from_slice(&[true, false, true]));
}

#[test]
fn sums() {
    let (a, b, m) = (random(&[2, 3, 4]), random(&[2, 5, 4]), random(&[4, 4]));
    let (scores, product, trace, diagonal, implicit, batched, three) = made::<Sums>().forward(&a, &b, &m);
    assert_close(&scores, &a.matmul(&b.transpose(1, 2)));
    assert_close(&product, &a.matmul(&m));
    assert_close(&trace, &m.trace());
    assert_close(&diagonal, &m.diagonal(0, 0, 1));
    assert_close(&implicit, &a.permute([2, 0, 1]));
    assert_close(&batched, &a.matmul(&m.transpose(0, 1)));
    assert_close(&three, &a.matmul(&m).matmul(&b.transpose(1, 2)));
}
