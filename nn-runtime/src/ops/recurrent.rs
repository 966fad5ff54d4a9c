//! Recurrent layers over `[N, T, in]`. The weights are in libtorch's order, by layer and direction.

use tch::Tensor;

use crate::attempt::computed;
use crate::native::{self, lstm::Stack};

/// `[N, T, in]` to `[N, T, directions * hidden]`, with initial states of zeros.
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
    lstm_from(input, &[&zeros, &zeros], weights, bias, layers, dropout, train, bidirectional).0
}

/// An LSTM with the initial states `h` and `c`, `[layers * directions, N, hidden]`. Returns all outputs and the last
/// states. Our own kernel computes it if it is faster than libtorch's.
#[allow(clippy::too_many_arguments)]
pub fn lstm_from(
    input: &Tensor,
    states: &[&Tensor; 2],
    weights: &[&Tensor],
    bias: bool,
    layers: i64,
    dropout: f64,
    train: bool,
    bidirectional: bool,
) -> (Tensor, Tensor, Tensor) {
    let stack = Stack { layers, dropout, bias, train, bidirectional };
    if native::lstm::pays(input, states, weights, &stack) {
        computed(native::lstm::lstm(input, states, weights, &stack)).into()
    } else {
        input.lstm(states, weights, bias, layers, dropout, train, bidirectional, true)
    }
}

macro_rules! with_one_state {
    ($($name:ident, $from:ident;)*) => {
        $(
            /// Like [`lstm`], for a cell with one state.
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
                $from(input, &zeros, weights, bias, layers, dropout, train, bidirectional).0
            }

            /// Like [`lstm_from`], for a cell with one state.
            #[allow(clippy::too_many_arguments)]
            pub fn $from(
                input: &Tensor,
                state: &Tensor,
                weights: &[&Tensor],
                bias: bool,
                layers: i64,
                dropout: f64,
                train: bool,
                bidirectional: bool,
            ) -> (Tensor, Tensor) {
                input.$name(state, weights, bias, layers, dropout, train, bidirectional, true)
            }
        )*
    };
}

with_one_state! {
    gru, gru_from;
    rnn_tanh, rnn_tanh_from;
    rnn_relu, rnn_relu_from;
}

