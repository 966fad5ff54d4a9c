//! Embeddings against look-ups, and positions against the formula.

use crate::common::{assert_close, made, made_in, random};
use nn_dsl::prelude::*;

const VOCABULARY: i64 = 12;

network! {
    pub Words(tokens: i64[N, T]) -> [N, T, 8] { embedding 10 8 }

    pub Padded(tokens: i64[T]) -> [T, 8] { embedding VOCABULARY dim=8 padding_idx=-1 }

    pub Initialised(token: i32[]) -> [8] { embedding 10 dim=8 padding_idx=3 init=ones }

    pub Tied(tokens: i64[N, T]) -> [N, T, 10] {
        shared words = embedding 10 8;
        tokens -> words -> linear 10 bias=false weight=words.weight
    }

    pub Looked(x: [4, 3], at: i64[2], of: i64[1, 3], class: i64[N]) -> (rows: [2, 3], elements: [1, 3], classes: i64[N, 5]) {
        let rows = (x, at) -> index_select 0;
        let elements = (x, of) -> gather 0;
        let classes = class -> one_hot 5;
        (rows, elements, classes)
    }

    pub Failing(x: [N, 3]) -> [N, 3] { apply fail }

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
fn a_shared_layer_gives_its_weight() {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = made_in::<Tied>(&vs);
    assert_eq!(vs.variables().into_keys().collect::<Vec<_>>(), ["words.weight"]);
    let tokens = Tensor::from_slice2(&[[1i64, 9, 0]]);
    let weight = &net.words.weight;
    let looked_up = weight.index_select(0, &tokens.flatten(0, 1)).view([1, 3, 8]);
    assert_close(&net.forward(&tokens), &looked_up.matmul(&weight.transpose(0, 1)));
}

/// A user's function in which libtorch fails.
fn fail(x: &Tensor) -> Tensor {
    x.matmul(x)
}

/// The message of a panic.
fn panic_text<T>(run: impl FnOnce() -> T) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).err().expect("it panics");
    panic.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn an_index_out_of_range() {
    let net = made::<Words>();
    for index in [10, -1] {
        let tokens = Tensor::from_slice2(&[[1i64, index]]);
        let reason = format!("`embedding` gets the index {index}, but its indices are 0 to 9");
        let error = net.try_forward(&tokens).unwrap_err();
        assert_eq!(error.to_string(), format!("`Words` cannot be run: {reason}"));
        assert_eq!(panic_text(|| net.forward(&tokens)), reason);
    }
    assert_eq!(net.try_forward(&Tensor::from_slice2(&[[1i64, 9]])).expect("it fits").size(), [1, 2, 8]);
}

#[test]
fn each_layer_says_which_index() {
    let net = made::<Looked>();
    let x = random(&[4, 3]);
    let run = |at: i64, of: i64, class: i64| {
        let (at, of) = (Tensor::from_slice(&[0, at]), Tensor::from_slice2(&[[0, 0, of]]));
        net.try_forward(&x, &at, &of, &Tensor::from_slice(&[class])).map(|_| ()).map_err(|error| error.to_string())
    };
    let wrong = |layer, index, last| {
        Err(format!("`Looked` cannot be run: `{layer}` gets the index {index}, but its indices are 0 to {last}"))
    };
    assert_eq!(run(3, 3, 4), Ok(()));
    assert_eq!(run(4, 3, 4), wrong("index_select", 4, 3));
    assert_eq!(run(3, 7, 4), wrong("gather", 7, 3));
    assert_eq!(run(3, 3, 5), wrong("one_hot", 5, 4));
    assert_eq!(run(3, 3, -1), wrong("one_hot", -1, 4));
}

#[test]
fn what_libtorch_says_is_one_line() {
    let error = made::<Failing>().try_forward(&random(&[2, 3])).unwrap_err();
    let says = "libtorch: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)";
    assert_eq!(error.to_string(), format!("`Failing` cannot be run: {says}"));
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
