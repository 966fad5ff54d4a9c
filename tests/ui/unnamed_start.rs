use nn_dsl::prelude::*;

network! {
    pub Net(a: [N, 8], b: [N, 8], c: [N, 8]) -> [N, 8] {
        let x = linear 8;
        (a, b, x) -> add
    }
}

fn main() {}
