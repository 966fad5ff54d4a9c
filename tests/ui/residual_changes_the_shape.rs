use nn_dsl::prelude::*;

network! {
    pub Net(image: [N, 16, H, W]) -> [N, 32, H, W] {
        residual { conv 32 k=3 p=1 -> bn } -> relu
    }
}

fn main() {}
