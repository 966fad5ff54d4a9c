/// `double_conv` in [`UNet`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct UNetDoubleConv {
    /// `conv c k=3 p=1 bias=false`
    pub conv1: ::nn_dsl::params::Weight,
    /// `bn`
    pub bn1: ::nn_dsl::params::BatchNorm,
    /// `conv c k=3 p=1 bias=false`
    pub conv2: ::nn_dsl::params::Weight,
    /// `bn`
    pub bn2: ::nn_dsl::params::BatchNorm,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl UNetDoubleConv {
    #[track_caller]
    fn new(
        path: &::nn_dsl::nn::Path,
        conv1_out: i64,
        conv1_in: i64,
        conv1_fan: i64,
        conv2_fan: i64,
    ) -> Self {
        Self {
            conv1: ::nn_dsl::params::Weight::new(
                &(path / "conv1"),
                (&[conv1_out, conv1_in, 3, 3], ::nn_dsl::Init::fan_in(conv1_fan)),
            ),
            bn1: ::nn_dsl::params::BatchNorm::new(
                &(path / "bn1"),
                (&[conv1_out], ::nn_dsl::Init::Constant(1.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(0.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(0.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(1.0)),
            ),
            conv2: ::nn_dsl::params::Weight::new(
                &(path / "conv2"),
                (&[conv1_out, conv1_out, 3, 3], ::nn_dsl::Init::fan_in(conv2_fan)),
            ),
            bn2: ::nn_dsl::params::BatchNorm::new(
                &(path / "bn2"),
                (&[conv1_out], ::nn_dsl::Init::Constant(1.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(0.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(0.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(1.0)),
            ),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(&self, input: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let mut x = ::nn_dsl::ops::conv2d(
            input,
            &self.conv1.weight,
            None::<&::nn_dsl::Tensor>,
            [1, 1],
            [1, 1],
            [1, 1],
            1,
        );
        x = x
            .batch_norm(
                Some(&self.bn1.weight),
                Some(&self.bn1.bias),
                Some(&self.bn1.running_mean),
                Some(&self.bn1.running_var),
                train,
                0.1,
                0.00001,
                true,
            );
        x = x.relu();
        x = ::nn_dsl::ops::conv2d(
            &x,
            &self.conv2.weight,
            None::<&::nn_dsl::Tensor>,
            [1, 1],
            [1, 1],
            [1, 1],
            1,
        );
        x = x
            .batch_norm(
                Some(&self.bn2.weight),
                Some(&self.bn2.bias),
                Some(&self.bn2.running_mean),
                Some(&self.bn2.running_var),
                train,
                0.1,
                0.00001,
                true,
            );
        x.relu()
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let mut x = ::nn_dsl::ops::conv2d(
            input,
            &self.conv1.weight,
            None::<&::nn_dsl::Tensor>,
            [1, 1],
            [1, 1],
            [1, 1],
            1,
        );
        trace.layer(&[0], &[("weight", &self.conv1.weight)], &[&x]);
        x = x
            .batch_norm(
                Some(&self.bn1.weight),
                Some(&self.bn1.bias),
                Some(&self.bn1.running_mean),
                Some(&self.bn1.running_var),
                train,
                0.1,
                0.00001,
                true,
            );
        trace
            .layer(
                &[1],
                &[
                    ("weight", &self.bn1.weight),
                    ("bias", &self.bn1.bias),
                    ("running_mean", &self.bn1.running_mean),
                    ("running_var", &self.bn1.running_var),
                ],
                &[&x],
            );
        x = x.relu();
        trace.layer(&[2], &[], &[&x]);
        x = ::nn_dsl::ops::conv2d(
            &x,
            &self.conv2.weight,
            None::<&::nn_dsl::Tensor>,
            [1, 1],
            [1, 1],
            [1, 1],
            1,
        );
        trace.layer(&[3], &[("weight", &self.conv2.weight)], &[&x]);
        x = x
            .batch_norm(
                Some(&self.bn2.weight),
                Some(&self.bn2.bias),
                Some(&self.bn2.running_mean),
                Some(&self.bn2.running_var),
                train,
                0.1,
                0.00001,
                true,
            );
        trace
            .layer(
                &[4],
                &[
                    ("weight", &self.bn2.weight),
                    ("bias", &self.bn2.bias),
                    ("running_mean", &self.bn2.running_mean),
                    ("running_var", &self.bn2.running_var),
                ],
                &[&x],
            );
        x = x.relu();
        trace.layer(&[5], &[], &[&x]);
        x
    }
}
/// `up` in [`UNet`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct UNetUp {
    /// `conv_transpose c k=2 s=2`
    pub conv_transpose1: ::nn_dsl::params::Affine,
    /// `double_conv c`
    pub double_conv1: UNetDoubleConv,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl UNetUp {
    #[track_caller]
    fn new(
        path: &::nn_dsl::nn::Path,
        conv_transpose1_out: i64,
        conv_transpose1_in: i64,
        conv_transpose1_fan: i64,
        double_conv1_conv1_fan: i64,
        double_conv1_conv2_fan: i64,
    ) -> Self {
        Self {
            conv_transpose1: ::nn_dsl::params::Affine::new(
                &(path / "conv_transpose1"),
                (
                    &[conv_transpose1_out, conv_transpose1_in, 2, 2],
                    ::nn_dsl::Init::fan_in(conv_transpose1_fan),
                ),
                (&[conv_transpose1_in], ::nn_dsl::Init::fan_in(conv_transpose1_fan)),
            ),
            double_conv1: UNetDoubleConv::new(
                &(path / "double_conv1"),
                conv_transpose1_in,
                conv_transpose1_out,
                double_conv1_conv1_fan,
                double_conv1_conv2_fan,
            ),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(
        &self,
        input: &::nn_dsl::Tensor,
        skip: &::nn_dsl::Tensor,
        train: bool,
    ) -> ::nn_dsl::Tensor {
        let mut x = input
            .conv_transpose2d(
                &self.conv_transpose1.weight,
                Some(&self.conv_transpose1.bias),
                [2, 2],
                [0, 0],
                [0, 0],
                1,
                [1, 1],
            );
        x = ::nn_dsl::Tensor::cat(&[&x, skip], 1);
        self.double_conv1.forward_t(&x, train)
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        skip: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let mut x = input
            .conv_transpose2d(
                &self.conv_transpose1.weight,
                Some(&self.conv_transpose1.bias),
                [2, 2],
                [0, 0],
                [0, 0],
                1,
                [1, 1],
            );
        trace
            .layer(
                &[0],
                &[
                    ("weight", &self.conv_transpose1.weight),
                    ("bias", &self.conv_transpose1.bias),
                ],
                &[&x],
            );
        x = ::nn_dsl::Tensor::cat(&[&x, skip], 1);
        trace.layer(&[1], &[], &[&x]);
        trace.enter(&[2]);
        x = self.double_conv1.traced(&x, train, trace);
        trace.leave(&[&x]);
        x
    }
}
///
/// `UNet(image: [N, 3, H, W]) -> [N, CLASSES, H, W]`
///
/// ```text
/// {
///     let e1 = image -> double_conv 64;
///     let e2 = e1 -> maxpool 2 -> double_conv 128;
///     let e3 = e2 -> maxpool 2 -> double_conv 256;
///     let e4 = e3 -> maxpool 2 -> double_conv 512;
///     e4 -> maxpool 2 -> double_conv 1024 -> [N, 1024, (H / 16), (W / 16)]
///     -> up 512 skip=e4 -> up 256 skip=e3 -> up 128 skip=e2 -> up 64 skip=e1
///     -> conv CLASSES k=1
/// }
/// ```
///
#[cfg_attr(all(doc, not(doctest)), doc = ::nn_dsl::drawing!(UNet..))]
///
/// | saved under | layer | output | parameters |
/// |---|---|---|---:|
/// | `double_conv1` | double_conv | `[N, 64, H, W]` |  |
/// | `double_conv1.conv1` | conv | `[N, 64, H, W]` | 1728 |
/// | `double_conv1.bn1` | bn | `[N, 64, H, W]` | 128 |
/// |  | relu | `[N, 64, H, W]` |  |
/// | `double_conv1.conv2` | conv | `[N, 64, H, W]` | 36864 |
/// | `double_conv1.bn2` | bn | `[N, 64, H, W]` | 128 |
/// |  | relu | `[N, 64, H, W]` |  |
/// |  | maxpool | `[N, 64, H / 2, W / 2]` |  |
/// | `double_conv2` | double_conv | `[N, 128, H / 2, W / 2]` |  |
/// | `double_conv2.conv1` | conv | `[N, 128, H / 2, W / 2]` | 73728 |
/// | `double_conv2.bn1` | bn | `[N, 128, H / 2, W / 2]` | 256 |
/// |  | relu | `[N, 128, H / 2, W / 2]` |  |
/// | `double_conv2.conv2` | conv | `[N, 128, H / 2, W / 2]` | 147456 |
/// | `double_conv2.bn2` | bn | `[N, 128, H / 2, W / 2]` | 256 |
/// |  | relu | `[N, 128, H / 2, W / 2]` |  |
/// |  | maxpool | `[N, 128, H / 4, W / 4]` |  |
/// | `double_conv3` | double_conv | `[N, 256, H / 4, W / 4]` |  |
/// | `double_conv3.conv1` | conv | `[N, 256, H / 4, W / 4]` | 294912 |
/// | `double_conv3.bn1` | bn | `[N, 256, H / 4, W / 4]` | 512 |
/// |  | relu | `[N, 256, H / 4, W / 4]` |  |
/// | `double_conv3.conv2` | conv | `[N, 256, H / 4, W / 4]` | 589824 |
/// | `double_conv3.bn2` | bn | `[N, 256, H / 4, W / 4]` | 512 |
/// |  | relu | `[N, 256, H / 4, W / 4]` |  |
/// |  | maxpool | `[N, 256, H / 8, W / 8]` |  |
/// | `double_conv4` | double_conv | `[N, 512, H / 8, W / 8]` |  |
/// | `double_conv4.conv1` | conv | `[N, 512, H / 8, W / 8]` | 1179648 |
/// | `double_conv4.bn1` | bn | `[N, 512, H / 8, W / 8]` | 1024 |
/// |  | relu | `[N, 512, H / 8, W / 8]` |  |
/// | `double_conv4.conv2` | conv | `[N, 512, H / 8, W / 8]` | 2359296 |
/// | `double_conv4.bn2` | bn | `[N, 512, H / 8, W / 8]` | 1024 |
/// |  | relu | `[N, 512, H / 8, W / 8]` |  |
/// |  | maxpool | `[N, 512, H / 16, W / 16]` |  |
/// | `double_conv5` | double_conv | `[N, 1024, H / 16, W / 16]` |  |
/// | `double_conv5.conv1` | conv | `[N, 1024, H / 16, W / 16]` | 4718592 |
/// | `double_conv5.bn1` | bn | `[N, 1024, H / 16, W / 16]` | 2048 |
/// |  | relu | `[N, 1024, H / 16, W / 16]` |  |
/// | `double_conv5.conv2` | conv | `[N, 1024, H / 16, W / 16]` | 9437184 |
/// | `double_conv5.bn2` | bn | `[N, 1024, H / 16, W / 16]` | 2048 |
/// |  | relu | `[N, 1024, H / 16, W / 16]` |  |
/// | `up1` | up | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` |  |
/// | `up1.conv_transpose1` | conv_transpose | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` | 2097664 |
/// |  | cat | `[N, 1024, 2 * (H / 16), 2 * (W / 16)]` |  |
/// | `up1.double_conv1` | double_conv | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` |  |
/// | `up1.double_conv1.conv1` | conv | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` | 4718592 |
/// | `up1.double_conv1.bn1` | bn | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` | 1024 |
/// |  | relu | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` |  |
/// | `up1.double_conv1.conv2` | conv | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` | 2359296 |
/// | `up1.double_conv1.bn2` | bn | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` | 1024 |
/// |  | relu | `[N, 512, 2 * (H / 16), 2 * (W / 16)]` |  |
/// | `up2` | up | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` |  |
/// | `up2.conv_transpose1` | conv_transpose | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` | 524544 |
/// |  | cat | `[N, 512, 4 * (H / 16), 4 * (W / 16)]` |  |
/// | `up2.double_conv1` | double_conv | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` |  |
/// | `up2.double_conv1.conv1` | conv | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` | 1179648 |
/// | `up2.double_conv1.bn1` | bn | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` | 512 |
/// |  | relu | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` |  |
/// | `up2.double_conv1.conv2` | conv | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` | 589824 |
/// | `up2.double_conv1.bn2` | bn | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` | 512 |
/// |  | relu | `[N, 256, 4 * (H / 16), 4 * (W / 16)]` |  |
/// | `up3` | up | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` |  |
/// | `up3.conv_transpose1` | conv_transpose | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` | 131200 |
/// |  | cat | `[N, 256, 8 * (H / 16), 8 * (W / 16)]` |  |
/// | `up3.double_conv1` | double_conv | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` |  |
/// | `up3.double_conv1.conv1` | conv | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` | 294912 |
/// | `up3.double_conv1.bn1` | bn | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` | 256 |
/// |  | relu | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` |  |
/// | `up3.double_conv1.conv2` | conv | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` | 147456 |
/// | `up3.double_conv1.bn2` | bn | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` | 256 |
/// |  | relu | `[N, 128, 8 * (H / 16), 8 * (W / 16)]` |  |
/// | `up4` | up | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` |  |
/// | `up4.conv_transpose1` | conv_transpose | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` | 32832 |
/// |  | cat | `[N, 128, 16 * (H / 16), 16 * (W / 16)]` |  |
/// | `up4.double_conv1` | double_conv | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` |  |
/// | `up4.double_conv1.conv1` | conv | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` | 73728 |
/// | `up4.double_conv1.bn1` | bn | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` | 128 |
/// |  | relu | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` |  |
/// | `up4.double_conv1.conv2` | conv | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` | 36864 |
/// | `up4.double_conv1.bn2` | bn | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` | 128 |
/// |  | relu | `[N, 64, 16 * (H / 16), 16 * (W / 16)]` |  |
/// | `conv1` | conv | `[N, CLASSES, 16 * (H / 16), 16 * (W / 16)]` | 65 * CLASSES |
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct UNet<const CLASSES: i64> {
    /// `double_conv 64`
    pub double_conv1: UNetDoubleConv,
    /// `double_conv 128`
    pub double_conv2: UNetDoubleConv,
    /// `double_conv 256`
    pub double_conv3: UNetDoubleConv,
    /// `double_conv 512`
    pub double_conv4: UNetDoubleConv,
    /// `double_conv 1024`
    pub double_conv5: UNetDoubleConv,
    /// `up 512 skip=e4`
    pub up1: UNetUp,
    /// `up 256 skip=e3`
    pub up2: UNetUp,
    /// `up 128 skip=e2`
    pub up3: UNetUp,
    /// `up 64 skip=e1`
    pub up4: UNetUp,
    /// `conv CLASSES k=1`
    pub conv1: ::nn_dsl::params::Affine,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> UNet<CLASSES> {
    /// Makes the network, with its parameters under `path`.
    ///
    /// # Panics
    /// If there is a parameter of the same name already, as of another network on this path.
    #[track_caller]
    pub fn new(path: &::nn_dsl::nn::Path) -> Self {
        const {
            ::core::assert!(
                (CLASSES) as i64 >= 0, "a size cannot be negative, but `CLASSES` is"
            );
        }
        const {
            if !(((CLASSES as i64) >= (1))) {
                ::core::panic!(
                    "{}",
                    ::nn_dsl::check::message("`out` of `conv` must be at least 1, but is CLASSES\nnote: `conv1` gets [N, 64, 16 * (H / 16), 16 * (W / 16)] from `up4`",
                    & [("CLASSES", (CLASSES) as i64)]).as_str()
                )
            }
        }
        Self {
            double_conv1: UNetDoubleConv::new(&(path / "double_conv1"), 64, 3, 27, 576),
            double_conv2: UNetDoubleConv::new(
                &(path / "double_conv2"),
                128,
                64,
                576,
                1152,
            ),
            double_conv3: UNetDoubleConv::new(
                &(path / "double_conv3"),
                256,
                128,
                1152,
                2304,
            ),
            double_conv4: UNetDoubleConv::new(
                &(path / "double_conv4"),
                512,
                256,
                2304,
                4608,
            ),
            double_conv5: UNetDoubleConv::new(
                &(path / "double_conv5"),
                1024,
                512,
                4608,
                9216,
            ),
            up1: UNetUp::new(&(path / "up1"), 1024, 512, 2048, 9216, 4608),
            up2: UNetUp::new(&(path / "up2"), 512, 256, 1024, 4608, 2304),
            up3: UNetUp::new(&(path / "up3"), 256, 128, 512, 2304, 1152),
            up4: UNetUp::new(&(path / "up4"), 128, 64, 256, 1152, 576),
            conv1: ::nn_dsl::params::Affine::new(
                &(path / "conv1"),
                (&[CLASSES as i64, 64, 1, 1], ::nn_dsl::Init::fan_in(64)),
                (&[CLASSES as i64], ::nn_dsl::Init::fan_in(64)),
            ),
        }
    }
    fn run(&self, image: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let e1 = self.double_conv1.forward_t(image, train);
        let mut x = ::nn_dsl::ops::max_pool2d(
            &e1,
            [2, 2],
            [2, 2],
            [0, 0],
            [1, 1],
            false,
        );
        let e2 = self.double_conv2.forward_t(&x, train);
        ::core::mem::drop(x);
        x = ::nn_dsl::ops::max_pool2d(&e2, [2, 2], [2, 2], [0, 0], [1, 1], false);
        let e3 = self.double_conv3.forward_t(&x, train);
        ::core::mem::drop(x);
        x = ::nn_dsl::ops::max_pool2d(&e3, [2, 2], [2, 2], [0, 0], [1, 1], false);
        let e4 = self.double_conv4.forward_t(&x, train);
        ::core::mem::drop(x);
        x = ::nn_dsl::ops::max_pool2d(&e4, [2, 2], [2, 2], [0, 0], [1, 1], false);
        x = self.double_conv5.forward_t(&x, train);
        x = self.up1.forward_t(&x, &e4, train);
        ::core::mem::drop(e4);
        x = self.up2.forward_t(&x, &e3, train);
        ::core::mem::drop(e3);
        x = self.up3.forward_t(&x, &e2, train);
        ::core::mem::drop(e2);
        x = self.up4.forward_t(&x, &e1, train);
        ::core::mem::drop(e1);
        x.conv2d(&self.conv1.weight, Some(&self.conv1.bias), [1, 1], [0, 0], [1, 1], 1)
    }
    #[inline]
    fn traced(
        &self,
        image: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        trace.enter(&[0]);
        let e1 = self.double_conv1.traced(image, train, trace);
        trace.leave(&[&e1]);
        let mut x = ::nn_dsl::ops::max_pool2d(
            &e1,
            [2, 2],
            [2, 2],
            [0, 0],
            [1, 1],
            false,
        );
        trace.layer(&[1], &[], &[&x]);
        trace.enter(&[2]);
        let e2 = self.double_conv2.traced(&x, train, trace);
        trace.leave(&[&e2]);
        ::core::mem::drop(x);
        x = ::nn_dsl::ops::max_pool2d(&e2, [2, 2], [2, 2], [0, 0], [1, 1], false);
        trace.layer(&[3], &[], &[&x]);
        trace.enter(&[4]);
        let e3 = self.double_conv3.traced(&x, train, trace);
        trace.leave(&[&e3]);
        ::core::mem::drop(x);
        x = ::nn_dsl::ops::max_pool2d(&e3, [2, 2], [2, 2], [0, 0], [1, 1], false);
        trace.layer(&[5], &[], &[&x]);
        trace.enter(&[6]);
        let e4 = self.double_conv4.traced(&x, train, trace);
        trace.leave(&[&e4]);
        ::core::mem::drop(x);
        x = ::nn_dsl::ops::max_pool2d(&e4, [2, 2], [2, 2], [0, 0], [1, 1], false);
        trace.layer(&[7], &[], &[&x]);
        trace.enter(&[8]);
        x = self.double_conv5.traced(&x, train, trace);
        trace.leave(&[&x]);
        trace.enter(&[9]);
        x = self.up1.traced(&x, &e4, train, trace);
        trace.leave(&[&x]);
        ::core::mem::drop(e4);
        trace.enter(&[10]);
        x = self.up2.traced(&x, &e3, train, trace);
        trace.leave(&[&x]);
        ::core::mem::drop(e3);
        trace.enter(&[11]);
        x = self.up3.traced(&x, &e2, train, trace);
        trace.leave(&[&x]);
        ::core::mem::drop(e2);
        trace.enter(&[12]);
        x = self.up4.traced(&x, &e1, train, trace);
        trace.leave(&[&x]);
        ::core::mem::drop(e1);
        x = x
            .conv2d(
                &self.conv1.weight,
                Some(&self.conv1.bias),
                [1, 1],
                [0, 0],
                [1, 1],
                1,
            );
        trace
            .layer(
                &[13],
                &[("weight", &self.conv1.weight), ("bias", &self.conv1.bias)],
                &[&x],
            );
        x
    }
    /// Evaluates the network. Gradients flow as they do around it.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says.
    #[track_caller]
    pub fn forward(&self, image: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        self.forward_t(image, false)
    }
    /// Runs the network, in training mode if `train`.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says, or a layer would normalise by
    /// the statistics of a single value, as `bn` would when it is trained on one sample.
    #[track_caller]
    pub fn forward_t(&self, image: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        match self.check(image, train) {
            ::core::result::Result::Ok(_) => self.run(image, train),
            ::core::result::Result::Err(error) => ::core::panic!("{error}"),
        }
    }
    /// As `forward`, with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
    pub fn try_forward(
        &self,
        image: &::nn_dsl::Tensor,
    ) -> ::core::result::Result<::nn_dsl::Tensor, ::nn_dsl::InputError> {
        self.try_forward_t(image, false)
    }
    /// As `forward_t`, with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
    pub fn try_forward_t(
        &self,
        image: &::nn_dsl::Tensor,
        train: bool,
    ) -> ::core::result::Result<::nn_dsl::Tensor, ::nn_dsl::InputError> {
        self.check(image, train)
            .and_then(|_| ::nn_dsl::attempt::<Self, _>(|| self.run(image, train)))
    }
    fn check(
        &self,
        image: &::nn_dsl::Tensor,
        train: bool,
    ) -> ::core::result::Result<::nn_dsl::Kind, ::nn_dsl::InputError> {
        ::nn_dsl::check::inputs(self, &[image], train)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> ::nn_dsl::nn::ModuleT for UNet<CLASSES> {
    fn forward_t(&self, xs: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        Self::forward_t(self, xs, train)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> ::nn_dsl::Network for UNet<CLASSES> {
    type Inputs<'a> = &'a ::nn_dsl::Tensor;
    type Output = ::nn_dsl::Tensor;
    const NAME: &'static ::core::primitive::str = "UNet";
    const INPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[signature("image", own(&[Symbol("N"), Known(3), Symbol("H"), Symbol("W")]))]
    };
    const OUTPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[
            signature(
                "",
                own(&[Symbol("N"), Known(CLASSES as i64), Symbol("H"), Symbol("W")]),
            ),
        ]
    };
    const PREDICATES: &'static [::nn_dsl::Predicate] = {
        use ::nn_dsl::outline::*;
        &[
            predicate(
                Remainder(&Symbol("H"), &Known(16)),
                ::nn_dsl::Comparison::Equal,
                Known(0),
            ),
            predicate(
                Remainder(&Symbol("W"), &Known(16)),
                ::nn_dsl::Comparison::Equal,
                Known(0),
            ),
            predicate(Symbol("H"), ::nn_dsl::Comparison::GreaterEqual, Known(16)),
            predicate(Symbol("W"), ::nn_dsl::Comparison::GreaterEqual, Known(16)),
        ]
    };
    const LAYERS: &'static [::nn_dsl::LayerInfo] = {
        use ::nn_dsl::outline::*;
        &[
            layer(
                "double_conv1",
                "double_conv",
                "double_conv 64",
                &[own(&[Symbol("N"), Known(64), Symbol("H"), Symbol("W")])],
                &[],
                &[
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[Known(1728), Symbol("H"), Symbol("N"), Symbol("W")],
                                ),
                                layer(
                                    "conv1",
                                    "conv",
                                    "conv 64 k=3 p=1 bias=false",
                                    &[own(&[Symbol("N"), Known(64), Symbol("H"), Symbol("W")])],
                                    &[parameter("weight", &[64, 3, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(512),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn1",
                                    "bn",
                                    "bn",
                                    &[own(&[Symbol("N"), Known(64), Symbol("H"), Symbol("W")])],
                                    &[
                                        parameter("weight", &[64]),
                                        parameter("bias", &[64]),
                                        buffer("running_mean", &[64]),
                                        buffer("running_var", &[64]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[own(&[Symbol("N"), Known(64), Symbol("H"), Symbol("W")])],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[Known(36864), Symbol("H"), Symbol("N"), Symbol("W")],
                                ),
                                layer(
                                    "conv2",
                                    "conv",
                                    "conv 64 k=3 p=1 bias=false",
                                    &[own(&[Symbol("N"), Known(64), Symbol("H"), Symbol("W")])],
                                    &[parameter("weight", &[64, 64, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(512),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn2",
                                    "bn",
                                    "bn",
                                    &[own(&[Symbol("N"), Known(64), Symbol("H"), Symbol("W")])],
                                    &[
                                        parameter("weight", &[64]),
                                        parameter("bias", &[64]),
                                        buffer("running_mean", &[64]),
                                        buffer("running_var", &[64]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[own(&[Symbol("N"), Known(64), Symbol("H"), Symbol("W")])],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                ],
            ),
            keeps(
                Product(
                    &[
                        Known(512),
                        Symbol("N"),
                        Quotient(&Symbol("H"), &Known(2)),
                        Quotient(&Symbol("W"), &Known(2)),
                    ],
                ),
                keeps_inputs(
                    window(
                        &[(Known(2), Known(2))],
                        layer(
                            "",
                            "maxpool",
                            "maxpool 2",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(64),
                                        Quotient(&Symbol("H"), &Known(2)),
                                        Quotient(&Symbol("W"), &Known(2)),
                                    ],
                                ),
                            ],
                            &[],
                            &[],
                        ),
                    ),
                ),
            ),
            layer(
                "double_conv2",
                "double_conv",
                "double_conv 128",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(128),
                            Quotient(&Symbol("H"), &Known(2)),
                            Quotient(&Symbol("W"), &Known(2)),
                        ],
                    ),
                ],
                &[],
                &[
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(73728),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(2)),
                                        Quotient(&Symbol("W"), &Known(2)),
                                    ],
                                ),
                                layer(
                                    "conv1",
                                    "conv",
                                    "conv 128 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(128),
                                                Quotient(&Symbol("H"), &Known(2)),
                                                Quotient(&Symbol("W"), &Known(2)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[128, 64, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(1024),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn1",
                                    "bn",
                                    "bn",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(128),
                                                Quotient(&Symbol("H"), &Known(2)),
                                                Quotient(&Symbol("W"), &Known(2)),
                                            ],
                                        ),
                                    ],
                                    &[
                                        parameter("weight", &[128]),
                                        parameter("bias", &[128]),
                                        buffer("running_mean", &[128]),
                                        buffer("running_var", &[128]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(128),
                                            Quotient(&Symbol("H"), &Known(2)),
                                            Quotient(&Symbol("W"), &Known(2)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(147456),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(2)),
                                        Quotient(&Symbol("W"), &Known(2)),
                                    ],
                                ),
                                layer(
                                    "conv2",
                                    "conv",
                                    "conv 128 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(128),
                                                Quotient(&Symbol("H"), &Known(2)),
                                                Quotient(&Symbol("W"), &Known(2)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[128, 128, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(1024),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn2",
                                    "bn",
                                    "bn",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(128),
                                                Quotient(&Symbol("H"), &Known(2)),
                                                Quotient(&Symbol("W"), &Known(2)),
                                            ],
                                        ),
                                    ],
                                    &[
                                        parameter("weight", &[128]),
                                        parameter("bias", &[128]),
                                        buffer("running_mean", &[128]),
                                        buffer("running_var", &[128]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(128),
                                            Quotient(&Symbol("H"), &Known(2)),
                                            Quotient(&Symbol("W"), &Known(2)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                ],
            ),
            keeps(
                Product(
                    &[
                        Known(1024),
                        Symbol("N"),
                        Quotient(&Symbol("H"), &Known(4)),
                        Quotient(&Symbol("W"), &Known(4)),
                    ],
                ),
                keeps_inputs(
                    window(
                        &[(Known(2), Known(2))],
                        layer(
                            "",
                            "maxpool",
                            "maxpool 2",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(128),
                                        Quotient(&Symbol("H"), &Known(4)),
                                        Quotient(&Symbol("W"), &Known(4)),
                                    ],
                                ),
                            ],
                            &[],
                            &[],
                        ),
                    ),
                ),
            ),
            layer(
                "double_conv3",
                "double_conv",
                "double_conv 256",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(256),
                            Quotient(&Symbol("H"), &Known(4)),
                            Quotient(&Symbol("W"), &Known(4)),
                        ],
                    ),
                ],
                &[],
                &[
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(294912),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(4)),
                                        Quotient(&Symbol("W"), &Known(4)),
                                    ],
                                ),
                                layer(
                                    "conv1",
                                    "conv",
                                    "conv 256 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(256),
                                                Quotient(&Symbol("H"), &Known(4)),
                                                Quotient(&Symbol("W"), &Known(4)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[256, 128, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(2048),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn1",
                                    "bn",
                                    "bn",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(256),
                                                Quotient(&Symbol("H"), &Known(4)),
                                                Quotient(&Symbol("W"), &Known(4)),
                                            ],
                                        ),
                                    ],
                                    &[
                                        parameter("weight", &[256]),
                                        parameter("bias", &[256]),
                                        buffer("running_mean", &[256]),
                                        buffer("running_var", &[256]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(256),
                                            Quotient(&Symbol("H"), &Known(4)),
                                            Quotient(&Symbol("W"), &Known(4)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(589824),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(4)),
                                        Quotient(&Symbol("W"), &Known(4)),
                                    ],
                                ),
                                layer(
                                    "conv2",
                                    "conv",
                                    "conv 256 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(256),
                                                Quotient(&Symbol("H"), &Known(4)),
                                                Quotient(&Symbol("W"), &Known(4)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[256, 256, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(2048),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn2",
                                    "bn",
                                    "bn",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(256),
                                                Quotient(&Symbol("H"), &Known(4)),
                                                Quotient(&Symbol("W"), &Known(4)),
                                            ],
                                        ),
                                    ],
                                    &[
                                        parameter("weight", &[256]),
                                        parameter("bias", &[256]),
                                        buffer("running_mean", &[256]),
                                        buffer("running_var", &[256]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(256),
                                            Quotient(&Symbol("H"), &Known(4)),
                                            Quotient(&Symbol("W"), &Known(4)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                ],
            ),
            keeps(
                Product(
                    &[
                        Known(2048),
                        Symbol("N"),
                        Quotient(&Symbol("H"), &Known(8)),
                        Quotient(&Symbol("W"), &Known(8)),
                    ],
                ),
                keeps_inputs(
                    window(
                        &[(Known(2), Known(2))],
                        layer(
                            "",
                            "maxpool",
                            "maxpool 2",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(256),
                                        Quotient(&Symbol("H"), &Known(8)),
                                        Quotient(&Symbol("W"), &Known(8)),
                                    ],
                                ),
                            ],
                            &[],
                            &[],
                        ),
                    ),
                ),
            ),
            layer(
                "double_conv4",
                "double_conv",
                "double_conv 512",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(512),
                            Quotient(&Symbol("H"), &Known(8)),
                            Quotient(&Symbol("W"), &Known(8)),
                        ],
                    ),
                ],
                &[],
                &[
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(1179648),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(8)),
                                        Quotient(&Symbol("W"), &Known(8)),
                                    ],
                                ),
                                layer(
                                    "conv1",
                                    "conv",
                                    "conv 512 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(512),
                                                Quotient(&Symbol("H"), &Known(8)),
                                                Quotient(&Symbol("W"), &Known(8)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[512, 256, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(4096),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn1",
                                    "bn",
                                    "bn",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(512),
                                                Quotient(&Symbol("H"), &Known(8)),
                                                Quotient(&Symbol("W"), &Known(8)),
                                            ],
                                        ),
                                    ],
                                    &[
                                        parameter("weight", &[512]),
                                        parameter("bias", &[512]),
                                        buffer("running_mean", &[512]),
                                        buffer("running_var", &[512]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(512),
                                            Quotient(&Symbol("H"), &Known(8)),
                                            Quotient(&Symbol("W"), &Known(8)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(2359296),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(8)),
                                        Quotient(&Symbol("W"), &Known(8)),
                                    ],
                                ),
                                layer(
                                    "conv2",
                                    "conv",
                                    "conv 512 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(512),
                                                Quotient(&Symbol("H"), &Known(8)),
                                                Quotient(&Symbol("W"), &Known(8)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[512, 512, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps(
                        Known(4096),
                        keeps_inputs(
                            place(
                                layer(
                                    "bn2",
                                    "bn",
                                    "bn",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(512),
                                                Quotient(&Symbol("H"), &Known(8)),
                                                Quotient(&Symbol("W"), &Known(8)),
                                            ],
                                        ),
                                    ],
                                    &[
                                        parameter("weight", &[512]),
                                        parameter("bias", &[512]),
                                        buffer("running_mean", &[512]),
                                        buffer("running_var", &[512]),
                                    ],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(512),
                                            Quotient(&Symbol("H"), &Known(8)),
                                            Quotient(&Symbol("W"), &Known(8)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                ],
            ),
            keeps(
                Product(
                    &[
                        Known(4096),
                        Symbol("N"),
                        Quotient(&Symbol("H"), &Known(16)),
                        Quotient(&Symbol("W"), &Known(16)),
                    ],
                ),
                keeps_inputs(
                    window(
                        &[(Known(2), Known(2))],
                        layer(
                            "",
                            "maxpool",
                            "maxpool 2",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(512),
                                        Quotient(&Symbol("H"), &Known(16)),
                                        Quotient(&Symbol("W"), &Known(16)),
                                    ],
                                ),
                            ],
                            &[],
                            &[],
                        ),
                    ),
                ),
            ),
            layer(
                "double_conv5",
                "double_conv",
                "double_conv 1024",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(1024),
                            Quotient(&Symbol("H"), &Known(16)),
                            Quotient(&Symbol("W"), &Known(16)),
                        ],
                    ),
                ],
                &[],
                &[
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(4718592),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(16)),
                                        Quotient(&Symbol("W"), &Known(16)),
                                    ],
                                ),
                                layer(
                                    "conv1",
                                    "conv",
                                    "conv 1024 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(1024),
                                                Quotient(&Symbol("H"), &Known(16)),
                                                Quotient(&Symbol("W"), &Known(16)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[1024, 512, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    statistics(
                        true,
                        true,
                        keeps(
                            Known(8192),
                            keeps_inputs(
                                place(
                                    layer(
                                        "bn1",
                                        "bn",
                                        "bn",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(1024),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                        ],
                                        &[
                                            parameter("weight", &[1024]),
                                            parameter("bias", &[1024]),
                                            buffer("running_mean", &[1024]),
                                            buffer("running_var", &[1024]),
                                        ],
                                        &[],
                                    ),
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(1024),
                                            Quotient(&Symbol("H"), &Known(16)),
                                            Quotient(&Symbol("W"), &Known(16)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                    keeps_inputs(
                        window(
                            &[(Known(3), Known(1))],
                            multiply_adds(
                                Product(
                                    &[
                                        Known(9437184),
                                        Symbol("N"),
                                        Quotient(&Symbol("H"), &Known(16)),
                                        Quotient(&Symbol("W"), &Known(16)),
                                    ],
                                ),
                                layer(
                                    "conv2",
                                    "conv",
                                    "conv 1024 k=3 p=1 bias=false",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(1024),
                                                Quotient(&Symbol("H"), &Known(16)),
                                                Quotient(&Symbol("W"), &Known(16)),
                                            ],
                                        ),
                                    ],
                                    &[parameter("weight", &[1024, 1024, 3, 3])],
                                    &[],
                                ),
                            ),
                        ),
                    ),
                    statistics(
                        true,
                        true,
                        keeps(
                            Known(8192),
                            keeps_inputs(
                                place(
                                    layer(
                                        "bn2",
                                        "bn",
                                        "bn",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(1024),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                        ],
                                        &[
                                            parameter("weight", &[1024]),
                                            parameter("bias", &[1024]),
                                            buffer("running_mean", &[1024]),
                                            buffer("running_var", &[1024]),
                                        ],
                                        &[],
                                    ),
                                ),
                            ),
                        ),
                    ),
                    keeps_outputs(
                        place(
                            layer(
                                "",
                                "relu",
                                "relu",
                                &[
                                    own(
                                        &[
                                            Symbol("N"),
                                            Known(1024),
                                            Quotient(&Symbol("H"), &Known(16)),
                                            Quotient(&Symbol("W"), &Known(16)),
                                        ],
                                    ),
                                ],
                                &[],
                                &[],
                            ),
                        ),
                    ),
                ],
            ),
            from(
                &[at(8), at(6)],
                layer(
                    "up1",
                    "up",
                    "up 512 skip=e4",
                    &[
                        own(
                            &[
                                Symbol("N"),
                                Known(512),
                                Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                            ],
                        ),
                    ],
                    &[],
                    &[
                        keeps_inputs(
                            spread(
                                &[(Known(2), Known(2))],
                                multiply_adds(
                                    Product(
                                        &[
                                            Known(2097152),
                                            Symbol("N"),
                                            Quotient(&Symbol("H"), &Known(16)),
                                            Quotient(&Symbol("W"), &Known(16)),
                                        ],
                                    ),
                                    layer(
                                        "conv_transpose1",
                                        "conv_transpose",
                                        "conv_transpose 512 k=2 s=2",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(512),
                                                    Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                    Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                                ],
                                            ),
                                        ],
                                        &[
                                            parameter("weight", &[1024, 512, 2, 2]),
                                            parameter("bias", &[512]),
                                        ],
                                        &[],
                                    ),
                                ),
                            ),
                        ),
                        from(
                            &[at(0), Input(1)],
                            place(
                                layer(
                                    "",
                                    "cat",
                                    "cat",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(1024),
                                                Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                            ],
                                        ),
                                    ],
                                    &[],
                                    &[],
                                ),
                            ),
                        ),
                        layer(
                            "double_conv1",
                            "double_conv",
                            "double_conv 512",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(512),
                                        Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                        Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                    ],
                                ),
                            ],
                            &[],
                            &[
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(18874368),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv1",
                                                "conv",
                                                "conv 512 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(512),
                                                            Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[512, 1024, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(4096),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn1",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(512),
                                                            Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[512]),
                                                    parameter("bias", &[512]),
                                                    buffer("running_mean", &[512]),
                                                    buffer("running_var", &[512]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(512),
                                                        Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(9437184),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv2",
                                                "conv",
                                                "conv 512 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(512),
                                                            Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[512, 512, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(4096),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn2",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(512),
                                                            Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[512]),
                                                    parameter("bias", &[512]),
                                                    buffer("running_mean", &[512]),
                                                    buffer("running_var", &[512]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(512),
                                                        Product(&[Known(2), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(2), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                            ],
                        ),
                    ],
                ),
            ),
            from(
                &[at(9), at(4)],
                layer(
                    "up2",
                    "up",
                    "up 256 skip=e3",
                    &[
                        own(
                            &[
                                Symbol("N"),
                                Known(256),
                                Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                            ],
                        ),
                    ],
                    &[],
                    &[
                        keeps_inputs(
                            spread(
                                &[(Known(2), Known(2))],
                                multiply_adds(
                                    Product(
                                        &[
                                            Known(2097152),
                                            Symbol("N"),
                                            Quotient(&Symbol("H"), &Known(16)),
                                            Quotient(&Symbol("W"), &Known(16)),
                                        ],
                                    ),
                                    layer(
                                        "conv_transpose1",
                                        "conv_transpose",
                                        "conv_transpose 256 k=2 s=2",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(256),
                                                    Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                    Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                                ],
                                            ),
                                        ],
                                        &[
                                            parameter("weight", &[512, 256, 2, 2]),
                                            parameter("bias", &[256]),
                                        ],
                                        &[],
                                    ),
                                ),
                            ),
                        ),
                        from(
                            &[at(0), Input(1)],
                            place(
                                layer(
                                    "",
                                    "cat",
                                    "cat",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(512),
                                                Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                            ],
                                        ),
                                    ],
                                    &[],
                                    &[],
                                ),
                            ),
                        ),
                        layer(
                            "double_conv1",
                            "double_conv",
                            "double_conv 256",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(256),
                                        Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                        Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                    ],
                                ),
                            ],
                            &[],
                            &[
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(18874368),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv1",
                                                "conv",
                                                "conv 256 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(256),
                                                            Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[256, 512, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(2048),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn1",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(256),
                                                            Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[256]),
                                                    parameter("bias", &[256]),
                                                    buffer("running_mean", &[256]),
                                                    buffer("running_var", &[256]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(256),
                                                        Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(9437184),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv2",
                                                "conv",
                                                "conv 256 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(256),
                                                            Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[256, 256, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(2048),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn2",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(256),
                                                            Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[256]),
                                                    parameter("bias", &[256]),
                                                    buffer("running_mean", &[256]),
                                                    buffer("running_var", &[256]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(256),
                                                        Product(&[Known(4), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(4), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                            ],
                        ),
                    ],
                ),
            ),
            from(
                &[at(10), at(2)],
                layer(
                    "up3",
                    "up",
                    "up 128 skip=e2",
                    &[
                        own(
                            &[
                                Symbol("N"),
                                Known(128),
                                Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                            ],
                        ),
                    ],
                    &[],
                    &[
                        keeps_inputs(
                            spread(
                                &[(Known(2), Known(2))],
                                multiply_adds(
                                    Product(
                                        &[
                                            Known(2097152),
                                            Symbol("N"),
                                            Quotient(&Symbol("H"), &Known(16)),
                                            Quotient(&Symbol("W"), &Known(16)),
                                        ],
                                    ),
                                    layer(
                                        "conv_transpose1",
                                        "conv_transpose",
                                        "conv_transpose 128 k=2 s=2",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(128),
                                                    Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                    Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                                ],
                                            ),
                                        ],
                                        &[
                                            parameter("weight", &[256, 128, 2, 2]),
                                            parameter("bias", &[128]),
                                        ],
                                        &[],
                                    ),
                                ),
                            ),
                        ),
                        from(
                            &[at(0), Input(1)],
                            place(
                                layer(
                                    "",
                                    "cat",
                                    "cat",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(256),
                                                Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                            ],
                                        ),
                                    ],
                                    &[],
                                    &[],
                                ),
                            ),
                        ),
                        layer(
                            "double_conv1",
                            "double_conv",
                            "double_conv 128",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(128),
                                        Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                        Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                    ],
                                ),
                            ],
                            &[],
                            &[
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(18874368),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv1",
                                                "conv",
                                                "conv 128 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(128),
                                                            Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[128, 256, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(1024),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn1",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(128),
                                                            Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[128]),
                                                    parameter("bias", &[128]),
                                                    buffer("running_mean", &[128]),
                                                    buffer("running_var", &[128]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(128),
                                                        Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(9437184),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv2",
                                                "conv",
                                                "conv 128 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(128),
                                                            Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[128, 128, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(1024),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn2",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(128),
                                                            Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[128]),
                                                    parameter("bias", &[128]),
                                                    buffer("running_mean", &[128]),
                                                    buffer("running_var", &[128]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(128),
                                                        Product(&[Known(8), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(8), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                            ],
                        ),
                    ],
                ),
            ),
            from(
                &[at(11), at(0)],
                layer(
                    "up4",
                    "up",
                    "up 64 skip=e1",
                    &[
                        own(
                            &[
                                Symbol("N"),
                                Known(64),
                                Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                            ],
                        ),
                    ],
                    &[],
                    &[
                        keeps_inputs(
                            spread(
                                &[(Known(2), Known(2))],
                                multiply_adds(
                                    Product(
                                        &[
                                            Known(2097152),
                                            Symbol("N"),
                                            Quotient(&Symbol("H"), &Known(16)),
                                            Quotient(&Symbol("W"), &Known(16)),
                                        ],
                                    ),
                                    layer(
                                        "conv_transpose1",
                                        "conv_transpose",
                                        "conv_transpose 64 k=2 s=2",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(64),
                                                    Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                    Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                                ],
                                            ),
                                        ],
                                        &[
                                            parameter("weight", &[128, 64, 2, 2]),
                                            parameter("bias", &[64]),
                                        ],
                                        &[],
                                    ),
                                ),
                            ),
                        ),
                        from(
                            &[at(0), Input(1)],
                            place(
                                layer(
                                    "",
                                    "cat",
                                    "cat",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(128),
                                                Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                            ],
                                        ),
                                    ],
                                    &[],
                                    &[],
                                ),
                            ),
                        ),
                        layer(
                            "double_conv1",
                            "double_conv",
                            "double_conv 64",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(64),
                                        Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                        Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                    ],
                                ),
                            ],
                            &[],
                            &[
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(18874368),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv1",
                                                "conv",
                                                "conv 64 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(64),
                                                            Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[64, 128, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(512),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn1",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(64),
                                                            Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[64]),
                                                    parameter("bias", &[64]),
                                                    buffer("running_mean", &[64]),
                                                    buffer("running_var", &[64]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(64),
                                                        Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps_inputs(
                                    window(
                                        &[(Known(3), Known(1))],
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(9437184),
                                                    Symbol("N"),
                                                    Quotient(&Symbol("H"), &Known(16)),
                                                    Quotient(&Symbol("W"), &Known(16)),
                                                ],
                                            ),
                                            layer(
                                                "conv2",
                                                "conv",
                                                "conv 64 k=3 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(64),
                                                            Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[64, 64, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Known(512),
                                    keeps_inputs(
                                        place(
                                            layer(
                                                "bn2",
                                                "bn",
                                                "bn",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(64),
                                                            Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                            Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                                        ],
                                                    ),
                                                ],
                                                &[
                                                    parameter("weight", &[64]),
                                                    parameter("bias", &[64]),
                                                    buffer("running_mean", &[64]),
                                                    buffer("running_var", &[64]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps_outputs(
                                    place(
                                        layer(
                                            "",
                                            "relu",
                                            "relu",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(64),
                                                        Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                                        Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                            ],
                        ),
                    ],
                ),
            ),
            keeps_inputs(
                window(
                    &[(Known(1), Known(1))],
                    multiply_adds(
                        Product(
                            &[
                                Known(16384),
                                Symbol("N"),
                                Known(CLASSES as i64),
                                Quotient(&Symbol("H"), &Known(16)),
                                Quotient(&Symbol("W"), &Known(16)),
                            ],
                        ),
                        layer(
                            "conv1",
                            "conv",
                            "conv CLASSES k=1",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(CLASSES as i64),
                                        Product(&[Known(16), Quotient(&Symbol("H"), &Known(16))]),
                                        Product(&[Known(16), Quotient(&Symbol("W"), &Known(16))]),
                                    ],
                                ),
                            ],
                            &[
                                parameter("weight", &[CLASSES as i64, 64, 1, 1]),
                                parameter("bias", &[CLASSES as i64]),
                            ],
                            &[],
                        ),
                    ),
                ),
            ),
        ]
    };
    const ALIASES: &'static [(
        &'static ::core::primitive::str,
        &'static ::core::primitive::str,
    )] = &[];
    const PYTHON: ::nn_dsl::python::Source = ::nn_dsl::python::Source {
        name: "UNet",
        pieces: {
            use ::nn_dsl::python::Piece::*;
            &[
                Text("class "),
                Name,
                Text(
                    "DoubleConv(nn.Module):\n    def __init__(self, conv1_out, conv1_in):\n        super().__init__()\n        self.conv1 = nn.Conv2d(conv1_in, conv1_out, kernel_size=3, padding=1, bias=False)\n        self.bn1 = nn.BatchNorm2d(conv1_out)\n        self.conv2 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)\n        self.bn2 = nn.BatchNorm2d(conv1_out)\n\n    def forward(self, x):\n        x = self.conv1(x)\n        x = self.bn1(x)\n        x = F.relu(x)\n        x = self.conv2(x)\n        x = self.bn2(x)\n        return F.relu(x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "Up(nn.Module):\n    def __init__(self, conv_transpose1_out, conv_transpose1_in):\n        super().__init__()\n        self.conv_transpose1 = nn.ConvTranspose2d(conv_transpose1_out, conv_transpose1_in, kernel_size=2, stride=2)\n        self.double_conv1 = ",
                ),
                Name,
                Text(
                    "DoubleConv(conv_transpose1_in, conv_transpose1_out)\n\n    def forward(self, x, skip):\n        x = self.conv_transpose1(x)\n        x = torch.cat([x, skip], 1)\n        return self.double_conv1(x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "(nn.Module):\n    \"\"\"UNet(image: [N, 3, H, W]) -> [N, CLASSES, H, W]\"\"\"\n\n    def __init__(self):\n        super().__init__()\n        self.double_conv1 = ",
                ),
                Name,
                Text("DoubleConv(64, 3)\n        self.double_conv2 = "),
                Name,
                Text("DoubleConv(128, 64)\n        self.double_conv3 = "),
                Name,
                Text("DoubleConv(256, 128)\n        self.double_conv4 = "),
                Name,
                Text("DoubleConv(512, 256)\n        self.double_conv5 = "),
                Name,
                Text("DoubleConv(1024, 512)\n        self.up1 = "),
                Name,
                Text("Up(1024, 512)\n        self.up2 = "),
                Name,
                Text("Up(512, 256)\n        self.up3 = "),
                Name,
                Text("Up(256, 128)\n        self.up4 = "),
                Name,
                Text("Up(128, 64)\n        self.conv1 = nn.Conv2d(64, "),
                Size(CLASSES as i64),
                Text(
                    ", kernel_size=1)\n\n    def forward(self, image):\n        e1 = self.double_conv1(image)\n        x = F.max_pool2d(e1, 2)\n        e2 = self.double_conv2(x)\n        x = F.max_pool2d(e2, 2)\n        e3 = self.double_conv3(x)\n        x = F.max_pool2d(e3, 2)\n        e4 = self.double_conv4(x)\n        x = F.max_pool2d(e4, 2)\n        x = self.double_conv5(x)\n        x = self.up1(x, e4)\n        x = self.up2(x, e3)\n        x = self.up3(x, e2)\n        x = self.up4(x, e1)\n        return self.conv1(x)",
                ),
            ]
        },
    };
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self::new(path)
    }
    fn parameter(&self) -> ::core::option::Option<&::nn_dsl::Tensor> {
        ::core::option::Option::Some(&self.double_conv1.conv1.weight)
    }
    fn forward_t(&self, image: Self::Inputs<'_>, train: bool) -> Self::Output {
        Self::forward_t(self, image, train)
    }
    fn try_forward_t(
        &self,
        image: Self::Inputs<'_>,
        train: bool,
    ) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
        Self::try_forward_t(self, image, train)
    }
    #[inline]
    fn traced(
        &self,
        image: Self::Inputs<'_>,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
        let _ = self.check(image, train)?;
        trace.inputs(&[image]);
        ::core::result::Result::Ok(self.traced(image, train, trace))
    }
}
