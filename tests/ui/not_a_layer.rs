use nn_dsl::prelude::*;

network! {
    pub Net(x: [N, 8]) -> [N, 8] {
        let hidden = linear 16 -> relu;
        let unused = linear 4;
        hidden -> linear -1
    }
}

fn main() {}
