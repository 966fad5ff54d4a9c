use nn_dsl::prelude::*;

network! {
    pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 -> relu -> maxpool 2
        -> conv 16 k=5 -> relu -> maxpool 2
        -> conv 32 k=5 -> relu -> flatten -> linear 10
    }
}

fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    LeNet::new(&vs.root()).forward(&Tensor::from(0.0));
}
