/// `basic` in the optimised [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedResNet18Basic {
    /// `conv c k=3 s=s p=1 bias=false -> bn -> relu`
    pub conv1: ::nn_dsl::packed::Conv2d,
    /// `conv c k=3 p=1 bias=false -> bn -> add -> relu`
    pub conv2: ::nn_dsl::packed::Conv2d,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl OptimizedResNet18Basic {
    /// Applies it.
    pub fn forward(&self, input: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        let x = self.conv1.forward(input);
        self.conv2.forward_add(&x, input)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Optimize for ResNet18Basic {
    type Optimized = OptimizedResNet18Basic;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedResNet18Basic {
            conv1: {
                let folded = ::nn_dsl::packed::fold(
                    &self.conv1.weight,
                    None::<&::nn_dsl::Tensor>,
                    ::nn_dsl::packed::Norm {
                        weight: Some(&self.bn1.weight),
                        bias: Some(&self.bn1.bias),
                        mean: &self.bn1.running_mean,
                        variance: &self.bn1.running_var,
                        eps: 0.00001,
                    },
                )?;
                ::nn_dsl::packed::Conv2d::new(
                    &folded.weight,
                    Some(&folded.bias),
                    ::nn_dsl::packed::Window {
                        stride: [1, 1],
                        padding: [1, 1],
                        dilation: [1, 1],
                        groups: 1,
                    },
                    ::nn_dsl::packed::Activation::Relu,
                )?
            },
            conv2: {
                let folded = ::nn_dsl::packed::fold(
                    &self.conv2.weight,
                    None::<&::nn_dsl::Tensor>,
                    ::nn_dsl::packed::Norm {
                        weight: Some(&self.bn2.weight),
                        bias: Some(&self.bn2.bias),
                        mean: &self.bn2.running_mean,
                        variance: &self.bn2.running_var,
                        eps: 0.00001,
                    },
                )?;
                ::nn_dsl::packed::Conv2d::new(
                    &folded.weight,
                    Some(&folded.bias),
                    ::nn_dsl::packed::Window {
                        stride: [1, 1],
                        padding: [1, 1],
                        dilation: [1, 1],
                        groups: 1,
                    },
                    ::nn_dsl::packed::Activation::Relu,
                )?
            },
        })
    }
}
/// `downsample` in the optimised [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedResNet18Downsample {
    /// `conv c k=1 s=s bias=false -> bn`
    pub _0: ::nn_dsl::packed::Conv2d,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl OptimizedResNet18Downsample {
    /// Applies it.
    pub fn forward(&self, input: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        self._0.forward(input)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Optimize for ResNet18Downsample {
    type Optimized = OptimizedResNet18Downsample;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedResNet18Downsample {
            _0: {
                let folded = ::nn_dsl::packed::fold(
                    &self._0.weight,
                    None::<&::nn_dsl::Tensor>,
                    ::nn_dsl::packed::Norm {
                        weight: Some(&self._1.weight),
                        bias: Some(&self._1.bias),
                        mean: &self._1.running_mean,
                        variance: &self._1.running_var,
                        eps: 0.00001,
                    },
                )?;
                ::nn_dsl::packed::Conv2d::new(
                    &folded.weight,
                    Some(&folded.bias),
                    ::nn_dsl::packed::Window {
                        stride: [2, 2],
                        padding: [0, 0],
                        dilation: [1, 1],
                        groups: 1,
                    },
                    ::nn_dsl::packed::Activation::None,
                )?
            },
        })
    }
}
/// `basic` in the optimised [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedResNet18Basic2 {
    /// `conv c k=3 s=s p=1 bias=false -> bn -> relu`
    pub conv1: ::nn_dsl::packed::Conv2d,
    /// `conv c k=3 p=1 bias=false -> bn -> add -> relu`
    pub conv2: ::nn_dsl::packed::Conv2d,
    /// `{ .. }`
    pub downsample: OptimizedResNet18Downsample,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl OptimizedResNet18Basic2 {
    /// Applies it.
    pub fn forward(&self, input: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        let x = self.conv1.forward(input);
        let x2 = self.downsample.forward(input);
        self.conv2.forward_add(&x, &x2)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Optimize for ResNet18Basic2 {
    type Optimized = OptimizedResNet18Basic2;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedResNet18Basic2 {
            conv1: {
                let folded = ::nn_dsl::packed::fold(
                    &self.conv1.weight,
                    None::<&::nn_dsl::Tensor>,
                    ::nn_dsl::packed::Norm {
                        weight: Some(&self.bn1.weight),
                        bias: Some(&self.bn1.bias),
                        mean: &self.bn1.running_mean,
                        variance: &self.bn1.running_var,
                        eps: 0.00001,
                    },
                )?;
                ::nn_dsl::packed::Conv2d::new(
                    &folded.weight,
                    Some(&folded.bias),
                    ::nn_dsl::packed::Window {
                        stride: [2, 2],
                        padding: [1, 1],
                        dilation: [1, 1],
                        groups: 1,
                    },
                    ::nn_dsl::packed::Activation::Relu,
                )?
            },
            conv2: {
                let folded = ::nn_dsl::packed::fold(
                    &self.conv2.weight,
                    None::<&::nn_dsl::Tensor>,
                    ::nn_dsl::packed::Norm {
                        weight: Some(&self.bn2.weight),
                        bias: Some(&self.bn2.bias),
                        mean: &self.bn2.running_mean,
                        variance: &self.bn2.running_var,
                        eps: 0.00001,
                    },
                )?;
                ::nn_dsl::packed::Conv2d::new(
                    &folded.weight,
                    Some(&folded.bias),
                    ::nn_dsl::packed::Window {
                        stride: [1, 1],
                        padding: [1, 1],
                        dilation: [1, 1],
                        groups: 1,
                    },
                    ::nn_dsl::packed::Activation::Relu,
                )?
            },
            downsample: ::nn_dsl::Optimize::optimized(&self.downsample)?,
        })
    }
}
/// `layer2` in the optimised [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedResNet18Layer2 {
    /// `basic 128 s=2`
    pub _0: OptimizedResNet18Basic2,
    /// `basic 128`
    pub _1: OptimizedResNet18Basic,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl OptimizedResNet18Layer2 {
    /// Applies it.
    pub fn forward(&self, input: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        let x = self._0.forward(input);
        self._1.forward(&x)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Optimize for ResNet18Layer2 {
    type Optimized = OptimizedResNet18Layer2;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedResNet18Layer2 {
            _0: ::nn_dsl::Optimize::optimized(&self._0)?,
            _1: ::nn_dsl::Optimize::optimized(&self._1)?,
        })
    }
}
/// `layer3` in the optimised [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedResNet18Layer3 {
    /// `basic 256 s=2`
    pub _0: OptimizedResNet18Basic2,
    /// `basic 256`
    pub _1: OptimizedResNet18Basic,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl OptimizedResNet18Layer3 {
    /// Applies it.
    pub fn forward(&self, input: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        let x = self._0.forward(input);
        self._1.forward(&x)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Optimize for ResNet18Layer3 {
    type Optimized = OptimizedResNet18Layer3;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedResNet18Layer3 {
            _0: ::nn_dsl::Optimize::optimized(&self._0)?,
            _1: ::nn_dsl::Optimize::optimized(&self._1)?,
        })
    }
}
/// `layer4` in the optimised [`ResNet18`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedResNet18Layer4 {
    /// `basic 512 s=2`
    pub _0: OptimizedResNet18Basic2,
    /// `basic 512`
    pub _1: OptimizedResNet18Basic,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl OptimizedResNet18Layer4 {
    /// Applies it.
    pub fn forward(&self, input: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        let x = self._0.forward(input);
        self._1.forward(&x)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Optimize for ResNet18Layer4 {
    type Optimized = OptimizedResNet18Layer4;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedResNet18Layer4 {
            _0: ::nn_dsl::Optimize::optimized(&self._0)?,
            _1: ::nn_dsl::Optimize::optimized(&self._1)?,
        })
    }
}
/// [`ResNet18`] for inference alone, which [`optimize`](nn_dsl::Network::optimize) makes of it.
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedResNet18<const CLASSES: i64> {
    /// `conv 64 k=7 s=2 p=3 bias=false -> bn -> relu`
    pub conv1: ::nn_dsl::packed::Conv2d,
    /// `repeat 2 { .. }`
    pub layer1: ::std::vec::Vec<OptimizedResNet18Basic>,
    /// `{ .. }`
    pub layer2: OptimizedResNet18Layer2,
    /// `{ .. }`
    pub layer3: OptimizedResNet18Layer3,
    /// `{ .. }`
    pub layer4: OptimizedResNet18Layer4,
    /// `linear CLASSES`
    pub fc: ::nn_dsl::packed::Linear,
    own: ::nn_dsl::check::Own,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> OptimizedResNet18<CLASSES> {
    fn run(&self, image: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        let mut x = self.conv1.forward(image);
        x = ::nn_dsl::ops::max_pool2d(&x, [3, 3], [2, 2], [1, 1], [1, 1], false);
        for stage in &self.layer1 {
            x = stage.forward(&x);
        }
        x = self.layer2.forward(&x);
        x = self.layer3.forward(&x);
        x = self.layer4.forward(&x);
        x = x.adaptive_avg_pool2d([1, 1]);
        x = x.flatten(1, 3);
        self.fc.forward(&x)
    }
    /// Evaluates the network, under [`inference_mode`](nn_dsl::inference_mode).
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says.
    #[track_caller]
    pub fn forward(&self, image: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        match self.check(image) {
            ::core::result::Result::Ok(_) => ::nn_dsl::inference_mode(|| self.run(image)),
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
        self.check(image)
            .and_then(|_| ::nn_dsl::attempt::<
                ResNet18<CLASSES>,
                _,
            >(|| ::nn_dsl::inference_mode(|| self.run(image))))
    }
    fn check(
        &self,
        image: &::nn_dsl::Tensor,
    ) -> ::core::result::Result<::nn_dsl::Kind, ::nn_dsl::InputError> {
        self.own.check::<ResNet18<CLASSES>>(&[image])
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> ::nn_dsl::Optimize for ResNet18<CLASSES> {
    type Optimized = OptimizedResNet18<CLASSES>;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedResNet18 {
            conv1: {
                let folded = ::nn_dsl::packed::fold(
                    &self.conv1.weight,
                    None::<&::nn_dsl::Tensor>,
                    ::nn_dsl::packed::Norm {
                        weight: Some(&self.bn1.weight),
                        bias: Some(&self.bn1.bias),
                        mean: &self.bn1.running_mean,
                        variance: &self.bn1.running_var,
                        eps: 0.00001,
                    },
                )?;
                ::nn_dsl::packed::Conv2d::new(
                    &folded.weight,
                    Some(&folded.bias),
                    ::nn_dsl::packed::Window {
                        stride: [2, 2],
                        padding: [3, 3],
                        dilation: [1, 1],
                        groups: 1,
                    },
                    ::nn_dsl::packed::Activation::Relu,
                )?
            },
            layer1: ::nn_dsl::Optimize::optimized(&self.layer1)?,
            layer2: ::nn_dsl::Optimize::optimized(&self.layer2)?,
            layer3: ::nn_dsl::Optimize::optimized(&self.layer3)?,
            layer4: ::nn_dsl::Optimize::optimized(&self.layer4)?,
            fc: ::nn_dsl::packed::Linear::new(
                &self.fc.weight,
                Some(&self.fc.bias),
                ::nn_dsl::packed::Activation::None,
            )?,
            own: ::nn_dsl::check::Own::of(self),
        })
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> ::nn_dsl::Inference<ResNet18<CLASSES>>
for OptimizedResNet18<CLASSES> {
    fn forward(
        &self,
        image: <ResNet18<CLASSES> as ::nn_dsl::Network>::Inputs<'_>,
    ) -> <ResNet18<CLASSES> as ::nn_dsl::Network>::Output {
        Self::forward(self, image)
    }
    fn try_forward(
        &self,
        image: <ResNet18<CLASSES> as ::nn_dsl::Network>::Inputs<'_>,
    ) -> ::core::result::Result<
        <ResNet18<CLASSES> as ::nn_dsl::Network>::Output,
        ::nn_dsl::InputError,
    > {
        Self::try_forward(self, image)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl<const CLASSES: i64> ::nn_dsl::nn::Module for OptimizedResNet18<CLASSES> {
    fn forward(&self, xs: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        Self::forward(self, xs)
    }
}
