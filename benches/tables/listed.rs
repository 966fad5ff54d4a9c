//! The networks as listings. (The ResNets are the zoo's.)

use nn_dsl::network;

network! {
    #[optimize]
    pub Mlp(x: [N, 784]) -> [N, 10] { linear 512 -> relu -> linear 512 -> relu -> linear 10 }

    #[optimize]
    pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2
        -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten
        -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }

    #[optimize]
    pub Lstm(x: [N, T, 128]) -> [N, T, 256] { lstm 256 layers=2 }

    #[optimize]
    pub Encoder(x: [N, T, 256]) -> [N, T, 256] {
        layers: repeat 6 {
            residual { layernorm -> attention 8 }
            -> residual { layernorm -> linear 1024 -> gelu -> linear 256 }
        }
        -> layernorm
    }
}
