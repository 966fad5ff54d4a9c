//! ViT-B/16.

use crate::network;

network! {
    #![optimize]

    block encoder_block(d, heads, ff) {
        residual { ln_1: layernorm eps=1e-6 -> self_attention: attention heads=heads }
        -> residual {
            ln_2: layernorm eps=1e-6
            -> mlp: { linear ff -> gelu -> dropout 0.0 -> linear d -> dropout 0.0 }
        }
    }

    /// Vision Transformer, base, on patches of 16x16 (Dosovitskiy et al., [2020](https://arxiv.org/abs/2010.11929)):
    /// torchvision's `vit_b_16`.
    ///
    /// torchvision's published file has older names, so load it with `.rename("*.mlp.linear_1.*",
    /// "*.mlp.0.*").rename("*.mlp.linear_2.*", "*.mlp.3.*")`.
    pub VitB16<const CLASSES: i64>(image: [N, 3, 224, 224]) -> [N, CLASSES] {
        param class_token: [1, 1, 768] init=zeros;
        let patches = conv_proj: conv 768 k=16 s=16 -> rearrange "n d h w -> n (h w) d";
        (class_token -> expand [N, 1, 768], patches) -> cat dim=1
        -> encoder: {
            param pos_embedding: [1, 197, 768] init=normal(0.0, 0.02);
            add { id, pos_embedding }
            -> layers: for i in 0..12 { "encoder_layer_{i}": encoder_block 768 heads=12 ff=3072 }
            -> ln: layernorm eps=1e-6
        }
        -> select dim=1 index=0
        -> heads: { head: linear CLASSES }
    }
}
