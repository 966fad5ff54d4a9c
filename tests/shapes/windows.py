"""Layers with windows: convolution, pooling, upsampling."""

import torch.nn.functional as F

from draw import Case, call, layers, of_rank


def images(d, largest=9):
    """The spatial rank of a layer, and an input that usually has it."""
    rank = d.choice([1, 1, 2, 2, 2, 3])
    return rank, d.sizes(1, 2) + d.sizes(1, 6) + d.sizes(d.seldom(rank, rank - 1, rank + 1, probability=0.03), largest)


def keyword(d, name, rank, shape):
    """`conv` or `conv2d`. Only the second says what libtorch must do with another rank."""
    if d.chance(0.5):
        return f"{name}{rank}d", rank
    return name, len(shape) - 2


def unbatched(rank, shape):
    return "unbatched" if len(shape) == rank + 1 else None


def negative(amounts):
    return isinstance(amounts, int) and amounts < 0 or isinstance(amounts, tuple) and min(amounts) < 0


def nothing(*sizes):
    return "nothing" if 0 in sizes else None


@layers(2500)
def conv(d):
    rank, shape = images(d)
    name, rank = keyword(d, "conv", rank, shape)
    channels = shape[1]
    groups = d.choice([None] * 4 + [1, 2, 3, channels])
    out = d.seldom(d.choice([1, 2, 3, 4, 6]), None, 0, -1)
    kernel = d.each(rank, lambda: d.seldom(d.randint(1, 4), 0, -1, 9, probability=0.03))
    stride = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(1, 3), 0, -1, probability=0.03))])
    padding = d.choice([None, "same", d.each(rank, lambda: d.seldom(d.randint(0, 3), -1, 9, probability=0.05))])
    dilation = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(1, 3), 0, probability=0.03))])
    mode = d.choice([None] * 3 + ["reflect", "replicate", "circular"])
    bias = d.choice([None, False])
    into = d.seldom(None, channels, channels + 1)
    chain = call(name, out=out, k=kernel, s=stride, p=padding, d=dilation, g=groups, padding_mode=mode, bias=bias, **{"in": into})

    def run(x):
        layer = of_rank("Conv", rank)
        given = dict(stride=stride, padding=padding, dilation=dilation, groups=groups, padding_mode=mode, bias=bias)
        given = {key: value for key, value in given.items() if value is not None}
        return layer(channels if into is None else into, channels if out is None else out, kernel, **given)(x)

    signs = "signs" if mode and negative(padding) else None
    return Case([shape], chain, run, stricter=unbatched(rank, shape) or nothing(*shape[1:], out) or signs)


@layers(1500)
def conv_transpose(d):
    rank, shape = images(d, 5)
    name, rank = keyword(d, "conv_transpose", rank, shape)
    channels = shape[1]
    groups = d.choice([None] * 4 + [1, 2, 3, channels])
    out = d.seldom(d.choice([1, 2, 3, 4, 6]), 0, -1)
    kernel = d.each(rank, lambda: d.seldom(d.randint(1, 4), 0, -1, probability=0.03))
    stride = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(1, 3), 0, -1, probability=0.03))])
    padding = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(0, 2), -1, 9, probability=0.05))])
    extra = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(0, 2), -1, probability=0.05))])
    dilation = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(1, 3), 0, probability=0.03))])
    chain = call(name, out=out, k=kernel, s=stride, p=padding, output_padding=extra, d=dilation, g=groups)

    def run(x):
        given = dict(stride=stride, padding=padding, output_padding=extra, dilation=dilation, groups=groups)
        given = {key: value for key, value in given.items() if value is not None}
        if 0 in (dilation if isinstance(dilation, tuple) else (dilation,)):
            raise ValueError("libtorch sees this in small kernels only")
        return of_rank("ConvTranspose", rank)(channels, out, kernel, **given)(x)

    return Case([shape], chain, run, stricter=lambda y: unbatched(rank, shape) or nothing(*shape[1:], out, *y.shape[1:]))


@layers(2500)
def pool(d):
    rank, shape = images(d)
    kind = d.choice(["max", "avg"])
    name, rank = keyword(d, f"{kind}pool", rank, shape)
    kernel = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(1, 4), 0, -1, 9, probability=0.03))])
    stride = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(1, 4), 0, -1, probability=0.03))])
    padding = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(0, 2), -1, probability=0.05))])
    dilation = d.choice([None, d.each(rank, lambda: d.seldom(d.randint(1, 3), 0, probability=0.03))]) if kind == "max" else None
    ceil = d.choice([None, True])
    include = d.choice([None, False]) if kind == "avg" else None
    chain = call(name, k=kernel, s=stride, p=padding, d=dilation, ceil=ceil, count_include_pad=include)

    def run(x):
        given = dict(stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil, count_include_pad=include)
        given = {key: value for key, value in given.items() if value is not None}
        return of_rank(f"{kind.title()}Pool", rank)(2 if kernel is None else kernel, **given)(x)

    return Case([shape], chain, run, stricter=unbatched(rank, shape))


@layers(800)
def adaptive_pool(d):
    rank, shape = images(d)
    kind = d.choice(["max", "avg"])
    whole = d.chance(0.3)
    name, rank = keyword(d, f"{'global' if whole else 'adaptive'}_{kind}pool", rank, shape)
    size = d.each(rank, lambda: d.seldom(d.randint(1, 9), 0, -1, probability=0.03))
    chain = name if whole else call(name, size=size)

    def run(x):
        if len(x.shape) > rank + 2:
            raise ValueError("the documentation knows no such input, though the mean does")
        return of_rank(f"Adaptive{kind.title()}Pool", rank)(1 if whole else size)(x)

    sizes = size if isinstance(size, tuple) else (size,)
    return Case([shape], chain, run, stricter=unbatched(rank, shape) or nothing(*shape[1:], *(() if whole else sizes)))


@layers(1500)
def upsample(d):
    rank, shape = images(d, 6)
    dtype = d.seldom("", "u8", "i64", "f64")
    name, rank = keyword(d, "upsample", rank, shape)
    usual = [None, "nearest", "nearest_exact", "area", {1: "linear", 2: "bilinear"}.get(rank, "trilinear")]
    mode = d.seldom(d.choice(usual), "linear", "bilinear", "bicubic", "trilinear", probability=0.2)
    by_scale = d.seldom(d.boolean(), None, probability=0.02)
    scale = d.each(rank, lambda: d.seldom(d.choice([1, 2, 3, 0.5, 1.5, 2.5, 0.7, 1.1]), 0, -1, 0.1, probability=0.03))
    size = d.each(rank, lambda: d.seldom(d.randint(1, 9), 0, -1, probability=0.03))
    scale, size = (scale if by_scale else None, size if by_scale is False else None)
    align = d.seldom(None, True, False, probability=0.2)
    chain = call(name, scale=scale, size=size, mode=mode, align_corners=align)

    def run(x):
        given = "nearest-exact" if mode == "nearest_exact" else mode or "nearest"
        if len(x.shape) != rank + 2:
            raise ValueError("the name says another rank")
        return F.interpolate(x, size=size, scale_factor=scale, mode=given, align_corners=align)

    blended = dtype == "u8" and mode in ("bilinear", "bicubic")
    return Case([(dtype, shape)], chain, run, stricter=lambda y: "floats" if blended or dtype == "i64" else nothing(*y.shape[1:]))
