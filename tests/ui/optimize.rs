//! What has no optimised form.
use nn_dsl::prelude::*;

#[derive(Debug)]
pub struct Scale(Tensor);

impl Scale {
    pub fn new(path: &nn::Path, features: i64) -> Self {
        Scale(path.ones("scale", &[features]))
    }

    pub fn forward_t(&self, x: &Tensor, _train: bool) -> Tensor {
        x * &self.0
    }
}

network! {
    Plain(x: [N, 8]) -> [N, 8] { linear 8 }

    #[optimize]
    Outer(x: [N, 8]) -> [N, 8] { Plain -> [N, 8] }

    #[optimize]
    Scaled(x: [N, 8]) -> [N, 8] { scale: Scale(8) -> [N, 8] }

    // A mistake is the only error.
    #[optimize]
    Wrong(x: [N, 8]) -> [N, 9] { linear 8 }
}

fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Plain::new(&vs.root());
    let fast = net.optimize();
    let wrong = Wrong::new(&vs.root()).optimize().unwrap().forward(&Tensor::zeros([1, 8], (Kind::Float, Device::Cpu)));
}
