use nn_dsl::prelude::*;

network! {
    pub Net(x: [N, 8]) -> [N, 8] {
        fc: linear 8 -> relu -> fc: linear 8
    }
}

fn main() {}
