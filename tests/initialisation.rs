//! Parameters start with exactly PyTorch's values for the same seed, by default and with every `init=`. This is the
//! only test of its program, because the random generator is global.

mod reference;

use nn_compiler::layers::Layer;
use nn_dsl::prelude::*;
use std::collections::BTreeMap;

const SEED: i64 = 7;

/// Makes a network, and returns its parameters and buffers by name.
fn started<N: Network>() -> BTreeMap<String, Tensor> {
    tch::manual_seed(SEED);
    let vs = nn::VarStore::new(Device::Cpu);
    let _ = N::new(&vs.root());
    vs.variables().into_iter().collect()
}

/// Networks of one layer, with PyTorch's module.
macro_rules! layers {
    ($($name:ident($($input:tt)*) -> $output:tt { $($body:tt)* } is $theirs:literal;)*) => {
        $(network! { pub $name($($input)*) -> $output { $($body)* } })*

        const LISTINGS: &[&str] = &[$(stringify!($($body)*)),*];

        /// The name, the parameters, and PyTorch's module or dictionary of tensors.
        fn all() -> Vec<(&'static str, BTreeMap<String, Tensor>, &'static str)> {
            vec![$((stringify!($name), started::<$name>(), $theirs)),*]
        }
    };
}

layers! {
    Conv1d(x: [N, 6, 20]) -> [N, 8, 16] { "": conv 8 k=5 } is "nn.Conv1d(6, 8, 5)";
    Conv2d(x: [N, 6, 9, 9]) -> [N, 8, 7, 5] { "": conv 8 k=(3, 5) g=2 } is "nn.Conv2d(6, 8, (3, 5), groups=2)";
    Conv3d(x: [N, 2, 4, 4, 4]) -> [N, 3, 3, 3, 3] { "": conv 3 k=2 bias=false } is "nn.Conv3d(2, 3, 2, bias=False)";
    ConvTranspose1d(x: [N, 6, 20]) -> [N, 8, 24] { "": conv_transpose 8 k=5 } is "nn.ConvTranspose1d(6, 8, 5)";
    ConvTranspose2d(x: [N, 6, 4, 4]) -> [N, 8, 8, 8] { "": conv_transpose 8 k=2 s=2 g=2 } is "nn.ConvTranspose2d(6, 8, 2, 2, groups=2)";
    ConvTranspose3d(x: [N, 2, 3, 3, 3]) -> [N, 3, 4, 4, 4] { "": conv_transpose 3 k=2 } is "nn.ConvTranspose3d(2, 3, 2)";
    Linear(x: [N, 50]) -> [N, 40] { "": linear 40 } is "nn.Linear(50, 40)";
    Bilinear(x: [N, 5]) -> [N, 7] { (x, x) -> "": bilinear 7 } is "nn.Bilinear(5, 5, 7)";
    BatchNorm(x: [N, 9, 4]) -> [N, 9, 4] { "": bn } is "nn.BatchNorm1d(9)";
    InstanceNorm(x: [N, 9, 4]) -> [N, 9, 4] { "": instancenorm affine=true track_running_stats=true } is "nn.InstanceNorm1d(9, affine=True, track_running_stats=True)";
    GroupNorm(x: [N, 9, 4]) -> [N, 9, 4] { "": groupnorm 3 } is "nn.GroupNorm(3, 9)";
    LayerNorm(x: [N, 9, 4]) -> [N, 9, 4] { "": layernorm dims=2 } is "nn.LayerNorm([9, 4])";
    RmsNorm(x: [N, 9]) -> [N, 9] { "": rmsnorm } is "nn.RMSNorm(9)";
    Prelu(x: [N, 9]) -> [N, 9] { "": prelu channels } is "nn.PReLU(9)";
    Embedding(x: i64[N]) -> [N, 30] { "": embedding 100 30 } is "nn.Embedding(100, 30)";
    PaddedEmbedding(x: i64[N]) -> [N, 30] { "": embedding 100 30 padding_idx=-2 } is "nn.Embedding(100, 30, padding_idx=-2)";
    Rnn(x: [N, T, 5]) -> [N, T, 16] { "": rnn 8 layers=2 bidirectional=true } is "nn.RNN(5, 8, 2, bidirectional=True)";
    Lstm(x: [N, T, 5]) -> [N, T, 16] { "": lstm 8 layers=2 bidirectional=true } is "nn.LSTM(5, 8, 2, bidirectional=True)";
    Gru(x: [N, T, 5]) -> [N, T, 8] { "": gru 8 layers=3 bias=false } is "nn.GRU(5, 8, 3, bias=False)";
    OrthogonalGru(x: [N, T, 5]) -> [N, T, 8] { "": gru 8 bias=false init=orthogonal }
        is "{'weight_ih_l0': nn.init.orthogonal_(torch.empty(24, 5)), 'weight_hh_l0': nn.init.orthogonal_(torch.empty(24, 8))}";
    Attention(x: [N, T, 256]) -> [N, T, 256] { "": attention 4 } is "nn.MultiheadAttention(256, 4)";
    AttentionWithoutBias(x: [N, T, 256]) -> [N, T, 256] { "": attention 4 bias=false } is "nn.MultiheadAttention(256, 4, bias=False)";
    XavierUniform(x: [N, 6, 9]) -> [N, 8, 7] { "": conv 8 k=3 bias=false init=xavier_uniform } is "weight(nn.init.xavier_uniform_, 8, 6, 3)";
    XavierNormal(x: [N, 6, 9]) -> [N, 8, 7] { "": conv 8 k=3 bias=false init=xavier_normal } is "weight(nn.init.xavier_normal_, 8, 6, 3)";
    KaimingUniform(x: [N, 6, 9]) -> [N, 8, 7] { "": conv 8 k=3 bias=false init=kaiming_uniform } is "weight(lambda w: nn.init.kaiming_uniform_(w, nonlinearity='relu'), 8, 6, 3)";
    KaimingNormal(x: [N, 6, 9]) -> [N, 8, 7] { "": conv 8 k=3 bias=false init=kaiming_normal } is "weight(lambda w: nn.init.kaiming_normal_(w, nonlinearity='relu'), 8, 6, 3)";
    LecunUniform(x: [N, 6, 9]) -> [N, 8, 7] { "": conv 8 k=3 bias=false init=lecun_uniform } is "weight(lambda w: nn.init.kaiming_uniform_(w, nonlinearity='linear'), 8, 6, 3)";
    LecunNormal(x: [N, 6, 9]) -> [N, 8, 7] { "": conv 8 k=3 bias=false init=lecun_normal } is "weight(lambda w: nn.init.kaiming_normal_(w, nonlinearity='linear'), 8, 6, 3)";
    Orthogonal(x: [N, 50]) -> [N, 40] { "": linear 40 bias=false init=orthogonal } is "weight(nn.init.orthogonal_, 40, 50)";
    TallOrthogonal(x: [N, 5]) -> [N, 40] { "": linear 40 bias=false init=orthogonal } is "weight(nn.init.orthogonal_, 40, 5)";
    Uniform(x: [N, 50]) -> [N, 40] { "": linear 40 bias=false init=uniform(-0.25, 0.5) } is "weight(lambda w: nn.init.uniform_(w, -0.25, 0.5), 40, 50)";
    Normal(x: [N, 50]) -> [N, 40] { "": linear 40 bias=false init=normal(1.0, 0.02) } is "weight(lambda w: nn.init.normal_(w, 1.0, 0.02), 40, 50)";
    Zeros(x: [N, 50]) -> [N, 40] { "": linear 40 bias=false init=zeros } is "weight(nn.init.zeros_, 40, 50)";
    Ones(x: [N, 50]) -> [N, 40] { "": linear 40 bias=false init=ones } is "weight(nn.init.ones_, 40, 50)";
    Constant(x: [N, 50]) -> [N, 40] { "": linear 40 bias=false init=constant(0.3) } is "weight(lambda w: nn.init.constant_(w, 0.3), 40, 50)";
}

