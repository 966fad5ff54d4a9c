//! MobileNetV2.

use crate::network;

network! {
    #![optimize]

    #[sequential]
    block conv_bn(c, k = 3, s = 1, g = 1) {
        conv c k=k s=s p=((k - 1) / 2) g=g bias=false -> bn -> relu6
    }

    #[sequential]
    block expand_filter_project(t, c, s = 1) {
        if t != 1 { conv_bn (t * channels) k=1 }
        -> conv_bn channels s=s g=channels
        -> conv c k=1 bias=false -> bn
    }

    block inverted_residual(t, c, s = 1) {
        if s == 1 && channels == c {
            residual conv: expand_filter_project t c s=s
        } else {
            conv: expand_filter_project t c s=s
        }
    }

    /// MobileNetV2 (Sandler et al., [2018](https://arxiv.org/abs/1801.04381)): torchvision's `mobilenet_v2`.
    #[init(kaiming_normal)]
    pub MobileNetV2<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: {
            conv_bn 32 s=2
            -> inverted_residual 1 16
            -> inverted_residual 6 24 s=2  -> inverted_residual 6 24
            -> inverted_residual 6 32 s=2  -> repeat 2 { inverted_residual 6 32 }
            -> inverted_residual 6 64 s=2  -> repeat 3 { inverted_residual 6 64 }
            -> repeat 3 { inverted_residual 6 96 }
            -> inverted_residual 6 160 s=2 -> repeat 2 { inverted_residual 6 160 }
            -> inverted_residual 6 320
            -> conv_bn 1280 k=1
        }
        -> global_avgpool -> flatten
        -> classifier: { dropout 0.2 -> linear CLASSES }
    }
}
