//! GoogLeNet.

use crate::network;

network! {
    #![optimize]

    block conv_bn(c, k = 1, s = 1, p = 0) {
        conv: conv c k=k s=s p=p bias=false -> bn: bn eps=1e-3 -> relu
    }

    /// The widths of the branches: 1x1; 3x3 with its reduction; 5x5 with its reduction, two of 3x3 in torchvision's
    /// model; and after the pooling.
    block inception(c1, r3, c3, r5, c5, pool) {
        cat {
            branch1: conv_bn c1,
            branch2: { conv_bn r3 -> conv_bn c3 k=3 p=1 },
            branch3: { conv_bn r5 -> conv_bn c5 k=3 p=1 },
            branch4: { maxpool 3 s=1 p=1 -> conv_bn pool }
        }
    }

    /// GoogLeNet (Szegedy et al., [2014](https://arxiv.org/abs/1409.4842)): torchvision's `googlenet` with
    /// `aux_logits=False`, without the two heads that only help in training.
    ///
    /// If a file has these heads, ignore `aux1.*` and `aux2.*`.
    pub GoogLeNet<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES] {
        conv1: conv_bn 64 k=7 s=2 p=3 -> maxpool 3 s=2 ceil=true
        -> conv2: conv_bn 64 -> conv3: conv_bn 192 k=3 p=1 -> maxpool 3 s=2 ceil=true
        -> inception3a: inception 64 96 128 16 32 32
        -> inception3b: inception 128 128 192 32 96 64 -> maxpool 3 s=2 ceil=true
        -> inception4a: inception 192 96 208 16 48 64
        -> inception4b: inception 160 112 224 24 64 64
        -> inception4c: inception 128 128 256 24 64 64
        -> inception4d: inception 112 144 288 32 64 64
        -> inception4e: inception 256 160 320 32 128 128 -> maxpool 2 ceil=true
        -> inception5a: inception 256 160 320 32 128 128
        -> inception5b: inception 384 192 384 48 128 128
        -> global_avgpool -> flatten -> dropout 0.2 -> fc: linear CLASSES
    }
}
