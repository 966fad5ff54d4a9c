/// LeNet-5 on 28x28 digits (LeCun et al., 1998).
///
/// `LeNet(image: [N, 1, 28, 28]) -> [N, 10]`
///
/// ```text
/// {
///     conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
///     -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
/// }
/// ```
///
#[cfg_attr(all(doc, not(doctest)), doc = ::nn_dsl::drawing!(LeNet..))]
///
/// | saved under | layer | output | parameters |
/// |---|---|---|---:|
/// | `conv1` | conv | `[N, 6, 28, 28]` | 156 |
/// |  | relu | `[N, 6, 28, 28]` |  |
/// |  | maxpool | `[N, 6, 14, 14]` |  |
/// | `conv2` | conv | `[N, 16, 10, 10]` | 2416 |
/// |  | relu | `[N, 16, 10, 10]` |  |
/// |  | maxpool | `[N, 16, 5, 5]` |  |
/// |  | flatten | `[N, 400]` |  |
/// | `linear1` | linear | `[N, 120]` | 48120 |
/// |  | relu | `[N, 120]` |  |
/// | `linear2` | linear | `[N, 84]` | 10164 |
/// |  | relu | `[N, 84]` |  |
/// | `linear3` | linear | `[N, 10]` | 850 |
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct LeNet {
    /// `conv 6 k=5 p=2`
    pub conv1: ::nn_dsl::params::Affine,
    /// `conv 16 k=5`
    pub conv2: ::nn_dsl::params::Affine,
    /// `linear 120`
    pub linear1: ::nn_dsl::params::Affine,
    /// `linear 84`
    pub linear2: ::nn_dsl::params::Affine,
    /// `linear 10`
    pub linear3: ::nn_dsl::params::Affine,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl LeNet {
    /// Makes the network, with its parameters under `path`.
    ///
    /// # Panics
    /// If there is a parameter of the same name already, as of another network on this path.
    #[track_caller]
    pub fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            conv1: ::nn_dsl::params::Affine::new(
                &(path / "conv1"),
                (&[6, 1, 5, 5], ::nn_dsl::Init::fan_in(25)),
                (&[6], ::nn_dsl::Init::fan_in(25)),
            ),
            conv2: ::nn_dsl::params::Affine::new(
                &(path / "conv2"),
                (&[16, 6, 5, 5], ::nn_dsl::Init::fan_in(150)),
                (&[16], ::nn_dsl::Init::fan_in(150)),
            ),
            linear1: ::nn_dsl::params::Affine::new(
                &(path / "linear1"),
                (&[120, 400], ::nn_dsl::Init::fan_in(400)),
                (&[120], ::nn_dsl::Init::fan_in(400)),
            ),
            linear2: ::nn_dsl::params::Affine::new(
                &(path / "linear2"),
                (&[84, 120], ::nn_dsl::Init::fan_in(120)),
                (&[84], ::nn_dsl::Init::fan_in(120)),
            ),
            linear3: ::nn_dsl::params::Affine::new(
                &(path / "linear3"),
                (&[10, 84], ::nn_dsl::Init::fan_in(84)),
                (&[10], ::nn_dsl::Init::fan_in(84)),
            ),
        }
    }
    fn run(&self, image: &::nn_dsl::Tensor, _train: bool) -> ::nn_dsl::Tensor {
        let mut x = image
            .conv2d(
                &self.conv1.weight,
                Some(&self.conv1.bias),
                [1, 1],
                [2, 2],
                [1, 1],
                1,
            );
        x = x.relu();
        x = ::nn_dsl::ops::max_pool2d(&x, [2, 2], [2, 2], [0, 0], [1, 1], false);
        x = x
            .conv2d(
                &self.conv2.weight,
                Some(&self.conv2.bias),
                [1, 1],
                [0, 0],
                [1, 1],
                1,
            );
        x = x.relu();
        x = ::nn_dsl::ops::max_pool2d(&x, [2, 2], [2, 2], [0, 0], [1, 1], false);
        x = x.flatten(1, 3);
        x = ::nn_dsl::ops::linear(&x, &self.linear1.weight, Some(&self.linear1.bias));
        x = x.relu();
        x = ::nn_dsl::ops::linear(&x, &self.linear2.weight, Some(&self.linear2.bias));
        x = x.relu();
        ::nn_dsl::ops::linear(&x, &self.linear3.weight, Some(&self.linear3.bias))
    }
    #[inline]
    fn traced(
        &self,
        image: &::nn_dsl::Tensor,
        _train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let mut x = image
            .conv2d(
                &self.conv1.weight,
                Some(&self.conv1.bias),
                [1, 1],
                [2, 2],
                [1, 1],
                1,
            );
        trace
            .layer(
                &[0],
                &[("weight", &self.conv1.weight), ("bias", &self.conv1.bias)],
                &[&x],
            );
        x = x.relu();
        trace.layer(&[1], &[], &[&x]);
        x = ::nn_dsl::ops::max_pool2d(&x, [2, 2], [2, 2], [0, 0], [1, 1], false);
        trace.layer(&[2], &[], &[&x]);
        x = x
            .conv2d(
                &self.conv2.weight,
                Some(&self.conv2.bias),
                [1, 1],
                [0, 0],
                [1, 1],
                1,
            );
        trace
            .layer(
                &[3],
                &[("weight", &self.conv2.weight), ("bias", &self.conv2.bias)],
                &[&x],
            );
        x = x.relu();
        trace.layer(&[4], &[], &[&x]);
        x = ::nn_dsl::ops::max_pool2d(&x, [2, 2], [2, 2], [0, 0], [1, 1], false);
        trace.layer(&[5], &[], &[&x]);
        x = x.flatten(1, 3);
        trace.layer(&[6], &[], &[&x]);
        x = ::nn_dsl::ops::linear(&x, &self.linear1.weight, Some(&self.linear1.bias));
        trace
            .layer(
                &[7],
                &[("weight", &self.linear1.weight), ("bias", &self.linear1.bias)],
                &[&x],
            );
        x = x.relu();
        trace.layer(&[8], &[], &[&x]);
        x = ::nn_dsl::ops::linear(&x, &self.linear2.weight, Some(&self.linear2.bias));
        trace
            .layer(
                &[9],
                &[("weight", &self.linear2.weight), ("bias", &self.linear2.bias)],
                &[&x],
            );
        x = x.relu();
        trace.layer(&[10], &[], &[&x]);
        x = ::nn_dsl::ops::linear(&x, &self.linear3.weight, Some(&self.linear3.bias));
        trace
            .layer(
                &[11],
                &[("weight", &self.linear3.weight), ("bias", &self.linear3.bias)],
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
impl ::nn_dsl::nn::Module for LeNet {
    fn forward(&self, xs: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        Self::forward(self, xs)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Network for LeNet {
    type Inputs<'a> = &'a ::nn_dsl::Tensor;
    type Output = ::nn_dsl::Tensor;
    const NAME: &'static ::core::primitive::str = "LeNet";
    const INPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[signature("image", own(&[Symbol("N"), Known(1), Known(28), Known(28)]))]
    };
    const OUTPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[signature("", own(&[Symbol("N"), Known(10)]))]
    };
    const PREDICATES: &'static [::nn_dsl::Predicate] = {
        use ::nn_dsl::outline::*;
        &[]
    };
    const LAYERS: &'static [::nn_dsl::LayerInfo] = {
        use ::nn_dsl::outline::*;
        &[
            keeps_inputs(
                window(
                    &[(Known(5), Known(1))],
                    multiply_adds(
                        Product(&[Known(117600), Symbol("N")]),
                        layer(
                            "conv1",
                            "conv",
                            "conv 6 k=5 p=2",
                            &[own(&[Symbol("N"), Known(6), Known(28), Known(28)])],
                            &[
                                parameter("weight", &[6, 1, 5, 5]),
                                parameter("bias", &[6]),
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
                        &[own(&[Symbol("N"), Known(6), Known(28), Known(28)])],
                        &[],
                        &[],
                    ),
                ),
            ),
            keeps(
                Product(&[Known(9408), Symbol("N")]),
                keeps_inputs(
                    window(
                        &[(Known(2), Known(2))],
                        layer(
                            "",
                            "maxpool",
                            "maxpool 2",
                            &[own(&[Symbol("N"), Known(6), Known(14), Known(14)])],
                            &[],
                            &[],
                        ),
                    ),
                ),
            ),
            keeps_inputs(
                window(
                    &[(Known(5), Known(1))],
                    multiply_adds(
                        Product(&[Known(240000), Symbol("N")]),
                        layer(
                            "conv2",
                            "conv",
                            "conv 16 k=5",
                            &[own(&[Symbol("N"), Known(16), Known(10), Known(10)])],
                            &[
                                parameter("weight", &[16, 6, 5, 5]),
                                parameter("bias", &[16]),
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
                        &[own(&[Symbol("N"), Known(16), Known(10), Known(10)])],
                        &[],
                        &[],
                    ),
                ),
            ),
            keeps(
                Product(&[Known(3200), Symbol("N")]),
                keeps_inputs(
                    window(
                        &[(Known(2), Known(2))],
                        layer(
                            "",
                            "maxpool",
                            "maxpool 2",
                            &[own(&[Symbol("N"), Known(16), Known(5), Known(5)])],
                            &[],
                            &[],
                        ),
                    ),
                ),
            ),
            view(
                layer(
                    "",
                    "flatten",
                    "flatten",
                    &[own(&[Symbol("N"), Known(400)])],
                    &[],
                    &[],
                ),
            ),
            keeps_inputs(
                multiply_adds(
                    Product(&[Known(48000), Symbol("N")]),
                    layer(
                        "linear1",
                        "linear",
                        "linear 120",
                        &[own(&[Symbol("N"), Known(120)])],
                        &[parameter("weight", &[120, 400]), parameter("bias", &[120])],
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
                        &[own(&[Symbol("N"), Known(120)])],
                        &[],
                        &[],
                    ),
                ),
            ),
            keeps_inputs(
                multiply_adds(
                    Product(&[Known(10080), Symbol("N")]),
                    layer(
                        "linear2",
                        "linear",
                        "linear 84",
                        &[own(&[Symbol("N"), Known(84)])],
                        &[parameter("weight", &[84, 120]), parameter("bias", &[84])],
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
                        &[own(&[Symbol("N"), Known(84)])],
                        &[],
                        &[],
                    ),
                ),
            ),
            keeps_inputs(
                multiply_adds(
                    Product(&[Known(840), Symbol("N")]),
                    layer(
                        "linear3",
                        "linear",
                        "linear 10",
                        &[own(&[Symbol("N"), Known(10)])],
                        &[parameter("weight", &[10, 84]), parameter("bias", &[10])],
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
        name: "LeNet",
        pieces: {
            use ::nn_dsl::python::Piece::*;
            &[
                Text("class "),
                Name,
                Text(
                    "(nn.Module):\n    \"\"\"LeNet-5 on 28x28 digits (LeCun et al., 1998).\n\n    LeNet(image: [N, 1, 28, 28]) -> [N, 10]\n    \"\"\"\n\n    def __init__(self):\n        super().__init__()\n        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)\n        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)\n        self.linear1 = nn.Linear(400, 120)\n        self.linear2 = nn.Linear(120, 84)\n        self.linear3 = nn.Linear(84, 10)\n\n    def forward(self, image):\n        x = self.conv1(image)\n        x = F.relu(x)\n        x = F.max_pool2d(x, 2)\n        x = self.conv2(x)\n        x = F.relu(x)\n        x = F.max_pool2d(x, 2)\n        x = torch.flatten(x, 1)\n        x = self.linear1(x)\n        x = F.relu(x)\n        x = self.linear2(x)\n        x = F.relu(x)\n        return self.linear3(x)",
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
