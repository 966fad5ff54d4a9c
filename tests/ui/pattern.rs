use nn_dsl::prelude::*;

network! {
    pub Patches(image: [N, 3, 32, 32]) -> [N, 16, 192] {
        rearrange "b c (h p) (w q) -> b (h w) (p q c)" p=8 q=7
    }

    pub Similarity(a: [N, S, 64], b: [N, T, 32]) -> [N, S, T] {
        (a, b) -> einsum "nsd,ntd->nst"
    }
}

fn main() {}
