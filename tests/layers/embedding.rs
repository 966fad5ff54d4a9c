//! Embeddings against look-ups, and positions against the formula.

mod common;

use common::{assert_close, made, random};
use nn_dsl::prelude::*;

const VOCABULARY: i64 = 12;

network! {
    pub Words(tokens: i64[N, T]) -> [N, T, 8] { embedding 10 8 }

    pub Padded(tokens: i64[T]) -> [T, 8] { embedding VOCABULARY dim=8 padding_idx=-1 }

    pub Initialised(token: i32[]) -> [8] { embedding 10 dim=8 padding_idx=3 init=ones }

    pub Positions(x: [N, T, 6]) -> [N, T, 6] { positional }

    pub OddPositions(x: [T, 5]) -> [T, 5] { positional }
}

#[test]
fn rows_of_the_weight() {
    let net = made::<Words>();
    let weight = &net.embedding1.weight;
    let tokens = Tensor::from_slice2(&[[1i64, 9, 0], [3, 3, 7]]);
    let output = net.forward(&tokens);
    assert_eq!(output.size(), [2, 3, 8]);
    assert_close(&output, &weight.index_select(0, &tokens.flatten(0, 1)).view([2, 3, 8]));
    let deviation = weight.std(true).double_value(&[]);
    assert!((0.7..1.3).contains(&deviation), "normally distributed, and not with a deviation of {deviation}");
}

#[test]
fn a_row_for_padding() {
    let net = made::<Padded>();
    let weight = &net.embedding1.weight;
    assert_eq!(weight.size(), [VOCABULARY, 8]);
    assert_close(&weight.get(11), &Tensor::zeros([8], (Kind::Float, Device::Cpu)));
    assert!(weight.get(0).abs().sum(Kind::Float).double_value(&[]) > 0.1);
    net.forward(&Tensor::from_slice(&[0i64, 11, 11])).sum(Kind::Float).backward();
    let gradients = weight.grad().sum_dim_intlist([1].as_slice(), false, Kind::Float);
    assert_eq!(gradients.double_value(&[0]), 8.0);
    assert_eq!(gradients.double_value(&[11]), 0.0);
    assert_close(&made::<Initialised>().forward(&Tensor::from(3i32)), &Tensor::ones([8], (Kind::Float, Device::Cpu)));
}

#[test]
fn sines_and_cosines() {
    let wave = |position: i64, feature: i64, features: f64| {
        let angle = position as f64 / 1e4f64.powf((feature / 2 * 2) as f64 / features);
        if feature % 2 == 0 { angle.sin() as f32 } else { angle.cos() as f32 }
    };
    let table = |positions: i64, features: i64| {
        let values: Vec<f32> =
            (0..positions).flat_map(|t| (0..features).map(move |i| wave(t, i, features as f64))).collect();
        Tensor::from_slice(&values).view([positions, features])
    };
    let x = random(&[2, 40, 6]);
    assert_close(&made::<Positions>().forward(&x), &(&x + table(40, 6)));
    let x = random(&[7, 5]);
    assert_close(&made::<OddPositions>().forward(&x), &(&x + table(7, 5)));
}
