//! ResNet-152 as a listing, for `benches/check.rs`.

use nn_dsl::prelude::*;

network! {
    block bottleneck(c, s = 1) {
        residual {
            conv c k=1 bias=false -> bn -> relu
            -> conv c k=3 s=s p=1 bias=false -> bn -> relu
            -> conv (4 * c) k=1 bias=false -> bn
        } shortcut downsample: { conv (4 * c) k=1 s=s bias=false -> bn }
        -> relu
    }

    pub ResNet152(image: [N, 3, H, W]) -> [N, 1000] {
        conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
        -> layer1: repeat 3 { bottleneck 64 }
        -> layer2: { bottleneck 128 s=2 -> repeat 7 { bottleneck 128 } }
        -> layer3: { bottleneck 256 s=2 -> repeat 35 { bottleneck 256 } }
        -> layer4: { bottleneck 512 s=2 -> repeat 2 { bottleneck 512 } }
        -> global_avgpool -> flatten -> fc: linear 1000
    }
}

fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = ResNet152::new(&vs.root());
    let images = Tensor::zeros([1, 3, 64, 64], (Kind::Float, Device::Cpu));
    println!("{:?}", net.forward(&images).size());
}
