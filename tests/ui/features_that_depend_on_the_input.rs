use nn_dsl::prelude::*;

network! {
    pub Net(image: [N, 3, H, W]) -> [N, 10] {
        conv 16 k=3 -> relu -> flatten -> linear 10
    }
}

fn main() {}
