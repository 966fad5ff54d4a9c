//! ResNet-18 to ResNet-152.

use crate::network;

network! {
    #![optimize]

    block basic(c, s = 1) {
        residual {
            conv c k=3 s=s p=1 bias=false -> bn -> relu
            -> conv c k=3 p=1 bias=false -> bn
        } shortcut downsample: { conv c k=1 s=s bias=false -> bn }
        -> relu
    }

    block bottleneck(c, s = 1) {
        residual {
            conv c k=1 bias=false -> bn -> relu
            -> conv c k=3 s=s p=1 bias=false -> bn -> relu
            -> conv (4 * c) k=1 bias=false -> bn
        } shortcut downsample: { conv (4 * c) k=1 s=s bias=false -> bn }
        -> relu
    }

    /// ResNet with 18 layers (He et al., [2015](https://arxiv.org/abs/1512.03385)): torchvision's `resnet18`.
    #[init(kaiming_normal)]
    pub ResNet18<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
        -> layer1: repeat 2 { basic 64 }
        -> layer2: { basic 128 s=2 -> basic 128 }
        -> layer3: { basic 256 s=2 -> basic 256 }
        -> layer4: { basic 512 s=2 -> basic 512 }
        -> global_avgpool -> flatten -> fc: linear CLASSES
    }

    /// ResNet with 34 layers: torchvision's `resnet34`.
    #[init(kaiming_normal)]
    pub ResNet34<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
        -> layer1: repeat 3 { basic 64 }
        -> layer2: { basic 128 s=2 -> repeat 3 { basic 128 } }
        -> layer3: { basic 256 s=2 -> repeat 5 { basic 256 } }
        -> layer4: { basic 512 s=2 -> repeat 2 { basic 512 } }
        -> global_avgpool -> flatten -> fc: linear CLASSES
    }

    /// ResNet with 50 layers, of bottlenecks that stride in their 3x3 convolution: torchvision's `resnet50`.
    #[init(kaiming_normal)]
    pub ResNet50<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
        -> layer1: repeat 3 { bottleneck 64 }
        -> layer2: { bottleneck 128 s=2 -> repeat 3 { bottleneck 128 } }
        -> layer3: { bottleneck 256 s=2 -> repeat 5 { bottleneck 256 } }
        -> layer4: { bottleneck 512 s=2 -> repeat 2 { bottleneck 512 } }
        -> global_avgpool -> flatten -> fc: linear CLASSES
    }

    /// ResNet with 101 layers: torchvision's `resnet101`.
    #[init(kaiming_normal)]
    pub ResNet101<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
        -> layer1: repeat 3 { bottleneck 64 }
        -> layer2: { bottleneck 128 s=2 -> repeat 3 { bottleneck 128 } }
        -> layer3: { bottleneck 256 s=2 -> repeat 22 { bottleneck 256 } }
        -> layer4: { bottleneck 512 s=2 -> repeat 2 { bottleneck 512 } }
        -> global_avgpool -> flatten -> fc: linear CLASSES
    }

    /// ResNet with 152 layers: torchvision's `resnet152`.
    #[init(kaiming_normal)]
    pub ResNet152<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
        -> layer1: repeat 3 { bottleneck 64 }
        -> layer2: { bottleneck 128 s=2 -> repeat 7 { bottleneck 128 } }
        -> layer3: { bottleneck 256 s=2 -> repeat 35 { bottleneck 256 } }
        -> layer4: { bottleneck 512 s=2 -> repeat 2 { bottleneck 512 } }
        -> global_avgpool -> flatten -> fc: linear CLASSES
    }
}
