//! AlexNet.

use crate::network;

network! {
    #![optimize]

    /// AlexNet (Krizhevsky, [2014](https://arxiv.org/abs/1404.5997)): torchvision's `alexnet`.
    pub AlexNet<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: {
            conv 64 k=11 s=4 p=2 -> relu -> maxpool 3 s=2
            -> conv 192 k=5 p=2 -> relu -> maxpool 3 s=2
            -> conv 384 k=3 p=1 -> relu
            -> conv 256 k=3 p=1 -> relu
            -> conv 256 k=3 p=1 -> relu -> maxpool 3 s=2
        }
        -> adaptive_avgpool 6 -> flatten
        -> classifier: {
            dropout 0.5 -> linear 4096 -> relu
            -> dropout 0.5 -> linear 4096 -> relu
            -> linear CLASSES
        }
    }
}
