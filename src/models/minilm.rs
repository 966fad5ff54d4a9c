//! MiniLM: a sentence as a vector.

use crate::network;

network! {
    #![optimize]

    block bert_layer(d, heads, ff, mask) {
        attention: {
            residual {
                let q = "self.query": linear d;
                let k = "self.key": linear d;
                let v = "self.value": linear d;
                (q, k, v) -> sdpa heads=heads mask=mask -> "output.dense": linear d -> dropout 0.1
            }
            -> "output.LayerNorm": layernorm eps=1e-12
        }
        -> residual { "intermediate.dense": linear ff -> gelu -> "output.dense": linear d -> dropout 0.1 }
        -> "output.LayerNorm": layernorm eps=1e-12
    }

    /// all-MiniLM-L6-v2 (Wang et al., [2020](https://arxiv.org/abs/2002.10957)), a BERT of six layers that embeds
    /// sentences: one vector of length 1 for each, the mean over its tokens.
    ///
    /// `mask` is 1 for tokens and 0 for padding. The names are those of the published weights; ignore `pooler.*` and
    /// `embeddings.position_ids`, which sentence embeddings do not use.
    pub MiniLm(tokens: i64[N, T], mask: i64[N, T]) -> [N, 384] where T <= 512 {
        let h = embeddings: {
            add {
                tokens -> word_embeddings: embedding 30522 dim=384,
                arange T -> position_embeddings: embedding 512 dim=384,
                zeros i64[N, T] -> token_type_embeddings: embedding 2 dim=384
            }
            -> LayerNorm: layernorm eps=1e-12 -> dropout 0.1
        };
        let attend = mask -> cast bool -> reshape [N, 1, 1, T];
        let h = h -> "encoder.layer": repeat 6 { bert_layer 384 heads=12 ff=1536 mask=attend };

        let weight = mask -> cast float -> unsqueeze 2;
        let total = (h, weight) -> mul -> sum dim=1;
        let count = weight -> sum dim=1 -> clamp min=1e-9;
        (total, count) -> div -> normalize
    }
}
