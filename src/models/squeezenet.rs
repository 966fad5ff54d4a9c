//! SqueezeNet 1.0 and 1.1.

use crate::network;

network! {
    #![optimize]

    block fire(squeeze, expand) {
        squeeze: conv squeeze k=1 -> relu
        -> cat { expand1x1: conv expand k=1 -> relu, expand3x3: conv expand k=3 p=1 -> relu }
    }

    #[sequential]
    block head(classes) { dropout 0.5 -> conv classes k=1 -> relu -> global_avgpool }

    /// SqueezeNet 1.0 (Iandola et al., [2016](https://arxiv.org/abs/1602.07360)): torchvision's `squeezenet1_0`.
    pub SqueezeNet1_0<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: {
            conv 96 k=7 s=2 -> relu -> maxpool 3 s=2 ceil=true
            -> fire 16 64 -> fire 16 64 -> fire 32 128 -> maxpool 3 s=2 ceil=true
            -> fire 32 128 -> fire 48 192 -> fire 48 192 -> fire 64 256 -> maxpool 3 s=2 ceil=true
            -> fire 64 256
        }
        -> classifier: head CLASSES -> flatten
    }

    /// SqueezeNet 1.1, as accurate with less than half of the computation: torchvision's `squeezenet1_1`.
    pub SqueezeNet1_1<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: {
            conv 64 k=3 s=2 -> relu -> maxpool 3 s=2 ceil=true
            -> fire 16 64 -> fire 16 64 -> maxpool 3 s=2 ceil=true
            -> fire 32 128 -> fire 32 128 -> maxpool 3 s=2 ceil=true
            -> fire 48 192 -> fire 48 192 -> fire 64 256 -> fire 64 256
        }
        -> classifier: head CLASSES -> flatten
    }
}
