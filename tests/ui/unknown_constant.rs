use nn_dsl::prelude::*;

const WIDTH: i64 = 64;

network! {
    pub Net(x: [N, 8]) -> [N, 64] { linear WIDHT -> [N, 64] }
}

fn main() {}