/// PyTorch's initial values, by `name.key`.
fn theirs(modules: &[(&str, &str)]) -> BTreeMap<String, Tensor> {
    let modules: String =
        modules.iter().map(|(name, module)| format!("started({name:?}, lambda: {module})\n")).collect();
    let program = format!(
        "import torch
from torch import nn
tensors = {{}}
def weight(init, *shape):
    return {{'weight': init(torch.empty(shape))}}
def started(name, make):
    torch.manual_seed({SEED})
    made = make()
    made = made.state_dict() if isinstance(made, nn.Module) else made
    tensors.update({{f'{{name}}.{{key}}': tensor for key, tensor in made.items() if key != 'num_batches_tracked'}})
{modules}"
    );
    reference::tensors(&program)
}

#[test]
fn parameters_start_with_pytorchs_numbers() {
    let all = all();
    let modules: Vec<(&str, &str)> = all.iter().map(|(name, _, module)| (*name, *module)).collect();
    let mut theirs = theirs(&modules);
    for (name, ours, _) in &all {
        for (key, ours) in ours {
            let theirs = theirs.remove(&format!("{name}.{key}")).unwrap_or_else(|| panic!("{name} has no {key}"));
            assert_eq!(ours.size(), theirs.size(), "{name}.{key}");
            let furthest = (ours - theirs).abs().max().double_value(&[]);
            assert_eq!(furthest, 0.0, "{name}.{key} starts with other numbers");
        }
    }
    assert!(theirs.is_empty(), "{:?} are missing", theirs.keys());
}

#[test]
fn every_layer_with_parameters_is_compared() {
    let words: Vec<&str> = LISTINGS.iter().flat_map(|listing| listing.split_whitespace()).collect();
    let owners = Layer::all().filter(|layer| layer.owns()).map(Layer::stem);
    assert_eq!(owners.filter(|name| !words.contains(name)).collect::<Vec<_>>(), [""; 0]);
}
