//! Recurrent layers that start from zeros.

use tch::Tensor;

/// `[N, T, in]` to `[N, T, directions * hidden]`. `weights` are in libtorch's order: those of each layer in each direction.
pub fn lstm(
    input: &Tensor,
    weights: &[&Tensor],
    bias: bool,
    layers: i64,
    dropout: f64,
    train: bool,
    bidirectional: bool,
) -> Tensor {
    let zeros = zeros(input, weights, layers, bidirectional);
    let states = [&zeros, &zeros];
    input.lstm(&states, weights, bias, layers, dropout, train, bidirectional, true).0
}

macro_rules! with_one_state {
    ($($name:ident),*) => {
        $(
            /// As [`lstm`], for a cell with one state.
            pub fn $name(
                input: &Tensor,
                weights: &[&Tensor],
                bias: bool,
                layers: i64,
                dropout: f64,
                train: bool,
                bidirectional: bool,
            ) -> Tensor {
                let zeros = zeros(input, weights, layers, bidirectional);
                input.$name(&zeros, weights, bias, layers, dropout, train, bidirectional, true).0
            }
        )*
    };
}

with_one_state!(gru, rnn_tanh, rnn_relu);

/// `[layers * directions, N, hidden]`
fn zeros(input: &Tensor, weights: &[&Tensor], layers: i64, bidirectional: bool) -> Tensor {
    let directions = if bidirectional { 2 } else { 1 };
    // The second weight of a layer is `[gates * hidden, hidden]`.
    let hidden = weights[1].size()[1];
    Tensor::zeros([layers * directions, input.size()[0], hidden], (input.kind(), input.device()))
}
