use nn_dsl::prelude::*;

network! {
    pub Net(image: [N, 3, 32, 32]) -> [N, 10] {
        conv 16 k=3 strid=2 -> rleu -> [N, 16, 16, 16]
        -> conv 32 k=3 g=3 -> [N, 32, 8, 8]
        -> residual { conv 64 k=3 p=1 } -> [N, 32, 8, 8]
        -> flatten -> linear 11
    }
}

fn main() {}
