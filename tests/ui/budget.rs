use nn_dsl::prelude::*;

mod config {
    pub const WIDTH: i64 = 96;
}

network! {
    #[budget(macs <= 50_000)]
    pub Head(x: [N, 64]) -> [N, 10] { linear (config::WIDTH) -> relu -> linear 10 }
}

network! {
    #[budget(parameters <= 20_000, macs(H=32, W=32) <= 200_000_000)]
    pub Tower<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        conv 64 k=3 p=1 -> relu
        -> stage1: repeat 2 { residual { conv k=3 p=1 -> bn } }
        -> global_avgpool -> flatten -> head: Head -> [N, 10] -> linear CLASSES
    }
}

fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    Tower::<5>::new(&vs.root());
}
