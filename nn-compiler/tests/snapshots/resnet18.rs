/// `basic` in [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct ResNet18Basic {
    /// `conv c k=3 s=s p=1 bias=false`
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
impl ResNet18Basic {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path, conv1_out: i64) -> Self {
        Self {
            conv1: ::nn_dsl::params::Weight::new(
                &(path / "conv1"),
                (&[conv1_out, conv1_out, 3, 3], ::nn_dsl::Init::KaimingNormal),
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
                (&[conv1_out, conv1_out, 3, 3], ::nn_dsl::Init::KaimingNormal),
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
        x = input + &x;
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
        x = input + &x;
        trace.layer(&[5], &[], &[&x]);
        x = x.relu();
        trace.layer(&[6], &[], &[&x]);
        x
    }
}
/// `downsample` in [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct ResNet18Downsample {
    /// `conv c k=1 s=s bias=false`
    pub _0: ::nn_dsl::params::Weight,
    /// `bn`
    pub _1: ::nn_dsl::params::BatchNorm,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ResNet18Downsample {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path, stage0_out: i64, stage0_in: i64) -> Self {
        Self {
            _0: ::nn_dsl::params::Weight::new(
                &(path / "0"),
                (&[stage0_out, stage0_in, 1, 1], ::nn_dsl::Init::KaimingNormal),
            ),
            _1: ::nn_dsl::params::BatchNorm::new(
                &(path / "1"),
                (&[stage0_out], ::nn_dsl::Init::Constant(1.0)),
                (&[stage0_out], ::nn_dsl::Init::Constant(0.0)),
                (&[stage0_out], ::nn_dsl::Init::Constant(0.0)),
                (&[stage0_out], ::nn_dsl::Init::Constant(1.0)),
            ),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(&self, input: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let x = input
            .conv2d(
                &self._0.weight,
                None::<&::nn_dsl::Tensor>,
                [2, 2],
                [0, 0],
                [1, 1],
                1,
            );
        x.batch_norm(
            Some(&self._1.weight),
            Some(&self._1.bias),
            Some(&self._1.running_mean),
            Some(&self._1.running_var),
            train,
            0.1,
            0.00001,
            true,
        )
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let mut x = input
            .conv2d(
                &self._0.weight,
                None::<&::nn_dsl::Tensor>,
                [2, 2],
                [0, 0],
                [1, 1],
                1,
            );
        trace.layer(&[0], &[("weight", &self._0.weight)], &[&x]);
        x = x
            .batch_norm(
                Some(&self._1.weight),
                Some(&self._1.bias),
                Some(&self._1.running_mean),
                Some(&self._1.running_var),
                train,
                0.1,
                0.00001,
                true,
            );
        trace
            .layer(
                &[1],
                &[
                    ("weight", &self._1.weight),
                    ("bias", &self._1.bias),
                    ("running_mean", &self._1.running_mean),
                    ("running_var", &self._1.running_var),
                ],
                &[&x],
            );
        x
    }
}
/// `basic` in [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct ResNet18Basic2 {
    /// `conv c k=3 s=s p=1 bias=false`
    pub conv1: ::nn_dsl::params::Weight,
    /// `bn`
    pub bn1: ::nn_dsl::params::BatchNorm,
    /// `conv c k=3 p=1 bias=false`
    pub conv2: ::nn_dsl::params::Weight,
    /// `bn`
    pub bn2: ::nn_dsl::params::BatchNorm,
    /// `{ .. }`
    pub downsample: ResNet18Downsample,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ResNet18Basic2 {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path, conv1_out: i64, conv1_in: i64) -> Self {
        Self {
            conv1: ::nn_dsl::params::Weight::new(
                &(path / "conv1"),
                (&[conv1_out, conv1_in, 3, 3], ::nn_dsl::Init::KaimingNormal),
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
                (&[conv1_out, conv1_out, 3, 3], ::nn_dsl::Init::KaimingNormal),
            ),
            bn2: ::nn_dsl::params::BatchNorm::new(
                &(path / "bn2"),
                (&[conv1_out], ::nn_dsl::Init::Constant(1.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(0.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(0.0)),
                (&[conv1_out], ::nn_dsl::Init::Constant(1.0)),
            ),
            downsample: ResNet18Downsample::new(
                &(path / "downsample"),
                conv1_out,
                conv1_in,
            ),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(&self, input: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let mut x = input
            .conv2d(
                &self.conv1.weight,
                None::<&::nn_dsl::Tensor>,
                [2, 2],
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
        let mut x2 = self.downsample.forward_t(input, train);
        x2 = &x2 + &x;
        ::core::mem::drop(x);
        x2.relu()
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let mut x = input
            .conv2d(
                &self.conv1.weight,
                None::<&::nn_dsl::Tensor>,
                [2, 2],
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
        trace.enter(&[5]);
        let mut x2 = self.downsample.traced(input, train, trace);
        trace.leave(&[&x2]);
        x2 = &x2 + &x;
        trace.layer(&[6], &[], &[&x2]);
        ::core::mem::drop(x);
        x2 = x2.relu();
        trace.layer(&[7], &[], &[&x2]);
        x2
    }
}
/// `layer2` in [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct ResNet18Layer2 {
    /// `basic 128 s=2`
    pub _0: ResNet18Basic2,
    /// `basic 128`
    pub _1: ResNet18Basic,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ResNet18Layer2 {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            _0: ResNet18Basic2::new(&(path / "0"), 128, 64),
            _1: ResNet18Basic::new(&(path / "1"), 128),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(&self, input: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let x = self._0.forward_t(input, train);
        self._1.forward_t(&x, train)
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        trace.enter(&[0]);
        let mut x = self._0.traced(input, train, trace);
        trace.leave(&[&x]);
        trace.enter(&[1]);
        x = self._1.traced(&x, train, trace);
        trace.leave(&[&x]);
        x
    }
}
/// `layer3` in [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct ResNet18Layer3 {
    /// `basic 256 s=2`
    pub _0: ResNet18Basic2,
    /// `basic 256`
    pub _1: ResNet18Basic,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ResNet18Layer3 {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            _0: ResNet18Basic2::new(&(path / "0"), 256, 128),
            _1: ResNet18Basic::new(&(path / "1"), 256),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(&self, input: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let x = self._0.forward_t(input, train);
        self._1.forward_t(&x, train)
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        trace.enter(&[0]);
        let mut x = self._0.traced(input, train, trace);
        trace.leave(&[&x]);
        trace.enter(&[1]);
        x = self._1.traced(&x, train, trace);
        trace.leave(&[&x]);
        x
    }
}
/// `layer4` in [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct ResNet18Layer4 {
    /// `basic 512 s=2`
    pub _0: ResNet18Basic2,
    /// `basic 512`
    pub _1: ResNet18Basic,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ResNet18Layer4 {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            _0: ResNet18Basic2::new(&(path / "0"), 512, 256),
            _1: ResNet18Basic::new(&(path / "1"), 512),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(&self, input: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let x = self._0.forward_t(input, train);
        self._1.forward_t(&x, train)
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        trace.enter(&[0]);
        let mut x = self._0.traced(input, train, trace);
        trace.leave(&[&x]);
        trace.enter(&[1]);
        x = self._1.traced(&x, train, trace);
        trace.leave(&[&x]);
        x
    }
}
/// ResNet with 18 layers (He et al., [2015](https://arxiv.org/abs/1512.03385)): torchvision's `resnet18`.
///
/// `ResNet18(image: [N, 3, H, W]) -> [N, CLASSES]`
///
/// ```text
/// {
///     conv 64 k=7 s=2 p=3 bias=false -> bn -> relu -> maxpool 3 s=2 p=1
///     -> layer1: repeat 2 { basic 64 }
///     -> layer2: { basic 128 s=2 -> basic 128 }
///     -> layer3: { basic 256 s=2 -> basic 256 }
///     -> layer4: { basic 512 s=2 -> basic 512 }
///     -> global_avgpool -> flatten -> fc: linear CLASSES
/// }
/// ```
///
#[cfg_attr(all(doc, not(doctest)), doc = ::nn_dsl::drawing!(ResNet18..))]
///
/// | saved under | layer | output | parameters |
/// |---|---|---|---:|
/// | `conv1` | conv | `[N, 64, (H + 1) / 2, (W + 1) / 2]` | 9408 |
/// | `bn1` | bn | `[N, 64, (H + 1) / 2, (W + 1) / 2]` | 128 |
/// |  | relu | `[N, 64, (H + 1) / 2, (W + 1) / 2]` |  |
/// |  | maxpool | `[N, 64, (H + 3) / 4, (W + 3) / 4]` |  |
/// | `layer1` | group | `[N, 64, (H + 3) / 4, (W + 3) / 4]` |  |
/// | `layer1.0` and 1 more | basic | `[N, 64, (H + 3) / 4, (W + 3) / 4]` |  |
/// | `layer1.0.conv1` | conv | `[N, 64, (H + 3) / 4, (W + 3) / 4]` | 36864 |
/// | `layer1.0.bn1` | bn | `[N, 64, (H + 3) / 4, (W + 3) / 4]` | 128 |
/// |  | relu | `[N, 64, (H + 3) / 4, (W + 3) / 4]` |  |
/// | `layer1.0.conv2` | conv | `[N, 64, (H + 3) / 4, (W + 3) / 4]` | 36864 |
/// | `layer1.0.bn2` | bn | `[N, 64, (H + 3) / 4, (W + 3) / 4]` | 128 |
/// |  | + | `[N, 64, (H + 3) / 4, (W + 3) / 4]` |  |
/// |  | relu | `[N, 64, (H + 3) / 4, (W + 3) / 4]` |  |
/// | `layer2` | group | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer2.0` | basic | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer2.0.conv1` | conv | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 73728 |
/// | `layer2.0.bn1` | bn | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 256 |
/// |  | relu | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer2.0.conv2` | conv | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 147456 |
/// | `layer2.0.bn2` | bn | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 256 |
/// | `layer2.0.downsample` | group | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer2.0.downsample.0` | conv | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 8192 |
/// | `layer2.0.downsample.1` | bn | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 256 |
/// |  | + | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// |  | relu | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer2.1` | basic | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer2.1.conv1` | conv | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 147456 |
/// | `layer2.1.bn1` | bn | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 256 |
/// |  | relu | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer2.1.conv2` | conv | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 147456 |
/// | `layer2.1.bn2` | bn | `[N, 128, (H + 7) / 8, (W + 7) / 8]` | 256 |
/// |  | + | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// |  | relu | `[N, 128, (H + 7) / 8, (W + 7) / 8]` |  |
/// | `layer3` | group | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer3.0` | basic | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer3.0.conv1` | conv | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 294912 |
/// | `layer3.0.bn1` | bn | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 512 |
/// |  | relu | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer3.0.conv2` | conv | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 589824 |
/// | `layer3.0.bn2` | bn | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 512 |
/// | `layer3.0.downsample` | group | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer3.0.downsample.0` | conv | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 32768 |
/// | `layer3.0.downsample.1` | bn | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 512 |
/// |  | + | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// |  | relu | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer3.1` | basic | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer3.1.conv1` | conv | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 589824 |
/// | `layer3.1.bn1` | bn | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 512 |
/// |  | relu | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer3.1.conv2` | conv | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 589824 |
/// | `layer3.1.bn2` | bn | `[N, 256, (H + 15) / 16, (W + 15) / 16]` | 512 |
/// |  | + | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// |  | relu | `[N, 256, (H + 15) / 16, (W + 15) / 16]` |  |
/// | `layer4` | group | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// | `layer4.0` | basic | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// | `layer4.0.conv1` | conv | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 1179648 |
/// | `layer4.0.bn1` | bn | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 1024 |
/// |  | relu | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// | `layer4.0.conv2` | conv | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 2359296 |
/// | `layer4.0.bn2` | bn | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 1024 |
/// | `layer4.0.downsample` | group | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// | `layer4.0.downsample.0` | conv | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 131072 |
/// | `layer4.0.downsample.1` | bn | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 1024 |
/// |  | + | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// |  | relu | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// | `layer4.1` | basic | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// | `layer4.1.conv1` | conv | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 2359296 |
/// | `layer4.1.bn1` | bn | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 1024 |
/// |  | relu | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// | `layer4.1.conv2` | conv | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 2359296 |
/// | `layer4.1.bn2` | bn | `[N, 512, (H + 31) / 32, (W + 31) / 32]` | 1024 |
/// |  | + | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// |  | relu | `[N, 512, (H + 31) / 32, (W + 31) / 32]` |  |
/// |  | global_avgpool | `[N, 512, 1, 1]` |  |
/// |  | flatten | `[N, 512]` |  |
/// | `fc` | linear | `[N, CLASSES]` | 513 * CLASSES |
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct ResNet18<const CLASSES: i64> {
    /// `conv 64 k=7 s=2 p=3 bias=false`
    pub conv1: ::nn_dsl::params::Weight,
    /// `bn`
    pub bn1: ::nn_dsl::params::BatchNorm,
    /// `repeat 2 { .. }`
    pub layer1: [ResNet18Basic; 2],
    /// `{ .. }`
    pub layer2: ResNet18Layer2,
    /// `{ .. }`
    pub layer3: ResNet18Layer3,
    /// `{ .. }`
    pub layer4: ResNet18Layer4,
    /// `linear CLASSES`
    pub fc: ::nn_dsl::params::Affine,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> ResNet18<CLASSES> {
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
                    ::nn_dsl::check::message("`out` of `linear` must be at least 1, but is CLASSES\nnote: `fc` gets [N, 512] from `flatten`",
                    & [("CLASSES", (CLASSES) as i64)]).as_str()
                )
            }
        }
        Self {
            conv1: ::nn_dsl::params::Weight::new(
                &(path / "conv1"),
                (&[64, 3, 7, 7], ::nn_dsl::Init::KaimingNormal),
            ),
            bn1: ::nn_dsl::params::BatchNorm::new(
                &(path / "bn1"),
                (&[64], ::nn_dsl::Init::Constant(1.0)),
                (&[64], ::nn_dsl::Init::Constant(0.0)),
                (&[64], ::nn_dsl::Init::Constant(0.0)),
                (&[64], ::nn_dsl::Init::Constant(1.0)),
            ),
            layer1: ::core::array::from_fn(|turn| ResNet18Basic::new(
                &(path / "layer1" / turn),
                64,
            )),
            layer2: ResNet18Layer2::new(&(path / "layer2")),
            layer3: ResNet18Layer3::new(&(path / "layer3")),
            layer4: ResNet18Layer4::new(&(path / "layer4")),
            fc: ::nn_dsl::params::Affine::new(
                &(path / "fc"),
                (&[CLASSES as i64, 512], ::nn_dsl::Init::KaimingNormal),
                (&[CLASSES as i64], ::nn_dsl::Init::fan_in(512)),
            ),
        }
    }
    fn run(&self, image: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let mut x = image
            .conv2d(
                &self.conv1.weight,
                None::<&::nn_dsl::Tensor>,
                [2, 2],
                [3, 3],
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
        x = ::nn_dsl::ops::max_pool2d(&x, [3, 3], [2, 2], [1, 1], [1, 1], false);
        for stage in &self.layer1 {
            x = stage.forward_t(&x, train);
        }
        x = self.layer2.forward_t(&x, train);
        x = self.layer3.forward_t(&x, train);
        x = self.layer4.forward_t(&x, train);
        x = x.adaptive_avg_pool2d([1, 1]);
        x = x.flatten(1, 3);
        ::nn_dsl::ops::linear(&x, &self.fc.weight, Some(&self.fc.bias))
    }
    #[inline]
    fn traced(
        &self,
        image: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let mut x = image
            .conv2d(
                &self.conv1.weight,
                None::<&::nn_dsl::Tensor>,
                [2, 2],
                [3, 3],
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
        x = ::nn_dsl::ops::max_pool2d(&x, [3, 3], [2, 2], [1, 1], [1, 1], false);
        trace.layer(&[3], &[], &[&x]);
        for (turn, stage) in (0..).zip(&self.layer1) {
            trace.enter(&[4, 0 + turn]);
            x = stage.traced(&x, train, trace);
            trace.leave(&[&x]);
        }
        trace.enter(&[5]);
        x = self.layer2.traced(&x, train, trace);
        trace.leave(&[&x]);
        trace.enter(&[6]);
        x = self.layer3.traced(&x, train, trace);
        trace.leave(&[&x]);
        trace.enter(&[7]);
        x = self.layer4.traced(&x, train, trace);
        trace.leave(&[&x]);
        x = x.adaptive_avg_pool2d([1, 1]);
        trace.layer(&[8], &[], &[&x]);
        x = x.flatten(1, 3);
        trace.layer(&[9], &[], &[&x]);
        x = ::nn_dsl::ops::linear(&x, &self.fc.weight, Some(&self.fc.bias));
        trace
            .layer(
                &[10],
                &[("weight", &self.fc.weight), ("bias", &self.fc.bias)],
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
impl<const CLASSES: i64> ::nn_dsl::nn::ModuleT for ResNet18<CLASSES> {
    fn forward_t(&self, xs: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        Self::forward_t(self, xs, train)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> ::nn_dsl::Network for ResNet18<CLASSES> {
    type Inputs<'a> = &'a ::nn_dsl::Tensor;
    type Output = ::nn_dsl::Tensor;
    const NAME: &'static ::core::primitive::str = "ResNet18";
    const INPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[signature("image", own(&[Symbol("N"), Known(3), Symbol("H"), Symbol("W")]))]
    };
    const OUTPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[signature("", own(&[Symbol("N"), Known(CLASSES as i64)]))]
    };
    const PREDICATES: &'static [::nn_dsl::Predicate] = {
        use ::nn_dsl::outline::*;
        &[
            predicate(Symbol("H"), ::nn_dsl::Comparison::GreaterEqual, Known(1)),
            predicate(Symbol("W"), ::nn_dsl::Comparison::GreaterEqual, Known(1)),
        ]
    };
    const LAYERS: &'static [::nn_dsl::LayerInfo] = {
        use ::nn_dsl::outline::*;
        &[
            keeps_inputs(
                window(
                    &[(Known(7), Known(2))],
                    multiply_adds(
                        Product(
                            &[
                                Known(9408),
                                Symbol("N"),
                                Quotient(&Sum(&[Symbol("H"), Known(1)]), &Known(2)),
                                Quotient(&Sum(&[Symbol("W"), Known(1)]), &Known(2)),
                            ],
                        ),
                        layer(
                            "conv1",
                            "conv",
                            "conv 64 k=7 s=2 p=3 bias=false",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(64),
                                        Quotient(&Sum(&[Symbol("H"), Known(1)]), &Known(2)),
                                        Quotient(&Sum(&[Symbol("W"), Known(1)]), &Known(2)),
                                    ],
                                ),
                            ],
                            &[parameter("weight", &[64, 3, 7, 7])],
                            &[],
                        ),
                    ),
                ),
            ),
            statistics(
                true,
                true,
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
                                            Quotient(&Sum(&[Symbol("H"), Known(1)]), &Known(2)),
                                            Quotient(&Sum(&[Symbol("W"), Known(1)]), &Known(2)),
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
                                    Quotient(&Sum(&[Symbol("H"), Known(1)]), &Known(2)),
                                    Quotient(&Sum(&[Symbol("W"), Known(1)]), &Known(2)),
                                ],
                            ),
                        ],
                        &[],
                        &[],
                    ),
                ),
            ),
            keeps(
                Product(
                    &[
                        Known(512),
                        Symbol("N"),
                        Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                        Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
                    ],
                ),
                keeps_inputs(
                    window(
                        &[(Known(3), Known(2))],
                        layer(
                            "",
                            "maxpool",
                            "maxpool 3 s=2 p=1",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(64),
                                        Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                        Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
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
                "layer1",
                "group",
                "repeat 2 { .. }",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(64),
                            Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                            Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
                        ],
                    ),
                ],
                &[],
                &[
                    turns(
                        2,
                        layer(
                            "0",
                            "basic",
                            "basic 64",
                            &[
                                own(
                                    &[
                                        Symbol("N"),
                                        Known(64),
                                        Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                        Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
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
                                                    Known(36864),
                                                    Symbol("N"),
                                                    Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
                                                ],
                                            ),
                                            layer(
                                                "conv1",
                                                "conv",
                                                "conv 64 k=3 s=1 p=1 bias=false",
                                                &[
                                                    own(
                                                        &[
                                                            Symbol("N"),
                                                            Known(64),
                                                            Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[64, 64, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                statistics(
                                    true,
                                    true,
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
                                                                Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                                Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
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
                                                    Known(36864),
                                                    Symbol("N"),
                                                    Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
                                                        ],
                                                    ),
                                                ],
                                                &[parameter("weight", &[64, 64, 3, 3])],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                statistics(
                                    true,
                                    true,
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
                                                                Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                                Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
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
                                ),
                                from(
                                    &[Input(0), at(4)],
                                    place(
                                        layer(
                                            "",
                                            "+",
                                            "+",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(64),
                                                        Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
                                                    ],
                                                ),
                                            ],
                                            &[],
                                            &[],
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(3)]), &Known(4)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(3)]), &Known(4)),
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
                    ),
                ],
            ),
            layer(
                "layer2",
                "group",
                "{ .. }",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(128),
                            Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                            Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                        ],
                    ),
                ],
                &[],
                &[
                    layer(
                        "0",
                        "basic",
                        "basic 128 s=2",
                        &[
                            own(
                                &[
                                    Symbol("N"),
                                    Known(128),
                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                ],
                            ),
                        ],
                        &[],
                        &[
                            keeps_inputs(
                                window(
                                    &[(Known(3), Known(2))],
                                    multiply_adds(
                                        Product(
                                            &[
                                                Known(73728),
                                                Symbol("N"),
                                                Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                            ],
                                        ),
                                        layer(
                                            "conv1",
                                            "conv",
                                            "conv 128 k=3 s=2 p=1 bias=false",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(128),
                                                        Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[128, 64, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                                Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[128, 128, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                            ),
                            from(
                                &[Input(0)],
                                layer(
                                    "downsample",
                                    "group",
                                    "{ .. }",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(128),
                                                Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                            ],
                                        ),
                                    ],
                                    &[],
                                    &[
                                        keeps_inputs(
                                            window(
                                                &[(Known(1), Known(2))],
                                                multiply_adds(
                                                    Product(
                                                        &[
                                                            Known(8192),
                                                            Symbol("N"),
                                                            Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                        ],
                                                    ),
                                                    layer(
                                                        "0",
                                                        "conv",
                                                        "conv 128 k=1 s=2 bias=false",
                                                        &[
                                                            own(
                                                                &[
                                                                    Symbol("N"),
                                                                    Known(128),
                                                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                                ],
                                                            ),
                                                        ],
                                                        &[parameter("weight", &[128, 64, 1, 1])],
                                                        &[],
                                                    ),
                                                ),
                                            ),
                                        ),
                                        statistics(
                                            true,
                                            true,
                                            keeps(
                                                Known(1024),
                                                keeps_inputs(
                                                    place(
                                                        layer(
                                                            "1",
                                                            "bn",
                                                            "bn",
                                                            &[
                                                                own(
                                                                    &[
                                                                        Symbol("N"),
                                                                        Known(128),
                                                                        Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                                        Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                        ),
                                    ],
                                ),
                            ),
                            from(
                                &[at(5), at(4)],
                                place(
                                    layer(
                                        "",
                                        "+",
                                        "+",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(128),
                                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                ],
                                            ),
                                        ],
                                        &[],
                                        &[],
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                    layer(
                        "1",
                        "basic",
                        "basic 128",
                        &[
                            own(
                                &[
                                    Symbol("N"),
                                    Known(128),
                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                                Known(147456),
                                                Symbol("N"),
                                                Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                            ],
                                        ),
                                        layer(
                                            "conv1",
                                            "conv",
                                            "conv 128 k=3 s=1 p=1 bias=false",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(128),
                                                        Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[128, 128, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                                Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[128, 128, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
                            ),
                            from(
                                &[Input(0), at(4)],
                                place(
                                    layer(
                                        "",
                                        "+",
                                        "+",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(128),
                                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
                                                ],
                                            ),
                                        ],
                                        &[],
                                        &[],
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(7)]), &Known(8)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(7)]), &Known(8)),
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
            layer(
                "layer3",
                "group",
                "{ .. }",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(256),
                            Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                            Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                        ],
                    ),
                ],
                &[],
                &[
                    layer(
                        "0",
                        "basic",
                        "basic 256 s=2",
                        &[
                            own(
                                &[
                                    Symbol("N"),
                                    Known(256),
                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                ],
                            ),
                        ],
                        &[],
                        &[
                            keeps_inputs(
                                window(
                                    &[(Known(3), Known(2))],
                                    multiply_adds(
                                        Product(
                                            &[
                                                Known(294912),
                                                Symbol("N"),
                                                Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                            ],
                                        ),
                                        layer(
                                            "conv1",
                                            "conv",
                                            "conv 256 k=3 s=2 p=1 bias=false",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(256),
                                                        Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[256, 128, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                                Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[256, 256, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                            ),
                            from(
                                &[Input(0)],
                                layer(
                                    "downsample",
                                    "group",
                                    "{ .. }",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(256),
                                                Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                            ],
                                        ),
                                    ],
                                    &[],
                                    &[
                                        keeps_inputs(
                                            window(
                                                &[(Known(1), Known(2))],
                                                multiply_adds(
                                                    Product(
                                                        &[
                                                            Known(32768),
                                                            Symbol("N"),
                                                            Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                        ],
                                                    ),
                                                    layer(
                                                        "0",
                                                        "conv",
                                                        "conv 256 k=1 s=2 bias=false",
                                                        &[
                                                            own(
                                                                &[
                                                                    Symbol("N"),
                                                                    Known(256),
                                                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                                ],
                                                            ),
                                                        ],
                                                        &[parameter("weight", &[256, 128, 1, 1])],
                                                        &[],
                                                    ),
                                                ),
                                            ),
                                        ),
                                        statistics(
                                            true,
                                            true,
                                            keeps(
                                                Known(2048),
                                                keeps_inputs(
                                                    place(
                                                        layer(
                                                            "1",
                                                            "bn",
                                                            "bn",
                                                            &[
                                                                own(
                                                                    &[
                                                                        Symbol("N"),
                                                                        Known(256),
                                                                        Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                                        Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                        ),
                                    ],
                                ),
                            ),
                            from(
                                &[at(5), at(4)],
                                place(
                                    layer(
                                        "",
                                        "+",
                                        "+",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(256),
                                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                ],
                                            ),
                                        ],
                                        &[],
                                        &[],
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                    layer(
                        "1",
                        "basic",
                        "basic 256",
                        &[
                            own(
                                &[
                                    Symbol("N"),
                                    Known(256),
                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                                Known(589824),
                                                Symbol("N"),
                                                Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                            ],
                                        ),
                                        layer(
                                            "conv1",
                                            "conv",
                                            "conv 256 k=3 s=1 p=1 bias=false",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(256),
                                                        Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[256, 256, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                                Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[256, 256, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
                            ),
                            from(
                                &[Input(0), at(4)],
                                place(
                                    layer(
                                        "",
                                        "+",
                                        "+",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(256),
                                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
                                                ],
                                            ),
                                        ],
                                        &[],
                                        &[],
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(15)]), &Known(16)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(15)]), &Known(16)),
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
            layer(
                "layer4",
                "group",
                "{ .. }",
                &[
                    own(
                        &[
                            Symbol("N"),
                            Known(512),
                            Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                            Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                        ],
                    ),
                ],
                &[],
                &[
                    layer(
                        "0",
                        "basic",
                        "basic 512 s=2",
                        &[
                            own(
                                &[
                                    Symbol("N"),
                                    Known(512),
                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                ],
                            ),
                        ],
                        &[],
                        &[
                            keeps_inputs(
                                window(
                                    &[(Known(3), Known(2))],
                                    multiply_adds(
                                        Product(
                                            &[
                                                Known(1179648),
                                                Symbol("N"),
                                                Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                            ],
                                        ),
                                        layer(
                                            "conv1",
                                            "conv",
                                            "conv 512 k=3 s=2 p=1 bias=false",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(512),
                                                        Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[512, 256, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                                Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[512, 512, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                            ),
                            from(
                                &[Input(0)],
                                layer(
                                    "downsample",
                                    "group",
                                    "{ .. }",
                                    &[
                                        own(
                                            &[
                                                Symbol("N"),
                                                Known(512),
                                                Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                            ],
                                        ),
                                    ],
                                    &[],
                                    &[
                                        keeps_inputs(
                                            window(
                                                &[(Known(1), Known(2))],
                                                multiply_adds(
                                                    Product(
                                                        &[
                                                            Known(131072),
                                                            Symbol("N"),
                                                            Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                        ],
                                                    ),
                                                    layer(
                                                        "0",
                                                        "conv",
                                                        "conv 512 k=1 s=2 bias=false",
                                                        &[
                                                            own(
                                                                &[
                                                                    Symbol("N"),
                                                                    Known(512),
                                                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                                ],
                                                            ),
                                                        ],
                                                        &[parameter("weight", &[512, 256, 1, 1])],
                                                        &[],
                                                    ),
                                                ),
                                            ),
                                        ),
                                        statistics(
                                            true,
                                            true,
                                            keeps(
                                                Known(4096),
                                                keeps_inputs(
                                                    place(
                                                        layer(
                                                            "1",
                                                            "bn",
                                                            "bn",
                                                            &[
                                                                own(
                                                                    &[
                                                                        Symbol("N"),
                                                                        Known(512),
                                                                        Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                                        Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                        ),
                                    ],
                                ),
                            ),
                            from(
                                &[at(5), at(4)],
                                place(
                                    layer(
                                        "",
                                        "+",
                                        "+",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(512),
                                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                ],
                                            ),
                                        ],
                                        &[],
                                        &[],
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                    layer(
                        "1",
                        "basic",
                        "basic 512",
                        &[
                            own(
                                &[
                                    Symbol("N"),
                                    Known(512),
                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                                Known(2359296),
                                                Symbol("N"),
                                                Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                            ],
                                        ),
                                        layer(
                                            "conv1",
                                            "conv",
                                            "conv 512 k=3 s=1 p=1 bias=false",
                                            &[
                                                own(
                                                    &[
                                                        Symbol("N"),
                                                        Known(512),
                                                        Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[512, 512, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                                Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                                                        Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                        Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                    ],
                                                ),
                                            ],
                                            &[parameter("weight", &[512, 512, 3, 3])],
                                            &[],
                                        ),
                                    ),
                                ),
                            ),
                            statistics(
                                true,
                                true,
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
                                                            Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                            Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
                            ),
                            from(
                                &[Input(0), at(4)],
                                place(
                                    layer(
                                        "",
                                        "+",
                                        "+",
                                        &[
                                            own(
                                                &[
                                                    Symbol("N"),
                                                    Known(512),
                                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
                                                ],
                                            ),
                                        ],
                                        &[],
                                        &[],
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
                                                    Quotient(&Sum(&[Symbol("H"), Known(31)]), &Known(32)),
                                                    Quotient(&Sum(&[Symbol("W"), Known(31)]), &Known(32)),
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
            layer(
                "",
                "global_avgpool",
                "global_avgpool",
                &[own(&[Symbol("N"), Known(512), Known(1), Known(1)])],
                &[],
                &[],
            ),
            view(
                layer(
                    "",
                    "flatten",
                    "flatten",
                    &[own(&[Symbol("N"), Known(512)])],
                    &[],
                    &[],
                ),
            ),
            keeps_inputs(
                multiply_adds(
                    Product(&[Known(512), Symbol("N"), Known(CLASSES as i64)]),
                    layer(
                        "fc",
                        "linear",
                        "linear CLASSES",
                        &[own(&[Symbol("N"), Known(CLASSES as i64)])],
                        &[
                            parameter("weight", &[CLASSES as i64, 512]),
                            parameter("bias", &[CLASSES as i64]),
                        ],
                        &[],
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
        name: "ResNet18",
        pieces: {
            use ::nn_dsl::python::Piece::*;
            &[
                Text("class "),
                Name,
                Text(
                    "Basic(nn.Module):\n    def __init__(self, conv1_out):\n        super().__init__()\n        self.conv1 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)\n        self.bn1 = nn.BatchNorm2d(conv1_out)\n        self.conv2 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)\n        self.bn2 = nn.BatchNorm2d(conv1_out)\n\n    def forward(self, x):\n        x2 = self.conv1(x)\n        x2 = self.bn1(x2)\n        x2 = F.relu(x2)\n        x2 = self.conv2(x2)\n        x2 = self.bn2(x2)\n        x = x + x2\n        return F.relu(x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "Downsample(nn.ModuleDict):\n    def __init__(self, stage0_out, stage0_in):\n        super().__init__()\n        self[\"0\"] = nn.Conv2d(stage0_in, stage0_out, kernel_size=1, stride=2, bias=False)\n        self[\"1\"] = nn.BatchNorm2d(stage0_out)\n\n    def forward(self, x):\n        x = self[\"0\"](x)\n        return self[\"1\"](x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "Basic2(nn.Module):\n    def __init__(self, conv1_out, conv1_in):\n        super().__init__()\n        self.conv1 = nn.Conv2d(conv1_in, conv1_out, kernel_size=3, stride=2, padding=1, bias=False)\n        self.bn1 = nn.BatchNorm2d(conv1_out)\n        self.conv2 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)\n        self.bn2 = nn.BatchNorm2d(conv1_out)\n        self.downsample = ",
                ),
                Name,
                Text(
                    "Downsample(conv1_out, conv1_in)\n\n    def forward(self, x):\n        x2 = self.conv1(x)\n        x2 = self.bn1(x2)\n        x2 = F.relu(x2)\n        x2 = self.conv2(x2)\n        x2 = self.bn2(x2)\n        x = self.downsample(x)\n        x = x + x2\n        return F.relu(x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "Layer2(nn.ModuleDict):\n    def __init__(self):\n        super().__init__()\n        self[\"0\"] = ",
                ),
                Name,
                Text("Basic2(128, 64)\n        self[\"1\"] = "),
                Name,
                Text(
                    "Basic(128)\n\n    def forward(self, x):\n        x = self[\"0\"](x)\n        return self[\"1\"](x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "Layer3(nn.ModuleDict):\n    def __init__(self):\n        super().__init__()\n        self[\"0\"] = ",
                ),
                Name,
                Text("Basic2(256, 128)\n        self[\"1\"] = "),
                Name,
                Text(
                    "Basic(256)\n\n    def forward(self, x):\n        x = self[\"0\"](x)\n        return self[\"1\"](x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "Layer4(nn.ModuleDict):\n    def __init__(self):\n        super().__init__()\n        self[\"0\"] = ",
                ),
                Name,
                Text("Basic2(512, 256)\n        self[\"1\"] = "),
                Name,
                Text(
                    "Basic(512)\n\n    def forward(self, x):\n        x = self[\"0\"](x)\n        return self[\"1\"](x)\n\n\nclass ",
                ),
                Name,
                Text(
                    "(nn.Module):\n    \"\"\"ResNet with 18 layers (He et al., [2015](https://arxiv.org/abs/1512.03385)): torchvision's `resnet18`.\n\n    ResNet18(image: [N, 3, H, W]) -> [N, CLASSES]\n    \"\"\"\n\n    def __init__(self):\n        super().__init__()\n        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)\n        self.bn1 = nn.BatchNorm2d(64)\n        self.layer1 = nn.ModuleList(",
                ),
                Name,
                Text("Basic(64) for _ in range(2))\n        self.layer2 = "),
                Name,
                Text("Layer2()\n        self.layer3 = "),
                Name,
                Text("Layer3()\n        self.layer4 = "),
                Name,
                Text("Layer4()\n        self.fc = nn.Linear(512, "),
                Size(CLASSES as i64),
                Text(
                    ")\n\n    def forward(self, image):\n        x = self.conv1(image)\n        x = self.bn1(x)\n        x = F.relu(x)\n        x = F.max_pool2d(x, 3, stride=2, padding=1)\n        for stage in self.layer1:\n            x = stage(x)\n        x = self.layer2(x)\n        x = self.layer3(x)\n        x = self.layer4(x)\n        x = F.adaptive_avg_pool2d(x, 1)\n        x = torch.flatten(x, 1)\n        return self.fc(x)",
                ),
            ]
        },
    };
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self::new(path)
    }
    fn parameter(&self) -> ::core::option::Option<&::nn_dsl::Tensor> {
        ::core::option::Option::Some(&self.conv1.weight)
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
