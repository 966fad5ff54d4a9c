"""Layers with parameters and without windows, activations, dropout, and attention."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from draw import Case, call, layers, of_rank


def given(**arguments):
    return {key: value for key, value in arguments.items() if value is not None}


def nothing(*sizes):
    return "nothing" if 0 in sizes else None


@layers(500)
def linear(d):
    shape = d.shape()
    out, into = d.seldom(d.randint(1, 9), 0, -1), d.seldom(None, d.size())
    chain = call("linear", out=out, bias=d.choice([None, False]), **{"in": into})
    features = shape[-1] if shape else 1
    return Case([shape], chain, lambda x: nn.Linear(features if into is None else into, out)(x), stricter=nothing(out))


@layers(400)
def bilinear(d):
    shape = d.shape(0, 4)
    other = shape[:-1] + [d.size()] if shape else d.shape(0, 1)
    if other and d.chance(0.1):
        other[d.randrange(len(other))] = d.size()
    out = d.seldom(d.randint(1, 9), 0, -1)
    run = lambda x, y: nn.Bilinear(x.shape[-1], y.shape[-1], out)(x, y)
    return Case([shape, other], f"(a, b) -> {call('bilinear', out=out)}", run, stricter=nothing(out))


def probability(d):
    return d.seldom(d.choice([None, 0, 0.3, 1]), -0.5, 1.5)


@layers(1000)
def norm(d):
    name = d.choice(["bn", "instancenorm"])
    shape = d.shape(1, 6)
    rank = d.seldom(None, len(shape) - 2, 1, 2, 3, probability=0.3)
    rank = rank if rank is None or 1 <= rank <= 3 else None
    affine, track = d.choice([None, True, False]), d.choice([None, True, False])
    eps = d.seldom(None, 0.001)
    spatial = len(shape) - 2 if rank is None else rank
    if rank is None and len(shape) == 2 and name == "bn":
        spatial = 1
    chain = call(name + (f"{rank}d" if rank else ""), affine=affine, track_running_stats=track, eps=eps)
    layer = {"bn": "BatchNorm", "instancenorm": "InstanceNorm"}[name]
    unbatched = name == "instancenorm" and len(shape) == spatial + 1

    def run(x):
        net = of_rank(layer, spatial)(x.shape[1], **given(affine=affine, track_running_stats=track, eps=eps))
        # In evaluation mode, because training refuses some batches, which is not a rule about shapes.
        return net.eval()(x)

    return Case([shape], chain, run, stricter="unbatched" if unbatched else nothing(*shape[1:2]))


@layers(400)
def groupnorm(d):
    shape = d.shape(0, 5)
    groups = d.seldom(d.choice([1, 2, 3, shape[1] if len(shape) > 1 else 1]), 0, -1)
    return Case([shape], call("groupnorm", groups=groups), lambda x: nn.GroupNorm(groups, x.shape[1])(x))


@layers(400)
def layernorm(d):
    shape, name = d.shape(0, 5), d.choice(["layernorm", "rmsnorm"])
    dims = d.seldom(d.choice([None, 1, 2, 3]), 0, -1)
    affine = d.choice([None, False])
    layer = {"layernorm": nn.LayerNorm, "rmsnorm": nn.RMSNorm}[name]

    def run(x):
        count = 1 if dims is None else dims
        if not 1 <= count <= x.dim():
            raise ValueError("so many dimensions are not there")
        return layer(x.shape[x.dim() - count :], **given(elementwise_affine=affine))(x)

    return Case([shape], call(name, dims=dims, affine=affine), run)


@layers(300)
def local_response_norm(d):
    shape, size = d.shape(0, 5), d.seldom(d.randint(1, 5), 0, -1)
    return Case([shape], call("local_response_norm", size=size), lambda x: nn.LocalResponseNorm(size)(x), stricter=nothing(size))


@layers(300)
def normalize(d):
    shape = d.shape(0, 4)
    dim, p = d.choice([None, d.dims(len(shape))]), d.choice([None, 1, 2, 3.5])
    run = lambda x: F.normalize(x, **given(p=p, dim=dim))
    return Case([shape], call("normalize", p=p, dim=dim), run, stricter=None if shape else "scalars")


ACTIVATIONS = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "selu": nn.SELU,
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "hardswish": nn.Hardswish,
    "hardsigmoid": nn.Hardsigmoid,
    "logsigmoid": nn.LogSigmoid,
    "softsign": nn.Softsign,
    "gelu": nn.GELU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "celu": nn.CELU,
    "softplus": nn.Softplus,
    "hardtanh": nn.Hardtanh,
}


@layers(600)
def activation(d):
    name = d.choice(list(ACTIVATIONS))
    dtype = d.seldom("", "f64", "i64", "bool")
    run = lambda x: ACTIVATIONS[name]()(x)
    return Case([(dtype, d.shape(0, 4))], name, run, stricter="floats" if dtype in ("i64", "bool") else None)


@layers(200)
def parametrised_activation(d):
    name, key, layer = d.choice(
        [
            ("celu", "alpha", nn.CELU),
            ("elu", "alpha", nn.ELU),
            ("leaky_relu", "negative_slope", nn.LeakyReLU),
            ("softplus", "beta", nn.Softplus),
            ("hardtanh", "max_val", lambda value: nn.Hardtanh(max_val=value)),
            ("threshold", "threshold", lambda value: nn.Threshold(value, 0.5)),
        ]
    )
    value = d.choice([0.5, 1, 2, 3.5])
    chain = call(name, **{key: value}, value=0.5 if name == "threshold" else None)
    return Case([d.shape(0, 4)], chain, lambda x: layer(value)(x))


@layers(300)
def prelu(d):
    shape = d.shape(0, 4)
    count = d.choice([None, 1, shape[1] if len(shape) > 1 else 2, d.randint(0, 5)])
    return Case([shape], call("prelu", num_parameters=count), lambda x: nn.PReLU(1 if count is None else count)(x), stricter=nothing(count))


@layers(500)
def along_a_dimension(d):
    name, shape = d.choice(["softmax", "log_softmax", "glu"]), d.shape(0, 4)
    dim = d.dim(len(shape))
    function = {"softmax": F.softmax, "log_softmax": F.log_softmax, "glu": F.glu}[name]
    return Case([shape], call(name, dim=dim), lambda x: function(x, dim=dim), stricter=None if shape else "scalars")


@layers(500)
def dropout(d):
    name = d.choice(["dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "drop_path"])
    shape, p = d.shape(0, 5), probability(d)
    if name == "drop_path" and p is None:
        p = 0.3
    rank = {"dropout1d": 3, "dropout2d": 4, "dropout3d": 5}.get(name, len(shape))

    def drop_path(p):
        from torchvision.ops import StochasticDepth

        if not shape:
            raise ValueError("the documentation asks for a dimension of samples")
        return StochasticDepth(p, "row")

    layer = {
        "dropout": nn.Dropout,
        "dropout1d": nn.Dropout1d,
        "dropout2d": nn.Dropout2d,
        "dropout3d": nn.Dropout3d,
        "alpha_dropout": nn.AlphaDropout,
        "drop_path": drop_path,
    }[name]
    # For dropout over channels PyTorch accepts any rank, sometimes with a warning.
    stricter = "unbatched" if len(shape) != rank else None
    return Case([shape], call(name, p=p), lambda x: layer(0.5 if p is None else p)(x), stricter=stricter)


@layers(900)
def recurrent(d):
    name = d.choice(["rnn", "gru", "lstm"])
    shape = d.sizes(d.seldom(3, 2, 4, 1, probability=0.1), 5)
    hidden, stacked = d.seldom(d.randint(1, 5), 0, -1), d.seldom(d.choice([None, 1, 2, 3]), 0, -1)
    both, bias, into = d.choice([None, True]), d.choice([None, False]), d.seldom(None, d.size())
    p = d.seldom(None, 0.5, 1.5)
    chain = call(name, hidden=hidden, layers=stacked, bidirectional=both, bias=bias, dropout=p, **{"in": into})
    states = d.choice([0, 2 if name == "lstm" else 1])
    state = [(stacked or 1) * (2 if both else 1), shape[0], max(hidden, 0)]
    state = [max(size, 0) for size in state]
    others = [list(state) for _ in range(states)]
    if others and d.chance(0.2):
        others[0][d.randrange(3)] = d.size()

    def run(x, *given_states):
        features = x.shape[-1] if into is None else into
        more = given(num_layers=stacked, bidirectional=both, bias=bias, dropout=p)
        net = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[name](features, hidden, batch_first=True, **more)
        if not given_states:
            return net(x)[0]
        y, after = net(x, given_states if name == "lstm" else given_states[0])
        return [y, *after] if name == "lstm" else [y, after]

    if others:
        chain = f"({', '.join('abc'[: 1 + states])}) -> {chain}"
    return Case([shape, *others], chain, run, 1 + states, "unbatched" if len(shape) == 2 else None)


@layers(600)
def attention(d):
    heads = d.seldom(d.choice([1, 2, 3]), 0, -1)
    width = d.seldom(max(heads, 1) * d.randint(1, 3), d.size())
    batch, queries, keys = d.sizes(3, 4)
    q, k = [batch, queries, width], [batch, keys, width]
    v = list(k)
    alone = d.chance(0.4)
    if d.chance(0.15):
        d.choice([q, k, v])[d.randrange(3)] = d.size()
    if d.chance(0.05):
        d.choice([q, k, v]).pop()
    bias = d.choice([None, False])
    chain = ("" if alone else "(a, b, c) -> ") + call("attention", heads=heads, bias=bias)

    def run(q, k=None, v=None):
        k, v = (q, q) if alone else (k, v)
        return nn.MultiheadAttention(q.shape[-1], heads, batch_first=True, **given(bias=bias))(q, k, v)[0]

    inputs = [q] if alone else [q, k, v]
    return Case(inputs, chain, run, stricter="unbatched" if len(q) == 2 else None)


@layers(900)
def sdpa(d):
    batch, heads, queries, keys, features, values = d.sizes(6, 4)
    fewer = d.seldom(heads, 1, 2, probability=0.3)
    q, k, v = [batch, heads, queries, features], [batch, fewer, keys, features], [batch, fewer, keys, values]
    if d.chance(0.15):
        d.choice([q, k, v])[d.randrange(4)] = d.size()
    mask = None
    if d.chance(0.4):
        mask = [d.choice([1, size]) for size in [batch, heads, queries, keys]][d.randint(0, 4) :]
        if mask and d.chance(0.1):
            mask[d.randrange(len(mask))] = d.size()
    dtype = d.choice(["bool", ""])
    split = d.chance(0.4)
    inputs = [q, k, v]
    if split:
        inputs = [[shape[0], shape[2], shape[1] * shape[3]] for shape in inputs]
    causal = d.choice([None, True]) if mask is None else None
    chain = call("sdpa", heads=heads if split else None, causal=causal, mask="d" if mask is not None else None)

    def run(q, k, v, mask=None):
        if split:
            # The keys' heads are as wide as the queries', and the values have as many heads as the keys.
            features = q.shape[-1] // heads
            for x in (q, k):
                if features == 0 or x.shape[-1] % features:
                    raise ValueError("the features do not divide")
            q = q.unflatten(-1, (heads, features)).transpose(1, 2)
            k = k.unflatten(-1, (-1, features)).transpose(1, 2)
            v = v.unflatten(-1, (k.shape[1], -1)).transpose(1, 2)
        expected = (q.shape[0], k.shape[0], v.shape[0])
        if len(set(expected)) != 1 or k.shape[1] != v.shape[1]:
            raise ValueError("the language does not broadcast batches, nor keys to values")
        if k.shape[1] == 0:
            raise ValueError("libtorch divides by the number of heads, and the program dies")
        if k.shape[2] != v.shape[2]:
            raise ValueError("the documentation has one length for keys and values")
        # libtorch requires a mask of at least two dimensions, and the language broadcasts any mask.
        mask = None if mask is None else torch.atleast_2d(mask)
        y = F.scaled_dot_product_attention(q, k, v, mask, is_causal=bool(causal), enable_gqa=True)
        return y.transpose(1, 2).flatten(2) if split else y

    of_keys = mask is not None and len(mask) == 2 and mask[0] not in (1, q[2]) and mask == [q[0], k[2]]
    inputs += [(dtype, mask)] if mask is not None else []
    return Case(inputs, f"(a, b, c) -> {chain}", run, stricter="mask of keys" if of_keys else None)


@layers(300)
def embedding(d):
    dtype, shape = d.choice(["i64", "i32", "i64", "", "bool"]), d.shape(0, 3)
    vocabulary, dim = d.seldom(d.randint(1, 9), 0, -1), d.seldom(d.randint(1, 5), 0, -1)
    padding = d.choice([None, d.randint(-10, 10)])
    chain = call("embedding", vocabulary=vocabulary, dim=dim, padding_idx=padding)
    run = lambda x: nn.Embedding(vocabulary, dim, padding)(x)
    return Case([(dtype, shape)], chain, run, stricter=nothing(vocabulary, dim))


@layers(100)
def positional(d):
    shape = d.shape(0, 4)

    def run(x):
        length, features = x.shape[-2:]
        return x + torch.zeros(length, features)

    return Case([shape], "positional", run)
