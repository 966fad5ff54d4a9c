use nn_dsl::prelude::*;

network! {
    pub Encoder(image: [N, 3, 32, 32]) -> [N, 128] {
        conv 32 k=3 s=4 -> relu -> flatten -> linear 128
    }

    pub Declared(image: [N, 3, 32, 32]) -> [N, 64] {
        encoder: Encoder -> [N, 64] -> relu
    }

    pub Fed(image: [N, 3, 64, 64]) -> [N, 128] {
        encoder: Encoder -> [N, 128]
    }
}

fn main() {}
