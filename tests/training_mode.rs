//! In training mode, layers draw the same random numbers as PyTorch's, and keep the same statistics: two steps and an
//! evaluation have the same outputs. This is the only test of its program, because the random generator is global.

mod reference;

use nn_dsl::prelude::*;

const SEED: i64 = 11;

/// The same values as in the reference's program.
fn values(shape: &[i64]) -> Tensor {
    let count = shape.iter().product::<i64>();
    (Tensor::arange(count, (Kind::Float, Device::Cpu)) + 1.0).sin().reshape(shape)
}

/// The outputs of two calls in training and then one in evaluation.
fn steps(net: &impl nn::ModuleT, shape: &[i64]) -> Tensor {
    let x = values(shape);
    Tensor::cat(&[true, true, false].map(|train| net.forward_t(&x, train)), 0).detach()
}

/// Networks of one layer, the shape of the input, and PyTorch's module.
macro_rules! layers {
    ($($name:ident($($input:tt)*) -> $output:tt { $($body:tt)* } on $shape:tt is $theirs:literal;)*) => {
        $(network! { pub $name($($input)*) -> $output { $($body)* } })*

        fn all() -> Vec<(&'static str, Tensor, String)> {
            vec![$({
                tch::manual_seed(SEED);
                let net = $name::new(&nn::VarStore::new(Device::Cpu).root());
                let call = format!("steps({:?}, lambda: {}, {:?})", stringify!($name), $theirs, $shape);
                (stringify!($name), steps(&net, &$shape), call)
            }),*]
        }
    };
}

layers! {
    Dropout(x: [N, 40]) -> [N, 40] { dropout 0.3 } on [5, 40] is "nn.Dropout(0.3)";
    Dropout1d(x: [N, 9, 4]) -> [N, 9, 4] { dropout1d } on [5, 9, 4] is "nn.Dropout1d()";
    Dropout2d(x: [N, 9, 4, 2]) -> [N, 9, 4, 2] { dropout2d 0.2 } on [5, 9, 4, 2] is "nn.Dropout2d(0.2)";
    AlphaDropout(x: [N, 40]) -> [N, 40] { alpha_dropout 0.3 } on [5, 40] is "nn.AlphaDropout(0.3)";
    DropPath(x: [N, 4, 3]) -> [N, 4, 3] { drop_path 0.4 } on [30, 4, 3] is "torchvision.ops.StochasticDepth(0.4, 'row')";
    BatchNorm(x: [N, 3, 4, 5]) -> [N, 3, 4, 5] { bn } on [2, 3, 4, 5] is "nn.BatchNorm2d(3)";
    SlowBatchNorm(x: [N, 3]) -> [N, 3] { bn momentum=0.01 eps=0.1 affine=false } on [6, 3] is "nn.BatchNorm1d(3, 0.1, 0.01, False)";
    Untracked(x: [N, 3, 4]) -> [N, 3, 4] { bn track_running_stats=false } on [6, 3, 4] is "nn.BatchNorm1d(3, track_running_stats=False)";
    InstanceNorm(x: [N, 3, 8]) -> [N, 3, 8] { instancenorm affine=true track_running_stats=true } on [4, 3, 8]
        is "nn.InstanceNorm1d(3, affine=True, track_running_stats=True)";
    Lstm(x: [N, T, 3]) -> [N, T, 12] { lstm 6 layers=3 bidirectional=true dropout=0.4 } on [2, 5, 3]
        is "First(nn.LSTM(3, 6, 3, bidirectional=True, dropout=0.4, batch_first=True))";
    Gru(x: [N, T, 3]) -> [N, T, 6] { gru 6 layers=2 dropout=0.4 } on [2, 5, 3] is "First(nn.GRU(3, 6, 2, dropout=0.4, batch_first=True))";
    Attention(x: [N, 3, T, 4]) -> [N, 3, T, 4] { (id, id, id) -> sdpa dropout=0.5 } on [2, 3, 5, 4] is "Attention()";
    Network(x: [N, 3, 6]) -> [N, 4] { conv 8 k=3 -> bn -> relu -> dropout 0.2 -> flatten -> linear 4 } on [4, 3, 6]
        is "nn.Sequential(nn.Conv1d(3, 8, 3), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Flatten(), nn.Linear(32, 4))";
}

const PROGRAM: &str = "
import torch, torchvision
from torch import nn
tensors = {}
class First(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer
    def forward(self, x):
        return self.layer(x)[0]
class Attention(nn.Module):
    def forward(self, x):
        return nn.functional.scaled_dot_product_attention(x, x, x, dropout_p=0.5 * self.training)
def steps(name, make, shape):
    torch.manual_seed(SEED)
    net = make()
    x = (torch.arange(torch.Size(shape).numel(), dtype=torch.float32) + 1).sin().reshape(shape)
    tensors[name] = torch.cat([net.train(train)(x) for train in [True, True, False]]).detach()
";

#[test]
fn training_is_pytorchs() {
    let all = all();
    let calls: Vec<&str> = all.iter().map(|(_, _, call)| call.as_str()).collect();
    let program = format!("{}\n{}", PROGRAM.replace("SEED", &SEED.to_string()), calls.join("\n"));
    let theirs = reference::tensors(&program);
    for (name, ours, _) in &all {
        let theirs = &theirs[*name];
        assert_eq!(ours.size(), theirs.size(), "{name}");
        assert!(ours.allclose(theirs, 1e-5, 1e-6, false), "{name}:\n{ours}\nis not\n{theirs}");
    }
}
