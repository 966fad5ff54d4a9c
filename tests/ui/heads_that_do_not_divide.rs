use nn_dsl::prelude::*;

network! {
    pub Encoder(x: [N, T, 100]) -> [N, T, 100] {
        residual { layernorm -> attention heads=8 }
    }
}

fn main() {}
