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

    pub Even(x: [N, T]) -> [N, T / 2] where T % 2 == 0 {
        reshape [N, T / 2, 2] -> mean dim=2
    }

    pub Odd(x: [N, 7]) -> [N, 3] {
        Even -> [N, 3]
    }

    pub Any(x: [N, T]) -> [N, T / 2] {
        Even -> [N, T / 2]
    }

    pub Fits(x: [N, T]) -> [N, T / 2] where T % 6 == 0, T <= 512 {
        Even -> [N, T / 2]
    }
}

fn main() {}
