use nn_dsl::prelude::*;

network! {
    block inner(d) { linear d -> outer d }
    block outer(d) { linear d -> inner d }

    pub Net(x: [N, 8]) -> [N, 8] { outer 8 }
}

fn main() {}
