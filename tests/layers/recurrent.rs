//! Recurrent layers against their equations, step by step.

use crate::common::{assert_close, made, made_in, random};
use nn_dsl::prelude::*;

network! {
    pub Lstm(x: [N, T, 5], h: [1, N, 4], c: [1, N, 4]) -> (y: [N, T, 4], h: [1, N, 4], c: [1, N, 4]) {
        (x, h, c) -> lstm 4 in=5
    }

    pub Gru(x: [N, T, 5], h: [1, N, 4]) -> (y: [N, T, 4], h: [1, N, 4]) { (x, h) -> gru 4 }

    pub Rnn(x: [N, T, 5], h: [1, N, 4]) -> (tanh: [N, T, 4], relu: [N, T, 4], h: [1, N, 4]) {
        let (tanh, _) = (x, h) -> rnn 4;
        let (relu, h) = (x, h) -> rnn 4 nonlinearity=relu bias=false;
        (tanh, relu, h)
    }

    /// From zeros, two layers in two directions: the same as one after another.
    pub Deep(x: [N, T, 5]) -> (lstm: [N, T, 8], gru: [N, T, 8], tanh: [N, T, 8], relu: [N, T, 8]) {
        let lstm = lstm 4 layers=2 bidirectional=true;
        let gru = gru 4 layers=2 bidirectional=true bias=false;
        let tanh = rnn 4 layers=2 bidirectional=true init=orthogonal bias_init=ones;
        let relu = rnn 4 layers=2 bidirectional=true nonlinearity=relu;
        (lstm, gru, tanh, relu)
    }

    pub Dropped(x: [N, T, 5]) -> [N, T, 4] { option p = 1.0; lstm 4 layers=2 bias_init=zeros dropout=p }

    /// A parameter of one layer as a value for another.
    pub Read(x: [N, T, 5]) -> [N, T, 5] {
        let y = rnn: rnn 5;
        y -> linear 5 weight=rnn.weight_hh_l0
    }

    pub Turns(x: [N, T, 4]) -> [N, T, 4] { layers: repeat 3 { gru 4 } }
}

/// The rows for each gate, from the input and from the state.
fn gates<const N: usize>(x: &Tensor, h: &Tensor, [w, u, b, v]: [&Tensor; 4]) -> ([Tensor; N], [Tensor; N]) {
    let parts = |rows: Tensor| <[Tensor; N]>::try_from(rows.chunk(N as i64, -1)).unwrap();
    (parts(x.linear(w, Some(b))), parts(h.linear(u, Some(v))))
}

#[test]
fn lstm_follows_its_equations() {
    let net = made::<Lstm>();
    let (x, h0, c0) = (random(&[2, 3, 5]), random(&[1, 2, 4]), random(&[1, 2, 4]));
    let cell = &net.lstm1;
    let weights = [&cell.weight_ih_l0, &cell.weight_hh_l0, &cell.bias_ih_l0, &cell.bias_hh_l0];
    let (mut h, mut c, mut ys) = (h0.squeeze_dim(0), c0.squeeze_dim(0), Vec::new());
    for t in 0..3 {
        let (a, b) = gates::<4>(&x.select(1, t), &h, weights);
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| &a[gate] + &b[gate]);
        c = f.sigmoid() * &c + i.sigmoid() * g.tanh();
        h = o.sigmoid() * c.tanh();
        ys.push(h.shallow_clone());
    }
    // A state need not be contiguous.
    let strided = h0.transpose(1, 2).contiguous().transpose(1, 2);
    let (y, last_h, last_c) = net.forward(&x, &strided, &c0);
    assert_close(&y, &Tensor::stack(&ys, 1));
    assert_close(&last_h, &h.unsqueeze(0));
    assert_close(&last_c, &c.unsqueeze(0));
}

#[test]
fn gru_follows_its_equations() {
    let net = made::<Gru>();
    let (x, h0) = (random(&[2, 3, 5]), random(&[1, 2, 4]));
    let cell = &net.gru1;
    let weights = [&cell.weight_ih_l0, &cell.weight_hh_l0, &cell.bias_ih_l0, &cell.bias_hh_l0];
    let (mut h, mut ys) = (h0.squeeze_dim(0), Vec::new());
    for t in 0..3 {
        let (a, b) = gates::<3>(&x.select(1, t), &h, weights);
        let (r, z) = ((&a[0] + &b[0]).sigmoid(), (&a[1] + &b[1]).sigmoid());
        let n = (&a[2] + r * &b[2]).tanh();
        h = &n + z * (&h - &n);
        ys.push(h.shallow_clone());
    }
    let (y, last) = net.forward(&x, &h0);
    assert_close(&y, &Tensor::stack(&ys, 1));
    assert_close(&last, &h.unsqueeze(0));
}

#[test]
fn rnn_follows_its_equations() {
    let net = made::<Rnn>();
    let (x, h0) = (random(&[2, 3, 5]), random(&[1, 2, 4]));
    let (mut tanh, mut relu) = (h0.squeeze_dim(0), h0.squeeze_dim(0));
    for t in 0..3 {
        let (x, cell) = (x.select(1, t), &net.rnn1);
        let inner = x.linear(&cell.weight_ih_l0, Some(&cell.bias_ih_l0))
            + tanh.linear(&cell.weight_hh_l0, Some(&cell.bias_hh_l0));
        tanh = inner.tanh();
        relu = (x.matmul(&net.rnn2.weight_ih_l0.tr()) + relu.matmul(&net.rnn2.weight_hh_l0.tr())).relu();
    }
    let (y_tanh, y_relu, last) = net.forward(&x, &h0);
    assert_close(&y_tanh.select(1, 2), &tanh);
    assert_close(&y_relu.select(1, 2), &relu);
    assert_close(&last, &relu.unsqueeze(0));
}

