//! What a trainer is given by mistake.

use nn_dsl::prelude::*;

network! {
    Mlp(image: [N, 1, 8, 8]) -> [N, 10] { flatten -> linear 10 }
    Heads(image: [N, 1, 8, 8]) -> (digit: [N, 10], even: [N, 2]) {
        let x = flatten;
        (x -> linear 10, x -> linear 2)
    }
}

fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Mlp::new(&vs.root());
    Trainer::new(&vs, &net, loss::CrossEntropy::new(), optim::AdamW::new(1e-3)).fit(&loader());
    Trainer::new(&vs, &net, loss::CrossEntropy::new(), optim::AdamW::new(1e-3).build(&vs)).fit(&loader());
    Trainer::new(&vs, &net, Device::Cpu, optim::AdamW::new(1e-3).build(&vs).unwrap()).fit(&loader());
    let heads = Heads::new(&vs.root());
    Trainer::new(&vs, &heads, loss::CrossEntropy::new(), optim::AdamW::new(1e-3).build(&vs).unwrap()).fit(&loader());
}

fn loader() -> DataLoader<data::Images> {
    DataLoader::new(data::digits(), 32)
}
