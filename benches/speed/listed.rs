//! The networks as listings. (ResNet-18 is the zoo's.)

use nn_dsl::network;

network! {
    pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2
        -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten
        -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }

    pub Lstm(x: [N, T, 64]) -> [N, T, 128] { lstm 128 }

    pub Encoder(x: [N, T, 128]) -> [N, T, 128] {
        layers: repeat 6 {
            residual { layernorm -> attention 4 }
            -> residual { layernorm -> linear 512 -> gelu -> linear 128 }
        }
        -> layernorm
    }
}
