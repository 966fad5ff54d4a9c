//! Layers of every family compute the same in f64, f32, f16 and bf16, within the type's precision.

use nn_dsl::prelude::*;

/// Networks with one input and one output, and the shape of the input.
macro_rules! networks {
    ($($name:ident($($input:tt)*) -> $output:tt { $($body:tt)* } on $shape:tt;)*) => {
        $(network! { pub $name($($input)*) -> $output { $($body)* } })*

        #[test]
        fn every_family_computes_in_every_float_type() {
            tch::set_num_threads(1);
            $(compare::<$name>(stringify!($name), &$shape);)*
        }
    };
}

networks! {
    Convolutions(x: [N, 4, 12, 12]) -> [N, 6, 11, 11] {
        conv 8 k=3 p=1 g=2 padding_mode=reflect -> bn -> maxpool 2 -> conv_transpose 6 k=3 s=2 p=1 -> prelu channels
    } on [2, 4, 12, 12];
    Lines(x: [N, 4, 12]) -> [N, 4, 3] { conv k=3 p=same -> instancenorm -> avgpool 2 -> adaptive_maxpool 3 } on [2, 4, 12];
    Volumes(x: [N, 2, 6, 6, 6]) -> [N, 3, 1, 1, 1] { conv 3 k=3 -> maxpool 2 -> global_avgpool } on [2, 2, 6, 6, 6];
    Resized(x: [N, 2, 4, 4]) -> [N, 2, 12, 12] { upsample 1.5 mode=bilinear -> upsample 2 -> pad (1, 1, 1, 1) reflect -> narrow 2 1 12 -> narrow 3 1 12 } on [2, 2, 4, 4];
    Bicubic(x: [N, 2, 4, 4]) -> [N, 2, 8, 8] { upsample 2 mode=bicubic } on [2, 2, 4, 4];
    Dense(x: [N, 8]) -> [N, 5] { linear 16 -> gelu -> layernorm -> (id, id) -> bilinear 5 -> rmsnorm -> log_softmax dim=1 } on [3, 8];
    Normalised(x: [N, 8, 5, 5]) -> [N, 8, 5, 5] { groupnorm 2 -> local_response_norm 3 -> normalize } on [2, 8, 5, 5];
    Activated(x: [N, 8]) -> [N, 4] {
        relu6 -> leaky_relu 0.2 -> elu 0.5 -> selu -> celu 0.7 -> silu -> mish -> softplus 2 -> softsign -> hardswish -> hardtanh -> logsigmoid
        -> hardsigmoid -> tanh -> threshold 0.1 0.2 -> glu
    } on [3, 8];
    Recurrent(x: [N, T, 6]) -> [N, T, 5] { lstm 4 bidirectional=true -> gru 5 layers=2 -> rnn 5 } on [2, 3, 6];
    Attending(x: [N, T, 8]) -> [N, T, 8] {
        let [_, t, _] = id;
        let mask = ones bool[1, t] -> reshape [1, 1, 1, t];
        positional -> attention 2 causal=true mask=mask -> (id, id, id) -> sdpa heads=4
    } on [2, 5, 8];
    Summed(x: [N, T, 8]) -> [N, 3] {
        let wide = rearrange "n t (h e) -> n h t e" h=2 -> reduce "n h t e -> n h e" mean;
        let narrow = (wide, wide) -> einsum "nhe,nge->nhg" -> flatten -> linear 3;
        (1.0 - narrow) * narrow / 2 + narrow
    } on [2, 5, 8];
    Chosen(x: [N, 6]) -> [N, 3] {
        let [n, _] = id;
        let positive = gt 0.0;
        let kept = (positive, id, { zeros [n, 6] }) -> where;
        let (top, _) = kept -> clamp min=-1 max=1 -> topk 3 dim=1;
        let lower = eye 3 -> tril;
        (top, lower) -> matmul
    } on [4, 6];
    Embedded(x: i64[N, T]) -> [N, 4] { embedding 9 4 -> mean 1 } on [2, 5];
}

/// Each float type, and the largest error allowed, relative to the largest value.
const KINDS: [(Kind, f64); 4] =
    [(Kind::Double, 1e-12), (Kind::Float, 1e-4), (Kind::Half, 0.02), (Kind::BFloat16, 0.15)];

fn run(net: &impl nn::ModuleT, input: &Tensor, train: bool) -> Tensor {
    net.forward_t(input, train)
}

/// The same weights in each type, in evaluation and in training.
fn compare<N: Network + nn::ModuleT>(name: &str, shape: &[i64]) {
    let (vs, net, input) = made::<N>(Kind::Double, shape);
    for (kind, tolerance) in KINDS {
        let (mut own, other, _) = made::<N>(kind, shape);
        own.copy(&vs).expect("the same variables");
        let input_of_kind = if N::INPUTS[0].ty.dtype.is_some() { input.shallow_clone() } else { input.to_kind(kind) };
        for train in [false, true] {
            let (expected, found) = (run(&net, &input, train), run(&other, &input_of_kind, train));
            assert_eq!(found.kind(), kind, "{name}");
            found.sum(kind).backward();
            let expected = expected.detach();
            let off = (found.detach().to_kind(Kind::Double) - &expected).abs().max() / expected.abs().max();
            let off = off.double_value(&[]);
            assert!(off <= tolerance, "{name} in {kind:?} is off by {off}, in training: {train}");
        }
    }
}

fn made<N: Network>(kind: Kind, shape: &[i64]) -> (nn::VarStore, N, Tensor) {
    tch::manual_seed(3);
    let mut vs = nn::VarStore::new(Device::Cpu);
    vs.set_kind(kind);
    let net = N::new(&vs.root());
    let input = match N::INPUTS[0].ty.dtype {
        Some(index) => Tensor::randint(9, shape, (index, Device::Cpu)),
        None => Tensor::randn(shape, (Kind::Double, Device::Cpu)).set_requires_grad(true),
    };
    (vs, net, input)
}
