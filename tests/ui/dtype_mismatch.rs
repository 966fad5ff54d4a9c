use nn_dsl::prelude::*;

network! {
    pub Net(tokens: i64[N, T]) -> [N, T, 8] {
        linear 8
    }
}

fn main() {}
