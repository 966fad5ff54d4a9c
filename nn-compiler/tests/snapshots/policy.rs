/// `lstm` in [`Policy`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct PolicyLstm {
    /// `weight_ih_l0`
    pub weight_ih_l0: ::nn_dsl::Tensor,
    /// `weight_hh_l0`
    pub weight_hh_l0: ::nn_dsl::Tensor,
    /// `bias_ih_l0`
    pub bias_ih_l0: ::nn_dsl::Tensor,
    /// `bias_hh_l0`
    pub bias_hh_l0: ::nn_dsl::Tensor,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl PolicyLstm {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            weight_ih_l0: ::nn_dsl::init::parameter(
                path,
                "weight_ih_l0",
                &[512, 128],
                ::nn_dsl::Init::fan_in(128),
            ),
            weight_hh_l0: ::nn_dsl::init::parameter(
                path,
                "weight_hh_l0",
                &[512, 128],
                ::nn_dsl::Init::fan_in(128),
            ),
            bias_ih_l0: ::nn_dsl::init::parameter(
                path,
                "bias_ih_l0",
                &[512],
                ::nn_dsl::Init::fan_in(128),
            ),
            bias_hh_l0: ::nn_dsl::init::parameter(
                path,
                "bias_hh_l0",
                &[512],
                ::nn_dsl::Init::fan_in(128),
            ),
        }
    }
}
/// One step of a recurrent policy: the state comes in and goes out.
///
/// `Policy(observation: [N, T, 24], h: [1, N, 128], c: [1, N, 128]) -> (action: [N, T, 4], h: [1, N, 128], c: [1, N, 128])`
///
/// ```text
/// {
///     let x = observation -> linear 128 -> relu;
///     let (y, h, c) = (x, h, c) -> lstm 128;
///     let action = y -> linear 4 -> softmax dim=-1;
///     (action, h, c)
/// }
/// ```
///
#[cfg_attr(all(doc, not(doctest)), doc = ::nn_dsl::drawing!(Policy..))]
///
/// | saved under | layer | output | parameters |
/// |---|---|---|---:|
/// | `linear1` | linear | `[N, T, 128]` | 3200 |
/// |  | relu | `[N, T, 128]` |  |
/// | `lstm1` | lstm | `[N, T, 128]`, `[1, N, 128]`, `[1, N, 128]` | 132096 |
/// | `linear2` | linear | `[N, T, 4]` | 516 |
/// |  | softmax | `[N, T, 4]` |  |
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct Policy {
    /// `linear 128`
    pub linear1: ::nn_dsl::params::Affine,
    /// `lstm 128`
    pub lstm1: PolicyLstm,
    /// `linear 4`
    pub linear2: ::nn_dsl::params::Affine,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl Policy {
    /// Makes the network, with its parameters under `path`.
    ///
    /// # Panics
    /// If there is a parameter of the same name already, as of another network on this path.
    #[track_caller]
    pub fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            linear1: ::nn_dsl::params::Affine::new(
                &(path / "linear1"),
                (&[128, 24], ::nn_dsl::Init::fan_in(24)),
                (&[128], ::nn_dsl::Init::fan_in(24)),
            ),
            lstm1: PolicyLstm::new(&(path / "lstm1")),
            linear2: ::nn_dsl::params::Affine::new(
                &(path / "linear2"),
                (&[4, 128], ::nn_dsl::Init::fan_in(128)),
                (&[4], ::nn_dsl::Init::fan_in(128)),
            ),
        }
    }
    fn run(
        &self,
        observation: &::nn_dsl::Tensor,
        h: &::nn_dsl::Tensor,
        c: &::nn_dsl::Tensor,
        train: bool,
    ) -> (::nn_dsl::Tensor, ::nn_dsl::Tensor, ::nn_dsl::Tensor) {
        let mut x = ::nn_dsl::ops::linear(
            observation,
            &self.linear1.weight,
            Some(&self.linear1.bias),
        );
        x = x.relu();
        let x2 = h.contiguous();
        let x3 = c.contiguous();
        let (y, h2, c2) = ::nn_dsl::ops::lstm_from(
            &x,
            &[&x2, &x3],
            &[
                &self.lstm1.weight_ih_l0,
                &self.lstm1.weight_hh_l0,
                &self.lstm1.bias_ih_l0,
                &self.lstm1.bias_hh_l0,
            ],
            true,
            1,
            0.0,
            train,
            false,
        );
        ::core::mem::drop(x);
        ::core::mem::drop(x2);
        ::core::mem::drop(x3);
        x = ::nn_dsl::ops::linear(&y, &self.linear2.weight, Some(&self.linear2.bias));
        ::core::mem::drop(y);
        let action = x.softmax(2, None);
        (action, h2, c2)
    }
    #[inline]
    fn traced(
        &self,
        observation: &::nn_dsl::Tensor,
        h: &::nn_dsl::Tensor,
        c: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> (::nn_dsl::Tensor, ::nn_dsl::Tensor, ::nn_dsl::Tensor) {
        let mut x = ::nn_dsl::ops::linear(
            observation,
            &self.linear1.weight,
            Some(&self.linear1.bias),
        );
        trace
            .layer(
                &[0],
                &[("weight", &self.linear1.weight), ("bias", &self.linear1.bias)],
                &[&x],
            );
        x = x.relu();
        trace.layer(&[1], &[], &[&x]);
        let x2 = h.contiguous();
        let x3 = c.contiguous();
        let (y, h2, c2) = ::nn_dsl::ops::lstm_from(
            &x,
            &[&x2, &x3],
            &[
                &self.lstm1.weight_ih_l0,
                &self.lstm1.weight_hh_l0,
                &self.lstm1.bias_ih_l0,
                &self.lstm1.bias_hh_l0,
            ],
            true,
            1,
            0.0,
            train,
            false,
        );
        trace
            .layer(
                &[2],
                &[
                    ("weight_ih_l0", &self.lstm1.weight_ih_l0),
                    ("weight_hh_l0", &self.lstm1.weight_hh_l0),
                    ("bias_ih_l0", &self.lstm1.bias_ih_l0),
                    ("bias_hh_l0", &self.lstm1.bias_hh_l0),
                ],
                &[&y, &h2, &c2],
            );
        ::core::mem::drop(x);
        ::core::mem::drop(x2);
        ::core::mem::drop(x3);
        x = ::nn_dsl::ops::linear(&y, &self.linear2.weight, Some(&self.linear2.bias));
        trace
            .layer(
                &[3],
                &[("weight", &self.linear2.weight), ("bias", &self.linear2.bias)],
                &[&x],
            );
        ::core::mem::drop(y);
        let action = x.softmax(2, None);
        trace.layer(&[4], &[], &[&action]);
        (action, h2, c2)
    }
    /// Evaluates the network. Gradients flow as they do around it.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says.
    #[track_caller]
    pub fn forward(
        &self,
        observation: &::nn_dsl::Tensor,
        h: &::nn_dsl::Tensor,
        c: &::nn_dsl::Tensor,
    ) -> (::nn_dsl::Tensor, ::nn_dsl::Tensor, ::nn_dsl::Tensor) {
        self.forward_t(observation, h, c, false)
    }
    /// Runs the network, in training mode if `train`.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says, or a layer would normalise by
    /// the statistics of a single value, as `bn` would when it is trained on one sample.
    #[track_caller]
    pub fn forward_t(
        &self,
        observation: &::nn_dsl::Tensor,
        h: &::nn_dsl::Tensor,
        c: &::nn_dsl::Tensor,
        train: bool,
    ) -> (::nn_dsl::Tensor, ::nn_dsl::Tensor, ::nn_dsl::Tensor) {
        match self.check(observation, h, c, train) {
            ::core::result::Result::Ok(_) => self.run(observation, h, c, train),
            ::core::result::Result::Err(error) => ::core::panic!("{error}"),
        }
    }
    /// As `forward`, with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
    pub fn try_forward(
        &self,
        observation: &::nn_dsl::Tensor,
        h: &::nn_dsl::Tensor,
        c: &::nn_dsl::Tensor,
    ) -> ::core::result::Result<
        (::nn_dsl::Tensor, ::nn_dsl::Tensor, ::nn_dsl::Tensor),
        ::nn_dsl::InputError,
    > {
        self.try_forward_t(observation, h, c, false)
    }
    /// As `forward_t`, with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
    pub fn try_forward_t(
        &self,
        observation: &::nn_dsl::Tensor,
        h: &::nn_dsl::Tensor,
        c: &::nn_dsl::Tensor,
        train: bool,
    ) -> ::core::result::Result<
        (::nn_dsl::Tensor, ::nn_dsl::Tensor, ::nn_dsl::Tensor),
        ::nn_dsl::InputError,
    > {
        self.check(observation, h, c, train)
            .and_then(|_| ::nn_dsl::attempt::<
                Self,
                _,
            >(|| self.run(observation, h, c, train)))
    }
    fn check(
        &self,
        observation: &::nn_dsl::Tensor,
        h: &::nn_dsl::Tensor,
        c: &::nn_dsl::Tensor,
        train: bool,
    ) -> ::core::result::Result<::nn_dsl::Kind, ::nn_dsl::InputError> {
        ::nn_dsl::check::inputs(self, &[observation, h, c], train)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Network for Policy {
    type Inputs<'a> = (&'a ::nn_dsl::Tensor, &'a ::nn_dsl::Tensor, &'a ::nn_dsl::Tensor);
    type Output = (::nn_dsl::Tensor, ::nn_dsl::Tensor, ::nn_dsl::Tensor);
    const NAME: &'static ::core::primitive::str = "Policy";
    const INPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[
            signature("observation", own(&[Symbol("N"), Symbol("T"), Known(24)])),
            signature("h", own(&[Known(1), Symbol("N"), Known(128)])),
            signature("c", own(&[Known(1), Symbol("N"), Known(128)])),
        ]
    };
    const OUTPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[
            signature("action", own(&[Symbol("N"), Symbol("T"), Known(4)])),
            signature("h", own(&[Known(1), Symbol("N"), Known(128)])),
            signature("c", own(&[Known(1), Symbol("N"), Known(128)])),
        ]
    };
    const PREDICATES: &'static [::nn_dsl::Predicate] = {
        use ::nn_dsl::outline::*;
        &[predicate(Symbol("T"), ::nn_dsl::Comparison::GreaterEqual, Known(1))]
    };
    const LAYERS: &'static [::nn_dsl::LayerInfo] = {
        use ::nn_dsl::outline::*;
        &[
            keeps_inputs(
                multiply_adds(
                    Product(&[Known(3072), Symbol("N"), Symbol("T")]),
                    layer(
                        "linear1",
                        "linear",
                        "linear 128",
                        &[own(&[Symbol("N"), Symbol("T"), Known(128)])],
                        &[parameter("weight", &[128, 24]), parameter("bias", &[128])],
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
                        &[own(&[Symbol("N"), Symbol("T"), Known(128)])],
                        &[],
                        &[],
                    ),
                ),
            ),
            from(
                &[Input(1), Input(2), at(1)],
                keeps_inputs(
                    keeps_outputs(
                        multiply_adds(
                            Product(&[Known(131072), Symbol("N"), Symbol("T")]),
                            layer(
                                "lstm1",
                                "lstm",
                                "lstm 128",
                                &[
                                    own(&[Symbol("N"), Symbol("T"), Known(128)]),
                                    own(&[Known(1), Symbol("N"), Known(128)]),
                                    own(&[Known(1), Symbol("N"), Known(128)]),
                                ],
                                &[
                                    parameter("weight_ih_l0", &[512, 128]),
                                    parameter("weight_hh_l0", &[512, 128]),
                                    parameter("bias_ih_l0", &[512]),
                                    parameter("bias_hh_l0", &[512]),
                                ],
                                &[],
                            ),
                        ),
                    ),
                ),
            ),
            keeps_inputs(
                multiply_adds(
                    Product(&[Known(512), Symbol("N"), Symbol("T")]),
                    layer(
                        "linear2",
                        "linear",
                        "linear 4",
                        &[own(&[Symbol("N"), Symbol("T"), Known(4)])],
                        &[parameter("weight", &[4, 128]), parameter("bias", &[4])],
                        &[],
                    ),
                ),
            ),
            keeps_outputs(
                layer(
                    "",
                    "softmax",
                    "softmax dim=-1",
                    &[own(&[Symbol("N"), Symbol("T"), Known(4)])],
                    &[],
                    &[],
                ),
            ),
        ]
    };
    const RESULTS: &'static [::nn_dsl::Source] = {
        use ::nn_dsl::outline::*;
        &[at(4), at(2), at(2)]
    };
    const ALIASES: &'static [(
        &'static ::core::primitive::str,
        &'static ::core::primitive::str,
    )] = &[];
    const PYTHON: ::nn_dsl::python::Source = ::nn_dsl::python::Source {
        name: "Policy",
        pieces: {
            use ::nn_dsl::python::Piece::*;
            &[
                Text("class "),
                Name,
                Text(
                    "(nn.Module):\n    \"\"\"One step of a recurrent policy: the state comes in and goes out.\n\n    Policy(observation: [N, T, 24], h: [1, N, 128], c: [1, N, 128]) -> (action: [N, T, 4], h: [1, N, 128], c: [1, N, 128])\n    \"\"\"\n\n    def __init__(self):\n        super().__init__()\n        self.linear1 = nn.Linear(24, 128)\n        self.lstm1 = nn.LSTM(128, 128, batch_first=True)\n        self.linear2 = nn.Linear(128, 4)\n\n    def forward(self, observation, h, c):\n        x = self.linear1(observation)\n        x = F.relu(x)\n        y, (h, c) = self.lstm1(x, (h, c))\n        x = self.linear2(y)\n        action = F.softmax(x, dim=2)\n        return action, h, c",
                ),
            ]
        },
    };
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self::new(path)
    }
    fn parameter(&self) -> ::core::option::Option<&::nn_dsl::Tensor> {
        ::core::option::Option::Some(&self.linear1.weight)
    }
    fn forward_t(
        &self,
        (observation, h, c): Self::Inputs<'_>,
        train: bool,
    ) -> Self::Output {
        Self::forward_t(self, observation, h, c, train)
    }
    fn try_forward_t(
        &self,
        (observation, h, c): Self::Inputs<'_>,
        train: bool,
    ) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
        Self::try_forward_t(self, observation, h, c, train)
    }
    #[inline]
    fn traced(
        &self,
        (observation, h, c): Self::Inputs<'_>,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
        let _ = self.check(observation, h, c, train)?;
        trace.inputs(&[observation, h, c]);
        ::core::result::Result::Ok(self.traced(observation, h, c, train, trace))
    }
}
