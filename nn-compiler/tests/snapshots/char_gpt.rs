/// `group` in [`CharGpt`].
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct CharGptGroup {
    /// `layernorm`
    pub _0: ::nn_dsl::params::Affine,
    /// `attention heads=6 causal=true`
    pub _1: ::nn_dsl::params::Attention,
    /// `layernorm`
    pub _3: ::nn_dsl::params::Affine,
    /// `linear 768`
    pub _4: ::nn_dsl::params::Affine,
    /// `linear 192`
    pub _6: ::nn_dsl::params::Affine,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl CharGptGroup {
    #[track_caller]
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            _0: ::nn_dsl::params::Affine::new(
                &(path / "0"),
                (&[192], ::nn_dsl::Init::Constant(1.0)),
                (&[192], ::nn_dsl::Init::Constant(0.0)),
            ),
            _1: ::nn_dsl::params::Attention::new(
                &(path / "1"),
                (&[576, 192], ::nn_dsl::Init::XavierUniform),
                (&[576], ::nn_dsl::Init::Constant(0.0)),
                (&[192, 192], ::nn_dsl::Init::fan_in(192)),
                (&[192], ::nn_dsl::Init::Constant(0.0)),
            ),
            _3: ::nn_dsl::params::Affine::new(
                &(path / "3"),
                (&[192], ::nn_dsl::Init::Constant(1.0)),
                (&[192], ::nn_dsl::Init::Constant(0.0)),
            ),
            _4: ::nn_dsl::params::Affine::new(
                &(path / "4"),
                (&[768, 192], ::nn_dsl::Init::fan_in(192)),
                (&[768], ::nn_dsl::Init::fan_in(192)),
            ),
            _6: ::nn_dsl::params::Affine::new(
                &(path / "6"),
                (&[192, 768], ::nn_dsl::Init::fan_in(768)),
                (&[192], ::nn_dsl::Init::fan_in(768)),
            ),
        }
    }
    /// Applies it; `train` as everywhere in tch.
    pub fn forward_t(
        &self,
        input: &::nn_dsl::Tensor,
        p: f64,
        train: bool,
    ) -> ::nn_dsl::Tensor {
        let mut x = input
            .layer_norm(
                [192],
                Some(&self._0.weight),
                Some(&self._0.bias),
                0.00001,
                true,
            );
        let [mut x2, x3, x4] = ::nn_dsl::ops::project_heads(
            &x,
            &x,
            &x,
            &self._1.in_proj_weight,
            Some(&self._1.in_proj_bias),
            6,
        );
        ::core::mem::drop(x);
        x2 = ::nn_dsl::ops::scaled_dot_product_attention(
            &x2,
            &x3,
            &x4,
            None::<&::nn_dsl::Tensor>,
            0.0,
            false,
            true,
            None,
            false,
        );
        ::core::mem::drop(x3);
        ::core::mem::drop(x4);
        x2 = ::nn_dsl::ops::merge_heads(&x2);
        x2 = ::nn_dsl::ops::linear(
            &x2,
            &self._1.out_proj.weight,
            Some(&self._1.out_proj.bias),
        );
        x2 = x2.dropout(p, train);
        x2 = input + &x2;
        x = x2
            .layer_norm(
                [192],
                Some(&self._3.weight),
                Some(&self._3.bias),
                0.00001,
                true,
            );
        x = ::nn_dsl::ops::linear(&x, &self._4.weight, Some(&self._4.bias));
        x = x.gelu("none");
        x = ::nn_dsl::ops::linear(&x, &self._6.weight, Some(&self._6.bias));
        x = x.dropout(p, train);
        &x2 + &x
    }
    #[inline]
    #[doc(hidden)]
    pub fn traced(
        &self,
        input: &::nn_dsl::Tensor,
        p: f64,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let mut x = input
            .layer_norm(
                [192],
                Some(&self._0.weight),
                Some(&self._0.bias),
                0.00001,
                true,
            );
        trace
            .layer(&[0], &[("weight", &self._0.weight), ("bias", &self._0.bias)], &[&x]);
        let [mut x2, x3, x4] = ::nn_dsl::ops::project_heads(
            &x,
            &x,
            &x,
            &self._1.in_proj_weight,
            Some(&self._1.in_proj_bias),
            6,
        );
        ::core::mem::drop(x);
        x2 = ::nn_dsl::ops::scaled_dot_product_attention(
            &x2,
            &x3,
            &x4,
            None::<&::nn_dsl::Tensor>,
            0.0,
            false,
            true,
            None,
            false,
        );
        ::core::mem::drop(x3);
        ::core::mem::drop(x4);
        x2 = ::nn_dsl::ops::merge_heads(&x2);
        x2 = ::nn_dsl::ops::linear(
            &x2,
            &self._1.out_proj.weight,
            Some(&self._1.out_proj.bias),
        );
        trace
            .layer(
                &[1],
                &[
                    ("out_proj.weight", &self._1.out_proj.weight),
                    ("out_proj.bias", &self._1.out_proj.bias),
                ],
                &[&x2],
            );
        x2 = x2.dropout(p, train);
        trace.layer(&[2], &[], &[&x2]);
        x2 = input + &x2;
        trace.layer(&[3], &[], &[&x2]);
        x = x2
            .layer_norm(
                [192],
                Some(&self._3.weight),
                Some(&self._3.bias),
                0.00001,
                true,
            );
        trace
            .layer(&[4], &[("weight", &self._3.weight), ("bias", &self._3.bias)], &[&x]);
        x = ::nn_dsl::ops::linear(&x, &self._4.weight, Some(&self._4.bias));
        trace
            .layer(&[5], &[("weight", &self._4.weight), ("bias", &self._4.bias)], &[&x]);
        x = x.gelu("none");
        trace.layer(&[6], &[], &[&x]);
        x = ::nn_dsl::ops::linear(&x, &self._6.weight, Some(&self._6.bias));
        trace
            .layer(&[7], &[("weight", &self._6.weight), ("bias", &self._6.bias)], &[&x]);
        x = x.dropout(p, train);
        trace.layer(&[8], &[], &[&x]);
        x2 = &x2 + &x;
        trace.layer(&[9], &[], &[&x2]);
        x2
    }
}
/// A small causal language model; the last layer's weight is the embedding's, and the dropout rate can be set at run time.
///
/// `CharGpt(tokens: i64[N, T]) -> [N, T, 65]`
///
/// ```text
/// {
///     param position: [256, 192] init=normal(0.0, 0.02);
///     option p = 0.1;
///     let symbols = embed: embedding 65 dim=192;
///     symbols + (position -> narrow dim=0 start=0 len=T)
///     -> blocks: repeat 4 {
///         residual { layernorm -> attention heads=6 causal=true -> dropout p }
///         -> residual { layernorm -> linear 768 -> gelu -> linear 192 -> dropout p }
///     }
///     -> layernorm -> linear 65 bias=false weight=embed.weight
/// }
/// ```
///
#[cfg_attr(all(doc, not(doctest)), doc = ::nn_dsl::drawing!(CharGpt..))]
///
/// | saved under | layer | output | parameters |
/// |---|---|---|---:|
/// |  | param |  | 49152 |
/// | `embed` | embedding | `[N, T, 192]` | 12480 |
/// |  | narrow | `[T, 192]` |  |
/// |  | + | `[N, T, 192]` |  |
/// | `blocks` | group | `[N, T, 192]` |  |
/// | `blocks.0` and 3 more | group | `[N, T, 192]` |  |
/// | `blocks.0.0` | layernorm | `[N, T, 192]` | 384 |
/// | `blocks.0.1` | attention | `[N, T, 192]` | 148224 |
/// |  | dropout | `[N, T, 192]` |  |
/// |  | + | `[N, T, 192]` |  |
/// | `blocks.0.3` | layernorm | `[N, T, 192]` | 384 |
/// | `blocks.0.4` | linear | `[N, T, 768]` | 148224 |
/// |  | gelu | `[N, T, 768]` |  |
/// | `blocks.0.6` | linear | `[N, T, 192]` | 147648 |
/// |  | dropout | `[N, T, 192]` |  |
/// |  | + | `[N, T, 192]` |  |
/// | `layernorm1` | layernorm | `[N, T, 192]` | 384 |
/// | `linear1` | linear | `[N, T, 65]` |  |
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
#[derive(Debug)]
pub struct CharGpt {
    /// `param position: [256, 192]`
    pub position: ::nn_dsl::Tensor,
    /// `option p = 0.1`
    pub p: f64,
    /// `embedding 65 dim=192`
    pub embed: ::nn_dsl::params::Weight,
    /// `repeat 4 { .. }`
    pub blocks: [CharGptGroup; 4],
    /// `layernorm`
    pub layernorm1: ::nn_dsl::params::Affine,
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl CharGpt {
    /// Makes the network, with its parameters under `path`.
    ///
    /// # Panics
    /// If there is a parameter of the same name already, as of another network on this path.
    #[track_caller]
    pub fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self {
            position: ::nn_dsl::init::parameter(
                path,
                "position",
                &[256, 192],
                ::nn_dsl::Init::Normal {
                    mean: 0.0,
                    std: 0.02,
                },
            ),
            p: 0.1,
            embed: ::nn_dsl::params::Weight::new(
                &(path / "embed"),
                (
                    &[65, 192],
                    ::nn_dsl::Init::Normal {
                        mean: 0.0,
                        std: 1.0,
                    },
                ),
            ),
            blocks: ::core::array::from_fn(|turn| CharGptGroup::new(
                &(path / "blocks" / turn),
            )),
            layernorm1: ::nn_dsl::params::Affine::new(
                &(path / "layernorm1"),
                (&[192], ::nn_dsl::Init::Constant(1.0)),
                (&[192], ::nn_dsl::Init::Constant(0.0)),
            ),
        }
    }
    fn run(&self, tokens: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        let t = tokens.size()[1];
        let symbols = ::nn_dsl::ops::embedding(&self.embed.weight, tokens, -1);
        let mut x = self.position.narrow(0, 0, t);
        x = &symbols + &x;
        ::core::mem::drop(symbols);
        for stage in &self.blocks {
            x = stage.forward_t(&x, self.p, train);
        }
        x = x
            .layer_norm(
                [192],
                Some(&self.layernorm1.weight),
                Some(&self.layernorm1.bias),
                0.00001,
                true,
            );
        ::nn_dsl::ops::linear(&x, &self.embed.weight, None::<&::nn_dsl::Tensor>)
    }
    #[inline]
    fn traced(
        &self,
        tokens: &::nn_dsl::Tensor,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::nn_dsl::Tensor {
        let t = tokens.size()[1];
        let symbols = ::nn_dsl::ops::embedding(&self.embed.weight, tokens, -1);
        trace.layer(&[1], &[("weight", &self.embed.weight)], &[&symbols]);
        let mut x = self.position.narrow(0, 0, t);
        trace.layer(&[2], &[("position", &self.position)], &[&x]);
        x = &symbols + &x;
        trace.layer(&[3], &[], &[&x]);
        ::core::mem::drop(symbols);
        for (turn, stage) in (0..).zip(&self.blocks) {
            trace.enter(&[4, 0 + turn]);
            x = stage.traced(&x, self.p, train, trace);
            trace.leave(&[&x]);
        }
        x = x
            .layer_norm(
                [192],
                Some(&self.layernorm1.weight),
                Some(&self.layernorm1.bias),
                0.00001,
                true,
            );
        trace
            .layer(
                &[5],
                &[("weight", &self.layernorm1.weight), ("bias", &self.layernorm1.bias)],
                &[&x],
            );
        x = ::nn_dsl::ops::linear(&x, &self.embed.weight, None::<&::nn_dsl::Tensor>);
        trace.layer(&[6], &[("weight", &self.embed.weight)], &[&x]);
        x
    }
    /// Evaluates the network. Gradients flow as they do around it.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says.
    #[track_caller]
    pub fn forward(&self, tokens: &::nn_dsl::Tensor) -> ::nn_dsl::Tensor {
        self.forward_t(tokens, false)
    }
    /// Runs the network, in training mode if `train`.
    ///
    /// # Panics
    /// If an input has another shape or element type than the signature says, or a layer would normalise by
    /// the statistics of a single value, as `bn` would when it is trained on one sample.
    #[track_caller]
    pub fn forward_t(&self, tokens: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        match self.check(tokens, train) {
            ::core::result::Result::Ok(_) => self.run(tokens, train),
            ::core::result::Result::Err(error) => ::core::panic!("{error}"),
        }
    }
    /// As `forward`, with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
    pub fn try_forward(
        &self,
        tokens: &::nn_dsl::Tensor,
    ) -> ::core::result::Result<::nn_dsl::Tensor, ::nn_dsl::InputError> {
        self.try_forward_t(tokens, false)
    }
    /// As `forward_t`, with an error where that panics.
    ///
    /// # Errors
    /// If an input has another shape or element type than the signature says, or holds what a layer cannot take.
    pub fn try_forward_t(
        &self,
        tokens: &::nn_dsl::Tensor,
        train: bool,
    ) -> ::core::result::Result<::nn_dsl::Tensor, ::nn_dsl::InputError> {
        self.check(tokens, train)
            .and_then(|_| ::nn_dsl::attempt::<Self, _>(|| self.run(tokens, train)))
    }
    fn check(
        &self,
        tokens: &::nn_dsl::Tensor,
        train: bool,
    ) -> ::core::result::Result<::nn_dsl::Kind, ::nn_dsl::InputError> {
        ::nn_dsl::check::inputs(self, &[tokens], train)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::nn::ModuleT for CharGpt {
    fn forward_t(&self, xs: &::nn_dsl::Tensor, train: bool) -> ::nn_dsl::Tensor {
        Self::forward_t(self, xs, train)
    }
}
#[automatically_derived]
#[allow(unused, nonstandard_style, clippy::all, clippy::pedantic, clippy::nursery)]
impl ::nn_dsl::Network for CharGpt {
    type Inputs<'a> = &'a ::nn_dsl::Tensor;
    type Output = ::nn_dsl::Tensor;
    const NAME: &'static ::core::primitive::str = "CharGpt";
    const INPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[signature("tokens", typed(::nn_dsl::Kind::Int64, &[Symbol("N"), Symbol("T")]))]
    };
    const OUTPUTS: &'static [::nn_dsl::Signature] = {
        use ::nn_dsl::outline::*;
        &[signature("", own(&[Symbol("N"), Symbol("T"), Known(65)]))]
    };
    const PREDICATES: &'static [::nn_dsl::Predicate] = {
        use ::nn_dsl::outline::*;
        &[predicate(Symbol("T"), ::nn_dsl::Comparison::LessEqual, Known(256))]
    };
    const LAYERS: &'static [::nn_dsl::LayerInfo] = {
        use ::nn_dsl::outline::*;
        &[
            from(
                &[],
                layer(
                    "",
                    "param",
                    "param position: [256, 192]",
                    &[],
                    &[parameter("position", &[256, 192])],
                    &[],
                ),
            ),
            from(
                &[Input(0)],
                keeps_inputs(
                    layer(
                        "embed",
                        "embedding",
                        "embedding 65 dim=192",
                        &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                        &[parameter("weight", &[65, 192])],
                        &[],
                    ),
                ),
            ),
            from(
                &[at(0)],
                view(
                    layer(
                        "",
                        "narrow",
                        "narrow dim=0 start=0 len=T",
                        &[own(&[Symbol("T"), Known(192)])],
                        &[],
                        &[],
                    ),
                ),
            ),
            from(
                &[at(1), at(2)],
                place(
                    layer(
                        "",
                        "+",
                        "+",
                        &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                        &[],
                        &[],
                    ),
                ),
            ),
            layer(
                "blocks",
                "group",
                "repeat 4 { .. }",
                &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                &[],
                &[
                    turns(
                        4,
                        layer(
                            "0",
                            "group",
                            "{ .. }",
                            &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                            &[],
                            &[
                                keeps(
                                    Product(&[Known(8), Symbol("N"), Symbol("T")]),
                                    keeps_inputs(
                                        layer(
                                            "0",
                                            "layernorm",
                                            "layernorm",
                                            &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                                            &[parameter("weight", &[192]), parameter("bias", &[192])],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps(
                                    Product(&[Known(3096), Symbol("N"), Symbol("T")]),
                                    keeps_inputs(
                                        multiply_adds(
                                            Product(
                                                &[
                                                    Known(384),
                                                    Symbol("N"),
                                                    Symbol("T"),
                                                    Sum(&[Symbol("T"), Known(384)]),
                                                ],
                                            ),
                                            layer(
                                                "1",
                                                "attention",
                                                "attention heads=6 causal=true",
                                                &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                                                &[
                                                    parameter("in_proj_weight", &[576, 192]),
                                                    parameter("in_proj_bias", &[576]),
                                                    parameter("out_proj.weight", &[192, 192]),
                                                    parameter("out_proj.bias", &[192]),
                                                ],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                keeps(
                                    Product(&[Known(768), Symbol("N"), Symbol("T")]),
                                    input_in_evaluation(
                                        place(
                                            layer(
                                                "",
                                                "dropout",
                                                "dropout p",
                                                &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                                                &[],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                from(
                                    &[Input(0), at(2)],
                                    place(
                                        layer(
                                            "",
                                            "+",
                                            "+",
                                            &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps(
                                    Product(&[Known(8), Symbol("N"), Symbol("T")]),
                                    keeps_inputs(
                                        layer(
                                            "3",
                                            "layernorm",
                                            "layernorm",
                                            &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                                            &[parameter("weight", &[192]), parameter("bias", &[192])],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps_inputs(
                                    multiply_adds(
                                        Product(&[Known(147456), Symbol("N"), Symbol("T")]),
                                        layer(
                                            "4",
                                            "linear",
                                            "linear 768",
                                            &[own(&[Symbol("N"), Symbol("T"), Known(768)])],
                                            &[
                                                parameter("weight", &[768, 192]),
                                                parameter("bias", &[768]),
                                            ],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps_inputs(
                                    place(
                                        layer(
                                            "",
                                            "gelu",
                                            "gelu",
                                            &[own(&[Symbol("N"), Symbol("T"), Known(768)])],
                                            &[],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps_inputs(
                                    multiply_adds(
                                        Product(&[Known(147456), Symbol("N"), Symbol("T")]),
                                        layer(
                                            "6",
                                            "linear",
                                            "linear 192",
                                            &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                                            &[
                                                parameter("weight", &[192, 768]),
                                                parameter("bias", &[192]),
                                            ],
                                            &[],
                                        ),
                                    ),
                                ),
                                keeps(
                                    Product(&[Known(768), Symbol("N"), Symbol("T")]),
                                    input_in_evaluation(
                                        place(
                                            layer(
                                                "",
                                                "dropout",
                                                "dropout p",
                                                &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                                                &[],
                                                &[],
                                            ),
                                        ),
                                    ),
                                ),
                                from(
                                    &[at(3), at(8)],
                                    place(
                                        layer(
                                            "",
                                            "+",
                                            "+",
                                            &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
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
            keeps(
                Product(&[Known(8), Symbol("N"), Symbol("T")]),
                keeps_inputs(
                    layer(
                        "layernorm1",
                        "layernorm",
                        "layernorm",
                        &[own(&[Symbol("N"), Symbol("T"), Known(192)])],
                        &[parameter("weight", &[192]), parameter("bias", &[192])],
                        &[],
                    ),
                ),
            ),
            keeps_inputs(
                multiply_adds(
                    Product(&[Known(12480), Symbol("N"), Symbol("T")]),
                    layer(
                        "linear1",
                        "linear",
                        "linear 65 bias=false weight=embed.weight",
                        &[own(&[Symbol("N"), Symbol("T"), Known(65)])],
                        &[],
                        &[],
                    ),
                ),
            ),
        ]
    };
    const ALIASES: &'static [(
        &'static ::core::primitive::str,
        &'static ::core::primitive::str,
    )] = &[("linear1.weight", "embed.weight")];
    const PYTHON: ::nn_dsl::python::Source = ::nn_dsl::python::Source {
        name: "CharGpt",
        pieces: {
            use ::nn_dsl::python::Piece::*;
            &[
                Text(
                    "def attention_mask(query, key, heads, allowed=None, causal=False):\n    shape = len(query), heads, query.shape[1], key.shape[1]\n    mask = torch.zeros(shape, dtype=query.dtype, device=query.device)\n    if allowed is not None:\n        mask = mask.masked_fill(~allowed, float(\"-inf\")) if allowed.dtype == torch.bool else mask + allowed\n    if causal:\n        mask = mask.masked_fill(torch.ones(shape[2:], dtype=torch.bool, device=query.device).triu(1), float(\"-inf\"))\n    return mask.flatten(0, 1)\n\n\nclass ",
                ),
                Name,
                Text(
                    "Group(nn.ModuleDict):\n    def __init__(self):\n        super().__init__()\n        self[\"0\"] = nn.LayerNorm(192)\n        self[\"1\"] = nn.MultiheadAttention(192, 6, batch_first=True)\n        self[\"3\"] = nn.LayerNorm(192)\n        self[\"4\"] = nn.Linear(192, 768)\n        self[\"6\"] = nn.Linear(768, 192)\n\n    def forward(self, x, p):\n        x2 = self[\"0\"](x)\n        x2, _ = self[\"1\"](x2, x2, x2, need_weights=False, attn_mask=attention_mask(x2, x2, 6, None, True))\n        x2 = F.dropout(x2, p, self.training)\n        x = x + x2\n        x2 = self[\"3\"](x)\n        x2 = self[\"4\"](x2)\n        x2 = F.gelu(x2)\n        x2 = self[\"6\"](x2)\n        x2 = F.dropout(x2, p, self.training)\n        return x + x2\n\n\nclass ",
                ),
                Name,
                Text(
                    "(nn.Module):\n    \"\"\"A small causal language model; the last layer's weight is the embedding's, and the dropout rate can be set at run time.\n\n    CharGpt(tokens: i64[N, T]) -> [N, T, 65]\n    \"\"\"\n\n    def __init__(self):\n        super().__init__()\n        self.position = nn.Parameter(nn.init.normal_(torch.empty(256, 192), 0.0, 0.02))\n        self.p = 0.1\n        self.embed = nn.Embedding(65, 192)\n        self.blocks = nn.ModuleList(",
                ),
                Name,
                Text(
                    "Group() for _ in range(4))\n        self.layernorm1 = nn.LayerNorm(192)\n\n    def forward(self, tokens):\n        t = tokens.shape[1]\n        symbols = self.embed(tokens)\n        x = self.position.narrow(0, 0, t)\n        x = symbols + x\n        for stage in self.blocks:\n            x = stage(x, self.p)\n        x = self.layernorm1(x)\n        return F.linear(x, self.embed.weight)",
                ),
            ]
        },
    };
    fn new(path: &::nn_dsl::nn::Path) -> Self {
        Self::new(path)
    }
    fn parameter(&self) -> ::core::option::Option<&::nn_dsl::Tensor> {
        ::core::option::Option::Some(&self.position)
    }
    fn forward_t(&self, tokens: Self::Inputs<'_>, train: bool) -> Self::Output {
        Self::forward_t(self, tokens, train)
    }
    fn try_forward_t(
        &self,
        tokens: Self::Inputs<'_>,
        train: bool,
    ) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
        Self::try_forward_t(self, tokens, train)
    }
    #[inline]
    fn traced(
        &self,
        tokens: Self::Inputs<'_>,
        train: bool,
        trace: &mut ::nn_dsl::trace::Recorder,
    ) -> ::core::result::Result<Self::Output, ::nn_dsl::InputError> {
        let _ = self.check(tokens, train)?;
        trace.inputs(&[tokens]);
        ::core::result::Result::Ok(self.traced(tokens, train, trace))
    }
}
