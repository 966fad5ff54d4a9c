use super::*;
use crate::testing::{ACTIVATIONS, FLOAT, Pair, assert_same, channels_last, error, panic_of, randn};
use tch::Kind;

/// Windows of every kind, for a weight of `[24, 8 / groups, 3, 3]`.
fn windows() -> [Window; 5] {
    [
        Window::default(),
        Window { padding: [1, 2], ..Window::default() },
        Window { stride: [2, 1], dilation: [1, 2], ..Window::default() },
        Window { stride: [2, 2], padding: [1, 1], groups: 4, ..Window::default() },
        Window { padding: [1, 1], groups: 8, ..Window::default() },
    ]
}

fn check(window: Window, biased: bool, kind: Kind, activations: &[Pair]) {
    let Window { stride, padding, dilation, groups } = window;
    let weight = randn(&[24, 8 / groups, 3, 3]).to_kind(kind) * 0.1;
    let bias = biased.then(|| randn(&[24]).to_kind(kind));
    // Few multiply-adds, many and none.
    for size in [[1, 8, 7, 9], [9, 8, 13, 17], [0, 8, 7, 9]] {
        let x = randn(&size).to_kind(kind);
        let plain = x.conv2d(&weight, bias.as_ref(), stride, padding, dilation, groups);
        let other = plain.randn_like();
        for (activation, apply) in activations {
            let conv = Conv2d::new(&weight, bias.as_ref(), window, *activation).unwrap();
            for (x, other) in
                [[&x, &other].map(Tensor::shallow_clone), [&x, &other].map(channels_last)].map(<(_, _)>::from)
            {
                assert_same(&conv.forward(&x), &apply(&plain));
                assert_same(&conv.forward_add(&x, &other), &apply(&(&plain + &other)));
            }
        }
    }
}

#[test]
fn a_packed_convolution_is_the_plain_one() {
    tch::set_num_threads(1);
    tch::manual_seed(1);
    for window in windows() {
        for biased in [false, true] {
            check(window, biased, Kind::Float, &ACTIVATIONS[..2]);
        }
    }
    check(Window::default(), true, Kind::Float, &ACTIVATIONS);
    check(Window::default(), true, Kind::Double, &ACTIVATIONS);
}

/// Compares a weight of `[out, into, 3, 3]` over images that have no tile, few, some, and more than are computed at
/// once. The last two are computed by Winograd's convolution.
fn check_winograd([out, into]: [i64; 2], padding: [i64; 2], activations: &[Pair]) {
    let (weight, bias) = (randn(&[out, into, 3, 3]) / (3.0 * (into as f64).sqrt()), randn(&[out]));
    let bias = (out > 1).then_some(&bias);
    let window = Window { padding, ..Window::default() };
    for size in [[0, into, 9, 9], [1, into, 4, 6], [3, into, 9, 14], [2, into, 31, 27]] {
        let x = randn(&size);
        let plain = x.conv2d(&weight, bias, [1, 1], padding, [1, 1], 1);
        let (other, each) = (plain.randn_like(), randn(&[out, 1, 1]));
        for (activation, apply) in activations {
            let conv = Conv2d::new(&weight, bias, window, *activation).unwrap();
            assert_eq!(matches!(conv.weight, Weight::Panels { .. }), winograd::takes(&conv.kernel));
            for x in [x.shallow_clone(), channels_last(&x)] {
                assert_same(&conv.forward(&x), &apply(&plain));
                assert_same(&conv.forward_add(&x, &other), &apply(&(&plain + &other)));
                assert_same(&conv.forward_add(&x, &channels_last(&other)), &apply(&(&plain + &other)));
                assert_same(&conv.forward_add(&x, &each), &apply(&(&plain + &each)));
            }
        }
    }
}

#[test]
fn winograds_convolution_is_the_plain_one() {
    tch::manual_seed(1);
    check_winograd([20, 16], [1, 1], &ACTIVATIONS);
    for (size, padding) in [([1, 70], [0, 0]), ([130, 24], [2, 0]), ([64, 64], [1, 3])] {
        check_winograd(size, padding, &ACTIVATIONS[..2]);
    }
}

#[test]
fn winograds_convolution_keeps_what_is_not_a_number() {
    let conv = Conv2d::new(&Tensor::ones([16, 16, 3, 3], FLOAT), None, Window::default(), Activation::Relu).unwrap();
    let x = Tensor::ones([1, 16, 34, 34], FLOAT);
    let _ = x.narrow(2, 5, 1).narrow(3, 9, 1).fill_(f64::NAN);
    let y = conv.forward(&x);
    assert!(y.narrow(2, 3, 3).narrow(3, 7, 3).isnan().all().int64_value(&[]) == 1);
    assert_eq!(y.double_value(&[0, 15, 20, 20]).round(), 144.0);
}

