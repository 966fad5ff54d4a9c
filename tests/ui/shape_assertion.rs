use nn_dsl::prelude::*;

network! {
    pub Net(image: [N, 3, 32, 32]) -> [N, 10] {
        conv 16 k=3 s=2 p=1 -> [N, 16, 15, 16]
        -> flatten -> linear 10
    }
}

fn main() {}
