//! DenseNet-121.

use crate::network;

network! {
    #![optimize]

    block dense_layer(growth) {
        cat {
            id,
            norm1: bn -> relu -> conv1: conv (4 * growth) k=1 bias=false
            -> norm2: bn -> relu -> conv2: conv growth k=3 p=1 bias=false
        }
    }

    block transition() { norm: bn -> relu -> conv: conv (channels / 2) k=1 bias=false -> avgpool 2 }

    /// DenseNet with 121 layers (Huang et al., [2016](https://arxiv.org/abs/1608.06993)): torchvision's `densenet121`.
    ///
    /// torchvision's published file has older names, `denselayer1.norm.1.weight` instead of `denselayer1.norm1.weight`,
    /// so load it with `.rename("*.norm.*.*", "*.norm*.*").rename("*.conv.*.*", "*.conv*.*")`.
    #[init(kaiming_normal)]
    pub DenseNet121<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: {
            conv0: conv 64 k=7 s=2 p=3 bias=false -> norm0: bn -> relu -> maxpool 3 s=2 p=1
            -> denseblock1: for i in 1..=6 { "denselayer{i}": dense_layer 32 } -> transition1: transition
            -> denseblock2: for i in 1..=12 { "denselayer{i}": dense_layer 32 } -> transition2: transition
            -> denseblock3: for i in 1..=24 { "denselayer{i}": dense_layer 32 } -> transition3: transition
            -> denseblock4: for i in 1..=16 { "denselayer{i}": dense_layer 32 }
            -> norm5: bn -> relu
        }
        -> global_avgpool -> flatten -> classifier: linear CLASSES
    }
}
