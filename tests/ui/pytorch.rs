//! The first listings of somebody who comes from PyTorch.
use nn_dsl::prelude::*;

network! {
    pub Spelled(image: [N, 3, 32, 32]) -> [N, 10] {
        Conv2d 16 kernel_size=3 -> flatten -> Linear(14400, 10)
    }

    pub Sized(image: [N, 3, 32, 32]) -> [N, 10] {
        conv 3 16 k=3 -> relu inplace=true -> flatten -> linear 14400 10
    }

    pub Flattened(image: [N, 3, 32, 32]) -> [N, 10] {
        conv 16 k=3 -> relu -> linear 10
    }
}

fn main() {}
