//! Dense layers against sums of products.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Linear(x: [N, T, 7]) -> [N, T, 5] { linear 5 in=7 -> linear 5 bias=false }

    pub Bilinear(a: [N, T, 3], b: [N, T, 4]) -> [N, T, 5] { (a, b) -> bilinear 5 }

    pub BareBilinear(a: [3], b: [4]) -> [5] { (a, b) -> bilinear 5 bias=false init=orthogonal }
}

#[test]
fn products_with_features() {
    let net = made::<Linear>();
    let x = random(&[2, 3, 7]);
    let hidden = Tensor::einsum("nti,oi->nto", &[&x, &net.linear1.weight], None::<i64>) + &net.linear1.bias;
    assert_close(&net.forward(&x), &Tensor::einsum("nti,oi->nto", &[&hidden, &net.linear2.weight], None::<i64>));
}

#[test]
fn products_of_two_values() {
    let net = made::<Bilinear>();
    let (a, b) = (random(&[2, 6, 3]), random(&[2, 6, 4]));
    let expected = Tensor::einsum("nti,oij,ntj->nto", &[&a, &net.bilinear1.weight, &b], None::<i64>);
    assert_close(&net.forward(&a, &b), &(expected + &net.bilinear1.bias));
    let largest = net.bilinear1.weight.abs().max().double_value(&[]);
    assert!((0.9..1.0).contains(&(largest * 3f64.sqrt())), "the fan is the size of the first input");

    let net = made::<BareBilinear>();
    let (a, b) = (random(&[3]), random(&[4]));
    assert_close(&net.forward(&a, &b), &Tensor::einsum("i,oij,j->o", &[&a, &net.bilinear1.weight, &b], None::<i64>));
}
