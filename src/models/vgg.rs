//! VGG, of 11 to 19 layers, with and without batch normalisation.

use crate::network;

network! {
    #![optimize]

    /// The columns A, B, D and E of the paper's table: what has `depth` layers.
    #[sequential]
    block stages(depth, norm = false) {
        conv 64 k=3 p=1 -> if norm { bn } -> relu
        -> if depth >= 13 { conv 64 k=3 p=1 -> if norm { bn } -> relu } -> maxpool 2
        -> conv 128 k=3 p=1 -> if norm { bn } -> relu
        -> if depth >= 13 { conv 128 k=3 p=1 -> if norm { bn } -> relu } -> maxpool 2
        -> conv 256 k=3 p=1 -> if norm { bn } -> relu
        -> conv 256 k=3 p=1 -> if norm { bn } -> relu
        -> if depth >= 16 { conv 256 k=3 p=1 -> if norm { bn } -> relu }
        -> if depth >= 19 { conv 256 k=3 p=1 -> if norm { bn } -> relu } -> maxpool 2
        -> conv 512 k=3 p=1 -> if norm { bn } -> relu
        -> conv 512 k=3 p=1 -> if norm { bn } -> relu
        -> if depth >= 16 { conv 512 k=3 p=1 -> if norm { bn } -> relu }
        -> if depth >= 19 { conv 512 k=3 p=1 -> if norm { bn } -> relu } -> maxpool 2
        -> conv 512 k=3 p=1 -> if norm { bn } -> relu
        -> conv 512 k=3 p=1 -> if norm { bn } -> relu
        -> if depth >= 16 { conv 512 k=3 p=1 -> if norm { bn } -> relu }
        -> if depth >= 19 { conv 512 k=3 p=1 -> if norm { bn } -> relu } -> maxpool 2
    }

    #[sequential]
    block head(classes) {
        linear 4096 -> relu -> dropout 0.5 -> linear 4096 -> relu -> dropout 0.5 -> linear classes
    }

    /// VGG with 11 layers (Simonyan and Zisserman, [2014](https://arxiv.org/abs/1409.1556)): torchvision's `vgg11`.
    pub Vgg11<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 11 -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }

    /// [`Vgg11`] with batch normalisation: torchvision's `vgg11_bn`.
    pub Vgg11Bn<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 11 norm=true -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }

    /// VGG with 13 layers: torchvision's `vgg13`.
    pub Vgg13<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 13 -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }

    /// [`Vgg13`] with batch normalisation: torchvision's `vgg13_bn`.
    pub Vgg13Bn<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 13 norm=true -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }

    /// VGG with 16 layers: torchvision's `vgg16`.
    pub Vgg16<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 16 -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }

    /// [`Vgg16`] with batch normalisation: torchvision's `vgg16_bn`.
    pub Vgg16Bn<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 16 norm=true -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }

    /// VGG with 19 layers: torchvision's `vgg19`.
    pub Vgg19<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 19 -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }

    /// [`Vgg19`] with batch normalisation: torchvision's `vgg19_bn`.
    pub Vgg19Bn<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        features: stages 19 norm=true -> adaptive_avgpool 7 -> flatten -> classifier: head CLASSES
    }
}
