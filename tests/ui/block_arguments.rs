use nn_dsl::prelude::*;

network! {
    block cell(width, rate = 0.1) { linear width -> relu -> dropout rate }

    pub Net(x: [N, 8]) -> [N, 8] {
        cell -> cell 8 rat=0.2 -> cell 8 0.2 0.3 -> cell 8 rate=2.0
    }
}

fn main() {}
