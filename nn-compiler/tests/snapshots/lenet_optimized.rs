/// [`LeNet`] for inference alone, which [`optimize`](nn_dsl::Network::optimize) makes of it.
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct OptimizedLeNet {
    /// `conv 6 k=5 p=2 -> relu`
    pub conv1: ::nn_dsl::packed::Conv2d,
    /// `conv 16 k=5 -> relu`
    pub conv2: ::nn_dsl::packed::Conv2d,
    /// `linear 120 -> relu`
    pub linear1: ::nn_dsl::packed::Linear,
    /// `linear 84 -> relu`
    pub linear2: ::nn_dsl::packed::Linear,
    /// `linear 10`
    pub linear3: ::nn_dsl::packed::Linear,
    own: ::nn_dsl::check::Own,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl OptimizedLeNet {
    fn run(&self, image: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        let mut x = self.conv1.forward_max_pool(image, [2, 2]);
        x = self.conv2.forward_max_pool(&x, [2, 2]);
        x = x.flatten(1, 3);
        x = self.linear1.forward(&x);
        x = self.linear2.forward(&x);
        self.linear3.forward(&x)
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
                LeNet,
                _,
            >(|| ::nn_dsl::inference_mode(|| self.run(image))))
    }
    fn check(
        &self,
        image: &::nn_dsl::Tensor,
    ) -> ::core::result::Result<::nn_dsl::Kind, ::nn_dsl::InputError> {
        self.own.check::<LeNet>(&[image])
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Optimize for LeNet {
    type Optimized = OptimizedLeNet;
    fn optimized(&self) -> ::core::result::Result<Self::Optimized, ::nn_dsl::Error> {
        ::core::result::Result::Ok(OptimizedLeNet {
            conv1: ::nn_dsl::packed::Conv2d::new(
                &self.conv1.weight,
                Some(&self.conv1.bias),
                ::nn_dsl::packed::Window {
                    stride: [1, 1],
                    padding: [2, 2],
                    dilation: [1, 1],
                    groups: 1,
                },
                ::nn_dsl::packed::Activation::Relu,
            )?,
            conv2: ::nn_dsl::packed::Conv2d::new(
                &self.conv2.weight,
                Some(&self.conv2.bias),
                ::nn_dsl::packed::Window {
                    stride: [1, 1],
                    padding: [0, 0],
                    dilation: [1, 1],
                    groups: 1,
                },
                ::nn_dsl::packed::Activation::Relu,
            )?,
            linear1: ::nn_dsl::packed::Linear::new(
                &self.linear1.weight,
                Some(&self.linear1.bias),
                ::nn_dsl::packed::Activation::Relu,
            )?,
            linear2: ::nn_dsl::packed::Linear::new(
                &self.linear2.weight,
                Some(&self.linear2.bias),
                ::nn_dsl::packed::Activation::Relu,
            )?,
            linear3: ::nn_dsl::packed::Linear::new(
                &self.linear3.weight,
                Some(&self.linear3.bias),
                ::nn_dsl::packed::Activation::None,
            )?,
            own: ::nn_dsl::check::Own::of(self),
        })
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Inference<LeNet> for OptimizedLeNet {
    fn forward(
        &self,
        image: <LeNet as ::nn_dsl::Network>::Inputs<'_>,
    ) -> <LeNet as ::nn_dsl::Network>::Output {
        Self::forward(self, image)
    }
    fn try_forward(
        &self,
        image: <LeNet as ::nn_dsl::Network>::Inputs<'_>,
    ) -> ::core::result::Result<
        <LeNet as ::nn_dsl::Network>::Output,
        ::nn_dsl::InputError,
    > {
        Self::try_forward(self, image)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::nn::Module for OptimizedLeNet {
    fn forward(&self, xs: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        Self::forward(self, xs)
    }
}
