use nn_dsl::prelude::*;

mod config {
    pub const WIDTH: i64 = 12;
}

network! {
    pub Net(x: [N, 8]) -> [N, 16] {
        linear (config::WIDTH) -> relu -> [N, 16]
    }
}

fn main() {}
