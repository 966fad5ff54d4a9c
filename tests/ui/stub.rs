//! Code that uses a network that is wrong adds no error of its own, nor does a network that runs it.
use nn_dsl::prelude::*;

network! {
    block basic(c) {
        conv c k=3 p=1 -> bn -> relu
    }

    pub Wrong(image: [N, 3, 32, 32]) -> [N, 10] {
        option p = 0.5;
        param shift: [8] init=zeros;
        shared twice = { linear 8 -> relu };
        let seen = conv 32 k=99 -> layer1: repeat 2 { basic 32 }
            -> body: { conv 32 k=3 -> relu -> conv 8 k=3 } -> attend: attention 7 -> flatten;
        let skip = seen -> twice -> twice -> basic 8;
        (skip + shift) -> dropout p -> fc: linear 10
    }

    pub Around(image: [N, 3, 32, 32]) -> [N, 10] {
        inner: Wrong -> [N, 10]
    }
}

fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    let mut net = Wrong::new(&vs.root());
    net.p = 0.1;
    let images = Tensor::zeros([1, 3, 32, 32], (Kind::Float, Device::Cpu));
    let x = net.layer1[0].forward_t(&images, false) + &net.conv1.weight + &net.layer1[1].bn1.running_mean;
    let y = &net.body._2.weight + &net.attend.in_proj_weight + &net.twice._0.weight + &net.shift;
    let around = Around::new(&vs.root());
    println!("{:?} {:?} {:?}", net.forward(&(x + y)), net.basic1.conv1.bias, around.inner.fc.weight);
}
