//! Comparing, choosing and indexing against loops and direct calls.

use crate::common::{assert_close, made, random};
use nn_dsl::prelude::*;

network! {
    pub Compared(x: i64[N, 3], y: i64[3]) -> (numbers: bool[N, 6, 3], values: bool[N, 6, 3], negated: bool[N, 3]) {
        let numbers = x -> stack { eq 1, ne 1, lt 1, le 1, gt 0.5, ge 1.5 };
        let values = stack { (x, y) -> eq, (x, y) -> ne, (x, y) -> lt, (x, y) -> le, (x, y) -> gt, (x, y) -> ge };
        let negated = x -> not;
        (numbers, values, negated)
    }

    pub Chosen(x: [N, 3], y: [3], mask: bool[N, 1]) -> (either: [N, 3], filled: [N, 3], by_key: [N, 3], never: [N, 3], integers: i64[N, 3]) {
        let either = (mask, x, y) -> where;
        let filled = (x, mask) -> masked_fill 0.5;
        let by_key = x -> masked_fill mask=mask value=-1e9;
        let never = (x, mask) -> masked_fill value=-inf;
        let integers = (x -> cast i64, mask) -> masked_fill value=-7;
        (either, filled, by_key, never, integers)
    }

    pub Indexed(x: [N, T], index: i64[M], places: i64[N, K], short: i32[])
        -> (slices: [N, M], row: [1, T], elements: [N, K])
    {
        let slices = (x, index) -> index_select 1;
        let row = (x, short) -> index_select dim=0;
        let elements = (x, places) -> gather dim=-1;
        (slices, row, elements)
    }

    pub Ranked(x: [N, T]) -> (values: [N, 3], places: i64[N, 3], least: [2, T], half: [N, T / 2]) where T >= 3, T % 2 == 0 {
        let (values, places) = topk 3 dim=1;
        let (least, _) = topk 2 dim=0 largest=false sorted=true;
        let (half, _) = topk (T / 2) dim=-1;
        (values, places, least, half)
    }

    pub OneHot(k: i64[N, T]) -> i64[N, T, 4] { one_hot 4 }
}

/// Applies `holds` to each element of an integer matrix.
fn each(x: &Tensor, holds: fn(i64) -> bool) -> Tensor {
    let elements: Vec<bool> = Vec::<i64>::try_from(x.flatten(0, -1)).unwrap().into_iter().map(holds).collect();
    Tensor::from_slice(&elements).reshape(x.size())
}

#[test]
fn comparisons() {
    let (x, y) = (Tensor::from_slice2(&[[0i64, 1, 2], [2, 1, 0]]), Tensor::from_slice(&[1i64, 1, 1]));
    let (numbers, values, negated) = made::<Compared>().forward(&x, &y);
    let all = |holds: [fn(i64) -> bool; 6]| Tensor::stack(&holds.map(|holds| each(&x, holds)), 1);
    assert_eq!(numbers, all([|x| x == 1, |x| x != 1, |x| x < 1, |x| x <= 1, |x| x >= 1, |x| x > 1]));
    assert_eq!(values, all([|x| x == 1, |x| x != 1, |x| x < 1, |x| x <= 1, |x| x > 1, |x| x >= 1]));
    assert_eq!(negated, each(&x, |x| x == 0));
}

#[test]
fn choices() {
    let (x, y, mask) = (random(&[2, 3]) * 3.0, random(&[3]), Tensor::from_slice(&[true, false]).unsqueeze(1));
    let (either, filled, by_key, never, integers) = made::<Chosen>().forward(&x, &y, &mask);
    assert_close(&either, &Tensor::stack(&[x.select(0, 0), y], 0));
    let with = |value: f64| Tensor::stack(&[x.select(0, 0).full_like(value), x.select(0, 1)], 0);
    assert_close(&filled, &with(0.5));
    assert_close(&by_key, &with(-1e9));
    assert_close(&never, &with(f64::NEG_INFINITY));
    assert_eq!(integers, with(-7.0).to_kind(Kind::Int64));
}

#[test]
fn indices() {
    let x = random(&[2, 5]);
    let (index, short) = (Tensor::from_slice(&[4i64, 0, 4]), Tensor::from(1i32));
    let places = Tensor::from_slice2(&[[1i64, 1, 3, 0], [4, 2, 0, 0]]);
    let (slices, row, elements) = made::<Indexed>().forward(&x, &index, &places, &short);
    assert_close(&slices, &Tensor::stack(&[4, 0, 4].map(|column| x.select(1, column)), 1));
    assert_close(&row, &x.narrow(0, 1, 1));
    for (row, column) in (0..2).flat_map(|row| (0..4).map(move |column| (row, column))) {
        let place = places.int64_value(&[row, column]);
        assert_eq!(elements.double_value(&[row, column]), x.double_value(&[row, place]));
    }

    let (x, k) = (random(&[3, 6]), Tensor::from_slice2(&[[0i64, 3], [1, 1]]));
    let (values, places, least, half) = made::<Ranked>().forward(&x);
    let (sorted, order) = x.sort(1, true);
    assert_close(&values, &sorted.narrow(1, 0, 3));
    assert_eq!(places, order.narrow(1, 0, 3));
    assert_close(&least, &x.sort(0, false).0.narrow(0, 0, 2));
    assert_close(&half, &values);

    let identity = Tensor::eye(4, (Kind::Int64, Device::Cpu));
    assert_eq!(made::<OneHot>().forward(&k), identity.index_select(0, &k.flatten(0, 1)).reshape([2, 2, 4]));
}
