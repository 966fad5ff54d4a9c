use nn_dsl::prelude::*;

network! {
    pub Net(x: [N, 8]) -> [N, 8] {
        linear 16 => relu -> linear 8 bias: false
    }

    pub Two(x: [N, 8]) -> [N, 8] { linear 8, relu }
}

fn main() {}