/// With few and with more channels, contiguous and channels-last.
#[test]
fn pooling_behind_it_is_the_plain_one() {
    tch::set_num_threads(2);
    tch::manual_seed(1);
    for [out, into, kernel, padding] in [[6, 1, 5, 2], [1, 3, 3, 1], [7, 2, 1, 0], [9, 4, 4, 3], [32, 16, 3, 1]] {
        let (weight, bias) = (randn(&[out, into, kernel, kernel]) * 0.3, randn(&[out]));
        for [height, width, pooled] in [[28, 28, 2], [9, 70, 3], [40, 33, 1], [130, 21, 2], [7, 6, 4]] {
            let x = randn(&[3, into, height, width]);
            let window = Window { padding: [padding, padding], ..Window::default() };
            let plain = x.conv2d(&weight, Some(&bias), [1, 1], window.padding, [1, 1], 1);
            let activations = if height == 9 { &ACTIVATIONS[..] } else { &ACTIVATIONS[1..2] };
            for (activation, apply) in activations {
                let conv = Conv2d::new(&weight, Some(&bias), window, *activation).unwrap();
                let plain = apply(&plain).max_pool2d([pooled, pooled], [pooled, pooled], [0, 0], [1, 1], false);
                for x in [x.shallow_clone(), channels_last(&x)] {
                    assert_same(&conv.forward_max_pool(&x, [pooled, pooled]), &plain);
                }
            }
        }
    }
}

#[test]
fn a_window_is_as_high_and_as_wide_as_it_says_and_finds_what_is_no_number() {
    let weight = randn(&[5, 1, 3, 3]);
    let conv = Conv2d::new(&weight, None, Window::default(), Activation::Relu).unwrap();
    let x = randn(&[2, 1, 50, 47]);
    let _ = x.narrow(2, 20, 1).narrow(3, 30, 1).fill_(f64::NAN);
    let plain = x.conv2d(&weight, None::<Tensor>, [1, 1], [0, 0], [1, 1], 1).relu();
    for window in [[1, 2], [2, 1], [3, 2], [2, 5], [4, 4]] {
        let found = conv.forward_max_pool(&x, window);
        let expected = plain.max_pool2d(window, window, [0, 0], [1, 1], false);
        assert_eq!(found.isnan(), expected.isnan());
        assert_same(&found.nan_to_num(0.0, 0.0, 0.0), &expected.nan_to_num(0.0, 0.0, 0.0));
    }
}

#[test]
fn it_is_not_trained_further_and_records_no_gradient() {
    for size in [8, 400] {
        let mut weight = Tensor::ones([1, 1, 3, 3], FLOAT).set_requires_grad(true);
        let conv = Conv2d::new(&weight, None, Window::default(), Activation::None).unwrap();
        let _ = no_grad(|| weight.fill_(2.0));
        let result = conv.forward(&Tensor::ones([1, 1, size, size], FLOAT));
        assert!(!result.requires_grad());
        assert_eq!(result.double_value(&[0, 0, 0, 0]), 9.0);
    }
}

#[test]
fn weights_that_do_not_fit_are_errors() {
    let [flat, weight] = [&[6, 3][..], &[6, 3, 3, 3]].map(|size| Tensor::zeros(size, FLOAT));
    let make = |weight, bias, window| error(Conv2d::new(weight, bias, window, Activation::None));
    assert_eq!(
        make(&flat, None, Window::default()),
        "packed convolution: the weight must have 4 dimensions\nnote: weight: f32 [6, 3]\n\
         help: give what one layer was made of"
    );
    assert!(make(&weight, Some(&flat), Window::default()).contains("the bias must be [6]"));
    assert!(make(&weight, None, Window { groups: 4, ..Window::default() }).contains("divide 6 channels"));
}

#[test]
fn inputs_that_do_not_fit_are_panics() {
    let conv = Conv2d::new(&Tensor::zeros([6, 3, 3, 3], FLOAT), None, Window::default(), Activation::Relu).unwrap();
    let x = Tensor::zeros([2, 3, 8, 8], FLOAT);
    let wide = Tensor::zeros([2, 4, 8, 8], FLOAT);
    let taken = "libtorch: a packed convolution over [N, 3, H, W] of f32 on the CPU cannot take";
    assert_eq!(panic_of(|| conv.forward(&wide)), format!("{taken} Float [2, 4, 8, 8] on cpu"));
    assert_eq!(panic_of(|| conv.forward(&x.to_kind(Kind::Double))), format!("{taken} Double [2, 3, 8, 8] on cpu"));
    assert_eq!(panic_of(|| conv.forward(&x.flatten(0, 1))), format!("{taken} Float [6, 8, 8] on cpu"));
    assert_eq!(
        panic_of(|| conv.forward(&Tensor::zeros([2, 3, 2, 8], FLOAT))),
        "libtorch: a kernel of 3x3 does not fit in [2, 3, 2, 8]"
    );
    let panic = panic_of(|| conv.forward_max_pool(&x, [7, 7]));
    assert!(panic.contains("Output size is too small"), "{panic}");
    let panic = panic_of(|| conv.forward_add(&x, &x));
    assert!(panic.contains("The size of tensor a (6) must match the size of tensor b (8)"), "{panic}");
}