/// `[layers * directions, N, hidden]`
fn zeros(input: &Tensor, weights: &[&Tensor], layers: i64, bidirectional: bool) -> Tensor {
    let directions = if bidirectional { 2 } else { 1 };
    // The second weight of a layer is `[gates * hidden, hidden]`.
    let hidden = weights[1].size()[1];
    Tensor::zeros([layers * directions, input.size()[0], hidden], (input.kind(), input.device()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference_mode;
    use crate::testing::{assert_same, is_wide, randn};
    use tch::Kind;

    /// Batch, steps, features and hidden size, at the edges of all blocks.
    const SHAPES: [[i64; 4]; 8] = [
        [4, 4, 5, 32],
        [9, 5, 32, 64],
        [15, 7, 33, 96],
        [70, 2, 1, 32],
        [13, 100, 64, 32],
        [20, 9, 40, 160],
        [1, 150, 24, 64],
        [150, 3, 16, 64],
    ];

    type States<'a> = [&'a Tensor; 2];
    type Outputs = (Tensor, Tensor, Tensor);

    /// An input, two states, and the weights of a stack.
    fn drawn([batch, steps, features, hidden]: [i64; 4], stack: &Stack) -> Vec<Tensor> {
        let directions = 1 + i64::from(stack.bidirectional);
        let state = [stack.layers * directions, batch, hidden];
        let mut tensors = vec![randn(&[batch, steps, features]), randn(&state), randn(&state)];
        for cell in 0..stack.layers * directions {
            let below = if cell < directions { features } else { directions * hidden };
            let shapes: [&[i64]; 4] = [&[4 * hidden, below], &[4 * hidden, hidden], &[4 * hidden], &[4 * hidden]];
            let count = if stack.bias { 4 } else { 2 };
            tensors.extend(shapes[..count].iter().map(|shape| randn(shape) / (hidden as f64).sqrt()));
        }
        tensors
    }

    fn ours(stack: &Stack) -> impl Fn(&Tensor, &States, &[&Tensor]) -> Outputs {
        let Stack { layers, dropout, bias, train, bidirectional } = *stack;
        move |x, states, weights| lstm_from(x, states, weights, bias, layers, dropout, train, bidirectional)
    }

    fn libtorchs(stack: &Stack) -> impl Fn(&Tensor, &States, &[&Tensor]) -> Outputs {
        let Stack { layers, dropout, bias, train, bidirectional } = *stack;
        move |x, states, weights| x.lstm(states, weights, bias, layers, dropout, train, bidirectional, true)
    }

    /// All outputs, and the gradients of all tensors; if `twice`, the gradients of the gradients' squares too.
    fn results(
        tensors: &[Tensor],
        kind: Kind,
        twice: bool,
        run: impl Fn(&Tensor, &States, &[&Tensor]) -> Outputs,
    ) -> Vec<Tensor> {
        let leaf = |tensor: &Tensor| tensor.to_kind(kind).detach().set_requires_grad(true);
        let tensors: Vec<Tensor> = tensors.iter().map(leaf).collect();
        let weights: Vec<&Tensor> = tensors[3..].iter().collect();
        let (output, last, cell) = run(&tensors[0], &[&tensors[1], &tensors[2]], &weights);
        let loss = output.square().sum(None) + last.sin().sum(None) + (&cell * 0.5).sum(None);
        let mut found = Tensor::run_backward(&[&loss], &tensors, true, twice);
        if twice {
            let squares = found.iter().map(|gradient| gradient.square().sum(None)).sum::<Tensor>();
            found.extend(Tensor::run_backward(&[&squares], &tensors, false, false));
        }
        found.extend([output, last, cell]);
        found.iter().map(|tensor| tensor.detach().to_kind(Kind::Double)).collect()
    }

    fn check(shape: [i64; 4], stack: &Stack, twice: bool) {
        let tensors = drawn(shape, stack);
        let weights: Vec<&Tensor> = tensors[3..].iter().collect();
        assert_eq!(
            native::lstm::pays(&tensors[0], &[&tensors[1], &tensors[2]], &weights, stack),
            is_wide(),
            "{shape:?}"
        );
        let found = results(&tensors, Kind::Float, twice, ours(stack));
        let expected = results(&tensors, Kind::Double, twice, libtorchs(stack));
        for (found, expected) in found.iter().zip(&expected) {
            assert_same(found, expected);
        }
        let (output, last, cell) = inference_mode(|| ours(stack)(&tensors[0], &[&tensors[1], &tensors[2]], &weights));
        for (inferred, found) in [output, last, cell].iter().zip(&found[found.len() - 3..]) {
            assert_eq!(inferred.to_kind(Kind::Double), *found, "{shape:?}");
        }
    }

    fn stack(layers: i64, bias: bool, bidirectional: bool) -> Stack {
        Stack { layers, dropout: 0.0, bias, train: true, bidirectional }
    }

    #[test]
    fn it_is_libtorchs_own_with_its_gradients() {
        tch::set_num_threads(2);
        tch::manual_seed(1);
        for shape in SHAPES {
            check(shape, &stack(1, true, false), false);
            check(shape, &stack(2, false, true), false);
        }
        check(SHAPES[0], &stack(2, true, true), true);
        check(SHAPES[1], &stack(1, false, false), true);
    }

    #[test]
    fn what_lies_otherwise_and_what_has_no_gradient_is_as_good() {
        tch::set_num_threads(2);
        let stack = stack(1, true, false);
        let tensors = drawn([8, 6, 32, 64], &stack);
        let weights: Vec<&Tensor> = tensors[3..].iter().collect();
        let run = |x: &Tensor, h: &Tensor| ours(&stack)(x, &[h, &tensors[2]], &weights);
        let (output, last, cell) = run(&tensors[0], &tensors[1]);
        let turned = |x: &Tensor| x.transpose(0, 1).contiguous().transpose(0, 1);
        let again = inference_mode(|| run(&turned(&tensors[0]), &turned(&tensors[1])));
        assert_same(&again.0, &output);
        assert_same(&again.1, &last);
        assert_same(&again.2, &cell);

        // A gradient for only one weight, of only the last cell state.
        let weight = tensors[4].detach().set_requires_grad(true);
        let of_weight = |run: &dyn Fn(&Tensor, &States, &[&Tensor]) -> Outputs| {
            let weights = [weights[0], &weight, weights[2], weights[3]];
            let (_, _, cell) = run(&tensors[0], &[&tensors[1], &tensors[2]], &weights);
            Tensor::run_backward(&[cell.square().sum(None)], &[&weight], false, false).remove(0)
        };
        assert_same(&of_weight(&ours(&stack)), &of_weight(&libtorchs(&stack)));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_and_several_may_compute_at_once() {
        tch::manual_seed(4);
        let stack = stack(1, true, true);
        let tensors = drawn([5, 30, 24, 96], &stack);
        let run = |tensors: &[Tensor], threads| {
            tch::set_num_threads(threads);
            results(tensors, Kind::Float, false, ours(&stack))
        };
        let expected = run(&tensors, 1);
        for threads in [2, 3, 5] {
            let found = run(&tensors, threads);
            let outputs = found.len() - 3;
            assert_eq!(found[outputs..], expected[outputs..], "{threads} threads");
            for (found, expected) in found.iter().zip(&expected) {
                assert_same(found, expected);
            }
        }
        std::thread::scope(|scope| {
            for _ in 0..3 {
                let [tensors, expected] =
                    [&tensors, &expected].map(|list| list.iter().map(Tensor::shallow_clone).collect());
                let (tensors, expected): (Vec<Tensor>, Vec<Tensor>) = (tensors, expected);
                scope.spawn(move || {
                    for (found, expected) in run(&tensors, 2).iter().zip(&expected) {
                        assert_same(found, expected);
                    }
                });
            }
        });
    }

    #[test]
    fn a_weight_may_serve_twice() {
        tch::manual_seed(3);
        let stack = stack(1, true, false);
        let tensors = drawn([8, 6, 64, 64], &stack);
        let [found, expected] = [&ours(&stack) as &dyn Fn(&Tensor, &States, &[&Tensor]) -> Outputs, &libtorchs(&stack)]
            .map(|run| {
                let [weight, bias] = [4, 5].map(|index| tensors[index].detach().set_requires_grad(true));
                let weights = [&weight, &weight, &bias, &bias];
                let (output, ..) = run(&tensors[0], &[&tensors[1], &tensors[2]], &weights);
                Tensor::run_backward(&[output.square().sum(None)], &[&weight, &bias], true, true)
            });
        for (found, expected) in found.iter().zip(&expected) {
            assert_same(&found.detach(), &expected.detach());
        }
    }

    #[test]
    fn a_trace_records_it_and_what_does_not_fit_is_libtorchs() {
        let stack = stack(1, true, false);
        let tensors = drawn([8, 6, 32, 64], &stack);
        let weights: Vec<&Tensor> = tensors[3..].iter().collect();
        let states = [&tensors[1], &tensors[2]];
        let run = |x: &Tensor| ours(&stack)(x, &states, &weights).0;
        let mut closure = |inputs: &[Tensor]| vec![run(&inputs[0])];
        let traced = tch::CModule::create_by_tracing("Lstm", "forward", &[randn(&[8, 6, 32])], &mut closure).unwrap();
        assert_same(&traced.method_ts("forward", &[&tensors[0]]).unwrap(), &run(&tensors[0]));

        let pays = |x: &Tensor| native::lstm::pays(x, &states, &weights, &stack);
        assert!(pays(&randn(&[8, 2, 32])) == is_wide() && !pays(&randn(&[8, 1, 32])));
        assert!(!pays(&randn(&[7, 6, 32])) && !pays(&randn(&[8, 6, 31])));
        assert!(!pays(&tensors[0].to_kind(Kind::Double)));
    }
}
