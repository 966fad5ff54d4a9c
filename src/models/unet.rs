//! U-Net.

use crate::network;

network! {
    #![optimize]

    block double_conv(c) {
        double_conv: {
            conv c k=3 p=1 bias=false -> bn -> relu -> conv c k=3 p=1 bias=false -> bn -> relu
        }
    }

    block down(c) { maxpool_conv: { maxpool 2 -> double_conv c } }

    block up(c, skip) { (skip, up: conv_transpose c k=2 s=2) -> cat -> conv: double_conv c }

    /// U-Net (Ronneberger et al., [2015](https://arxiv.org/abs/1505.04597)), padded and normalised, for images whose
    /// size can be halved four times: a score for each class at each pixel.
    ///
    /// The names are those of [Pytorch-UNet](https://github.com/milesial/Pytorch-UNet) with `bilinear=False`.
    pub UNet<const CLASSES: i64>(image: [N, 3, H, W]) -> [N, CLASSES, H, W]
        where H % 16 == 0, W % 16 == 0
    {
        let x1 = image -> inc: double_conv 64;
        let x2 = x1 -> down1: down 128;
        let x3 = x2 -> down2: down 256;
        let x4 = x3 -> down3: down 512;
        x4 -> down4: down 1024 -> [N, 1024, H / 16, W / 16]
        -> up1: up 512 skip=x4 -> up2: up 256 skip=x3 -> up3: up 128 skip=x2 -> up4: up 64 skip=x1
        -> outc: { conv: conv CLASSES k=1 }
    }
}
