//! The predicted costs of networks against measurements: the memory that autograd keeps, by PyTorch's own hooks, and the
//! receptive field, by changing one pixel after the other.

mod reference;

use nn_dsl::models::*;
use nn_dsl::prelude::*;
use std::fs;

network! {
    LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }

    Mixed(x: [N, T, 16]) -> [N, T, 4] {
        let y = x -> linear 32 -> gelu -> dropout 0.1 -> layernorm;
        let z = y -> linear 32 -> sigmoid -> residual { linear 32 -> tanh };
        (y, z) -> mul -> linear 8 -> leaky_relu -> chunk 2 dim=-1 -> add -> softmax dim=-1
    }

    /// PyTorch's module copies its input into the order without `batch_first`, so nothing else keeps the input here.
    Attention(x: [N, T, 16]) -> [N, T, 16] {
        let y = linear 16;
        let x = linear 16 -> residual { layernorm -> attention 4 } -> residual { layernorm -> linear 32 -> gelu -> linear 16 };
        let x = (x, y, y) -> attention 2 bias=false -> layernorm;
        (x -> linear 32, x -> linear 8, x -> linear 8) -> sdpa heads=8 causal=true -> linear 16
    }

    Plain(image: [N, 3, H, W]) -> [N, 16, _, _] where H >= 16, W >= 16 {
        conv 8 k=5 s=2 p=2 -> bn -> relu -> maxpool 3 s=2 p=1 -> conv 16 k=3 d=2 p=2 -> avgpool 2 s=1
    }

    Branches(image: [N, 3, H, W]) -> [N, 48, H, W] {
        conv 8 k=3 p=1 -> cat { conv 16 k=1, conv 16 k=5 p=2 -> relu, maxpool 3 s=1 p=1 -> conv 16 k=1 }
        -> residual { conv 48 k=(3, 1) p=(1, 0) -> conv 48 k=(1, 7) p=(0, 3) -> bn } -> relu
    }

    block basic(c, s = 1) {
        residual { conv c k=3 s=s p=1 bias=false -> bn -> relu -> conv c k=3 p=1 bias=false -> bn }
        shortcut downsample: { conv c k=1 s=s bias=false -> bn }
        -> relu
    }

    Body(image: [N, 3, H, W]) -> [N, 16, _, _] where H >= 16, W >= 16 {
        conv 4 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
        -> repeat 2 { basic 8 } -> basic 16 s=2 -> basic 16
    }

    Hourglass(image: [N, 3, H, W]) -> [N, 4, H, W] where H % 4 == 0, W % 4 == 0 {
        let near = conv 4 k=3 p=1;
        let far = near -> conv 8 k=2 s=2 -> relu -> conv 8 k=3 s=2 p=1 -> conv 8 k=3 p=1
            -> conv_transpose 4 k=2 s=2 -> conv_transpose 4 k=2 s=2;
        (near, far) -> add -> conv 4 k=3 p=1
    }

    Enlarged(image: [N, 3, H, W]) -> [N, 4, _, _] where H >= 4, W >= 4 {
        conv 4 k=3 p=1 -> upsample 2 -> conv 4 k=3 p=1 -> upsample 3 mode=bilinear -> conv 4 k=5 p=2
        -> upsample 2.0 mode=bilinear -> upsample 2 mode=area -> avgpool 3 -> upsample 2 mode=bicubic
    }
}

/// Prints the bytes that autograd keeps from a forward pass in training mode for each network. Each piece of memory
/// counts once, and the parameters and the input do not count.
const KEPT: &str = r#"
import importlib.util, sys, torch

