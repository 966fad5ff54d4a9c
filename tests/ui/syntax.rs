use nn_dsl::prelude::*;

network! {
    pub Net(x: [N, 8]) -> [N, 8] {
        linear 16 => relu -> linear k: 8
    }

    pub Two(x: [N, 8]) -> [N, 8] { linear 8, relu }
}

fn main() {}