#[test]
fn layers_and_directions_are_stacked() {
    let net = made::<Deep>();
    let x = random(&[2, 3, 5]);
    let (lstm, gru, tanh, relu) = net.forward(&x);

    let zeros = Tensor::zeros([4, 2, 4], (Kind::Float, Device::Cpu));
    let w = &net.lstm1;
    let weights = [
        [&w.weight_ih_l0, &w.weight_hh_l0, &w.bias_ih_l0, &w.bias_hh_l0],
        [&w.weight_ih_l0_reverse, &w.weight_hh_l0_reverse, &w.bias_ih_l0_reverse, &w.bias_hh_l0_reverse],
        [&w.weight_ih_l1, &w.weight_hh_l1, &w.bias_ih_l1, &w.bias_hh_l1],
        [&w.weight_ih_l1_reverse, &w.weight_hh_l1_reverse, &w.bias_ih_l1_reverse, &w.bias_hh_l1_reverse],
    ];
    let one = zeros.narrow(0, 0, 1);
    let run = |x: &Tensor, weights: [&Tensor; 4]| x.lstm(&[&one, &one], &weights, true, 1, 0.0, false, false, true).0;
    let both = |x: &Tensor, [there, back]: [[&Tensor; 4]; 2]| {
        Tensor::cat(&[run(x, there), run(&x.flip([1]), back).flip([1])], -1)
    };
    assert_close(&lstm, &both(&both(&x, [weights[0], weights[1]]), [weights[2], weights[3]]));

    let w = &net.gru1;
    let weights = [
        &w.weight_ih_l0,
        &w.weight_hh_l0,
        &w.weight_ih_l0_reverse,
        &w.weight_hh_l0_reverse,
        &w.weight_ih_l1,
        &w.weight_hh_l1,
        &w.weight_ih_l1_reverse,
        &w.weight_hh_l1_reverse,
    ];
    assert_close(&gru, &x.gru(&zeros, &weights, false, 2, 0.0, false, true, true).0);
    assert!(tanh.abs().max().double_value(&[]) <= 1.0 && relu.min().double_value(&[]) >= 0.0);
}

#[test]
fn parameters_start_and_are_named_as_pytorchs() {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = made_in::<Deep>(&vs);
    let names = vs.variables();
    for suffix in ["l0", "l0_reverse", "l1", "l1_reverse"] {
        assert_eq!(
            names[&format!("lstm1.weight_ih_{suffix}")].size(),
            [16, if suffix.starts_with("l0") { 5 } else { 8 }]
        );
        assert_eq!(names[&format!("lstm1.bias_hh_{suffix}")].size(), [16]);
        assert_eq!(names[&format!("gru1.weight_hh_{suffix}")].size(), [12, 4]);
    }
    assert!(!names.keys().any(|name| name.starts_with("gru1.bias")));
    for tensor in [&net.lstm1.weight_ih_l0, &net.lstm1.weight_hh_l1, &net.gru1.weight_ih_l1_reverse] {
        let largest = tensor.abs().max().double_value(&[]);
        assert!((0.4..=0.5).contains(&largest), "uniform within 1 / sqrt(hidden), and the largest is {largest}");
    }
    assert_close(&net.rnn1.bias_ih_l1, &Tensor::ones([4], (Kind::Float, Device::Cpu)));
    let square = net.rnn1.weight_hh_l0.matmul(&net.rnn1.weight_hh_l0.tr());
    assert_close(&square, &Tensor::eye(4, (Kind::Float, Device::Cpu)));
}

#[test]
fn dropout_is_between_the_layers_in_training() {
    let mut net = made::<Dropped>();
    let x = random(&[2, 3, 5]);
    // All inputs of the second layer are dropped, and without biases zeros give zeros.
    assert_close(&net.forward_t(&x, true), &Tensor::zeros([2, 3, 4], (Kind::Float, Device::Cpu)));
    let evaluated = net.forward(&x);
    assert!(evaluated.abs().max().double_value(&[]) > 0.0);
    net.p = 0.0;
    assert_close(&net.forward_t(&x, true), &evaluated);
}

#[test]
fn parameters_are_values_and_layers_turns() {
    let net = made::<Read>();
    let x = random(&[2, 3, 5]);
    let states = Tensor::zeros([1, 2, 5], (Kind::Float, Device::Cpu));
    let w = &net.rnn;
    let weights = [&w.weight_ih_l0, &w.weight_hh_l0, &w.bias_ih_l0, &w.bias_hh_l0];
    let y = x.rnn_tanh(&states, &weights, true, 1, 0.0, false, false, true).0;
    assert_close(&net.forward(&x), &y.linear(&w.weight_hh_l0, Some(&net.linear1.bias)));

    let vs = nn::VarStore::new(Device::Cpu);
    assert_eq!(made_in::<Turns>(&vs).forward(&random(&[2, 3, 4])).size(), [2, 3, 4]);
    assert!(vs.variables().contains_key("layers.2.weight_hh_l0"));
}

#[test]
fn gradients_flow_to_every_parameter() {
    let vs = nn::VarStore::new(Device::Cpu);
    let (lstm, gru, tanh, relu) = made_in::<Deep>(&vs).forward_t(&random(&[2, 3, 5]), true);
    (lstm.sum(None) + gru.sum(None) + tanh.sum(None) + relu.sum(None)).backward();
    for (name, tensor) in vs.variables() {
        assert!(tensor.grad().defined(), "{name} has no gradient");
    }
}