def kept(file, name, shape):
    spec = importlib.util.spec_from_file_location("network", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net = getattr(module, name)().train()
    x = torch.rand([int(size) for size in shape.split(",")])
    pieces = {}
    def pack(tensor):
        memory = tensor.untyped_storage()
        pieces[memory.data_ptr()] = memory
        return tensor
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        y = net(x)
    known = {tensor.untyped_storage().data_ptr() for tensor in [x, *net.parameters(), *net.buffers()]}
    return sum(memory.nbytes() for pointer, memory in pieces.items() if pointer not in known)

for at in range(1, len(sys.argv), 3):
    print(kept(*sys.argv[at : at + 3]))
"#;

/// Networks with the input that they are measured on, and our prediction.
struct Kept {
    folder: tempfile::TempDir,
    arguments: Vec<String>,
    told: Vec<(&'static str, i64)>,
}

impl Kept {
    fn add<N: Network>(&mut self, shape: &[i64], sizes: &[(&str, i64)]) {
        let file = self.folder.path().join(format!("{}.py", N::NAME));
        fs::write(&file, N::to_pytorch()).unwrap();
        let shape: Vec<String> = shape.iter().map(i64::to_string).collect();
        self.arguments.extend([file.to_str().unwrap().to_string(), N::NAME.to_string(), shape.join(",")]);
        self.told.push((N::NAME, N::cost(sizes).unwrap().training_bytes));
    }

    fn check(self) {
        let arguments: Vec<&str> = ["-c", KEPT].into_iter().chain(self.arguments.iter().map(String::as_str)).collect();
        let printed = reference::python(&arguments);
        let kept: Vec<i64> = printed.lines().map(|line| line.parse().expect("a number")).collect();
        assert_eq!(self.told, self.told.iter().map(|(name, _)| *name).zip(kept).collect::<Vec<_>>());
    }
}

#[test]
fn training_keeps_what_autograd_saves() {
    let mut kept = Kept { folder: tempfile::tempdir().unwrap(), arguments: Vec::new(), told: Vec::new() };
    kept.add::<LeNet>(&[3, 1, 28, 28], &[("N", 3)]);
    kept.add::<Mixed>(&[2, 5, 16], &[("N", 2), ("T", 5)]);
    kept.add::<Attention>(&[2, 5, 16], &[("N", 2), ("T", 5)]);
    let (shape, sizes) = ([2, 3, 64, 96], [("N", 2), ("H", 64), ("W", 96)]);
    kept.add::<Branches>(&shape, &sizes);
    kept.add::<Hourglass>(&shape, &sizes);
    kept.add::<ResNet18<10>>(&shape, &sizes);
    kept.add::<ResNet50<10>>(&shape, &sizes);
    kept.add::<MobileNetV2<10>>(&shape, &sizes);
    kept.add::<DenseNet121<10>>(&shape, &sizes);
    kept.add::<SqueezeNet1_1<10>>(&shape, &sizes);
    kept.add::<GoogLeNet<10>>(&shape, &sizes);
    kept.add::<UNet<2>>(&shape, &sizes);
    kept.check();
}

/// How many of `size` pixels in a row change some position of the output.
fn measured<N: UnaryNetwork>(size: i64) -> i64 {
    let _no_grad = tch::no_grad_guard();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    for (name, mut tensor) in vs.variables() {
        // Everything that depends on a pixel grows, but not beyond the range of a float.
        if name.ends_with("weight") && tensor.dim() > 1 {
            let _ = tensor.fill_(1.0 / tensor.size()[1..].iter().product::<i64>() as f64);
        } else if name.ends_with("bias") {
            let _ = tensor.zero_();
        }
    }
    // One image for each pixel in the middle row.
    let images = Tensor::zeros([size, 3, size, size], (Kind::Float, Device::Cpu));
    let pixels = Tensor::eye(size, (Kind::Float, Device::Cpu)).unsqueeze(1).expand([size, 3, size], false);
    images.select(2, size / 2).copy_(&pixels);
    let seen = net.forward_t(&images, false).ne(0.0).any_dim(1, false).any_dim(1, false);
    seen.sum_dim_intlist([0i64].as_slice(), false, Kind::Int64).max().int64_value(&[])
}

#[test]
fn fields_are_as_far_as_a_pixel_is_felt() {
    fn assert_field<N: UnaryNetwork>(size: i64) {
        let told = N::cost(&[("H", size), ("W", size)]).unwrap().receptive_field.unwrap();
        assert_eq!(told[1], measured::<N>(size), "{}", N::NAME);
    }
    assert_field::<Plain>(64);
    assert_field::<Branches>(32);
    assert_field::<Body>(192);
    assert_field::<Hourglass>(64);
    assert_field::<Enlarged>(16);
}

#[test]
fn fields_of_the_zoo_are_those_that_are_known() {
    fn field<N: Network>() -> i64 {
        N::cost(&[("H", 224), ("W", 224)]).unwrap().receptive_field.unwrap()[0]
    }
    // Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019. Their
    // ResNet-50 has 483, because it strides in the first convolution of a block, and torchvision's in the second.
    assert_eq!([field::<AlexNet<1000>>(), field::<Vgg16<1000>>()], [195, 212]);
    assert_eq!(field::<ResNet50<1000>>(), 427);
}

#[test]
fn evaluation_drops_what_nobody_needs() {
    network! {
        Chain(x: [N, 100]) -> [N, 1] { linear 1000 -> relu -> dropout 0.5 -> linear 10 -> linear 1 }
        Skip(x: [N, 100]) -> [N, 100] {
            let a = linear 200;
            let b = a -> linear 300 -> linear 200;
            (a, b) -> add -> relu -> linear 100
        }
        Blocks(x: [N, 100]) -> [N, 10] { deep: { linear 400 -> relu -> linear 50 } -> turns: repeat 5 { linear 50 } -> linear 10 }
    }
    let evaluation = |rows: Vec<nn_dsl::summary::Row>| -> Vec<i64> {
        rows.iter().map(|row| row.evaluation_bytes.unwrap() / 4).collect()
    };
    assert_eq!(evaluation(Chain::summary().rows()), [1000, 2000, 1000, 1010, 11]);
    assert_eq!(evaluation(Skip::summary().rows()), [200, 500, 700, 600, 400, 300]);
    assert_eq!(evaluation(Blocks::summary().rows()), [800, 400, 800, 450, 150, 150, 60]);
    assert_eq!(Chain::cost(&[("N", 8)]).unwrap().evaluation_bytes, 8 * 2000 * 4);
}
