"""Layers that move, cut and join dimensions."""

import torch
import torch.nn.functional as F

from draw import DTYPES, Case, call, layers

ANY = ["", "", "f64", "i64", "u8", "bool"]


def anything(d, least=0, most=5, largest=5):
    return d.choice(ANY), d.shape(least, most, largest)


def scalars(shape):
    return None if shape else "scalars"


@layers(600)
def moved(d):
    x = anything(d, most=4)
    rank = len(x[1])
    name = d.choice(["permute", "transpose", "flip", "unsqueeze", "squeeze"])
    if name == "transpose":
        a, b = d.dim(rank), d.dim(rank)
        return Case([x], call(name, a=a, b=b), lambda x: x.transpose(a, b), stricter=scalars(x[1]))
    if name == "unsqueeze":
        dim = d.dim(rank + 1)
        return Case([x], call(name, dim=dim), lambda x: x.unsqueeze(dim))
    if name == "squeeze":
        shape = [d.choice([1, 1, size]) for size in x[1]]
        dims = d.dims(rank)
        named = [dim % rank for dim in (dims if isinstance(dims, tuple) else (dims,)) if -rank <= dim < rank]
        kept = "squeeze" if any(shape[dim] != 1 for dim in named) else scalars(shape)
        return Case([(x[0], shape)], call(name, dim=dims), lambda x: x.squeeze(dims), stricter=kept)
    if name == "flip":
        dims = d.dims(rank)
        return Case([x], call(name, dims=dims), lambda x: x.flip(dims), stricter=scalars(x[1]))
    order = list(range(rank))
    d.shuffle(order)
    order = tuple(d.seldom(dim, d.dim(rank), dim - rank) for dim in order)
    order = order if len(order) > 1 else order[0] if order else 0
    return Case([x], call(name, dims=order), lambda x: x.permute(order), stricter=scalars(x[1]))


@layers(400)
def roll(d):
    x = anything(d)
    dims = d.choice([None, d.dims(len(x[1]))])
    count = len(dims) if isinstance(dims, tuple) else 1
    shifts = tuple(d.randint(-4, 4) for _ in range(d.seldom(count, count + 1)))
    shifts = shifts if len(shifts) > 1 else shifts[0]
    repeated = isinstance(dims, tuple) and len({dim % max(len(x[1]), 1) for dim in dims}) < len(dims)
    return Case([x], call("roll", shifts=shifts, dims=dims), lambda x: x.roll(shifts, dims), stricter="scalars" if repeated else None)


@layers(600)
def reshape(d):
    dtype, shape = anything(d, largest=6)
    name = d.choice(["reshape", "unflatten", "flatten"])
    if name == "flatten":
        start, end = d.choice([None, d.dim(len(shape))]), d.choice([None, d.dim(len(shape))])
        given = {key: value for key, value in [("start_dim", start), ("end_dim", end)] if value is not None}
        chain = call(name, start=start, end=end)
        return Case([(dtype, shape)], chain, lambda x: torch.nn.Flatten(**given)(x), stricter=scalars(shape))
    dim = d.dim(len(shape))
    count = 1
    if name == "reshape":
        for size in shape:
            count *= size
    elif -len(shape) <= dim < len(shape):
        count = shape[dim]
    sizes = []
    while count > 1 and len(sizes) < 3:
        factor = d.choice([factor for factor in range(1, count + 1) if count % factor == 0])
        sizes.append(factor)
        count //= factor
    sizes += [count] if count != 1 or d.chance(0.3) else []
    d.shuffle(sizes)
    sizes = [d.seldom(size, None, size + 1, 0, probability=0.15) for size in sizes]
    given = [-1 if size is None else size for size in sizes]
    if name == "reshape":
        return Case([(dtype, shape)], call(name, sizes=sizes), lambda x: x.reshape(given))
    return Case([(dtype, shape)], call(name, dim=dim, sizes=sizes), lambda x: x.unflatten(dim, given))


@layers(300)
def expand(d):
    dtype, shape = d.choice(ANY), [d.choice([1, size]) for size in d.shape(0, 4)]
    sizes = [d.seldom(d.choice([None, size]) if size != 1 else d.choice([None, d.size()]), d.size()) for size in shape]
    sizes = d.choice([[], [d.size()], [d.size(), d.size()]]) + sizes
    sizes = d.seldom(sizes, sizes[1:], [None] + sizes)
    return Case([(dtype, shape)], call("expand", sizes=sizes), lambda x: x.expand([-1 if size is None else size for size in sizes]))


@layers(900)
def cut(d):
    x = anything(d, largest=7)
    shape = x[1]
    dim = d.dim(len(shape))
    size = shape[dim] if -len(shape) <= dim < len(shape) else 3
    name = d.choice(["narrow", "select", "chunk", "split"])
    if name == "narrow":
        start = d.randint(-size - 1, size + 1)
        length = d.seldom(d.randint(0, max(size, 0)), size + 1, -1)
        return Case([x], call(name, dim=dim, start=start, len=length), lambda x: x.narrow(dim, start, length))
    if name == "select":
        index = d.randint(-size - 1, size)
        return Case([x], call(name, dim=dim, index=index), lambda x: x.select(dim, index))
    if name == "chunk":
        count = d.seldom(d.randint(1, 5), 0, -1)
        each = -(-size // count) if count > 0 else 1
        made = count if count > 0 and (size == 0 or -(-size // max(each, 1)) == count) else 0
        return Case([x], call(name, n=count, dim=dim), lambda x: x.chunk(count, dim), max(count, 1), None if made == count else "chunk")
    if d.chance(0.5):
        each = d.seldom(d.randint(1, 4), 0, -1)
        values = max(1, -(-size // each)) if each > 0 else 1
        return Case([x], call(name, sizes=each, dim=dim), lambda x: x.split(each, dim), values, "nothing" if each == 0 else None)
    sizes, left = [], size
    while left > 0:
        sizes.append(d.randint(0, left))
        left -= sizes[-1]
    sizes = sizes or [size]
    sizes[0] += d.seldom(0, 1, -1)
    return Case([x], call(name, sizes=sizes, dim=dim), lambda x: x.split(sizes, dim), len(sizes))


@layers(900)
def pad(d):
    dtype, shape = d.choice(["", "", "", "f64", "i64"]), d.shape(0, 5, 6)
    mode = d.choice([None, "constant", "reflect", "replicate", "circular"])
    usual = len(shape) if mode in (None, "constant") else max(1, len(shape) - d.choice([1, 2]))
    pairs = d.seldom(d.randint(1, max(1, usual)) if mode in (None, "constant") else usual, 1, 2, 3, 4, 0)
    amounts = tuple(d.seldom(d.randint(0, 3), -1, -2, 7) for _ in range(d.seldom(2 * pairs, 2 * pairs + 1, probability=0.03)))
    value = d.choice([None, None, 2.0]) if mode in (None, "constant") and dtype in ("", "f64") else None
    if not amounts:
        return Case([(dtype, shape)], call("pad", amounts=(0, 0)), lambda x: F.pad(x, (0, 0)))
    amounts = amounts if len(amounts) > 1 else amounts[0]
    given = amounts if isinstance(amounts, tuple) else (amounts,)
    stricter = "signs" if mode not in (None, "constant") and min(given) < 0 else None
    run = lambda x: F.pad(x, given, mode or "constant", value)
    return Case([(dtype, shape)], call("pad", amounts=amounts, mode=mode, value=value), run, stricter=stricter)


@layers(300)
def pixel_shuffle(d):
    name, factor = d.choice(["pixel_shuffle", "pixel_unshuffle"]), d.seldom(d.randint(1, 3), 0, -1)
    square = factor * factor if name == "pixel_shuffle" else 1
    edge = 1 if name == "pixel_shuffle" else factor
    shape = d.shape(0, 2, 3) + [d.size(3) * d.seldom(square, 1), abs(d.size(3) * edge), abs(d.size(3) * d.seldom(edge, 1))]
    shape = d.seldom(shape, shape[-2:], shape[-1:])
    shape = [max(size, 0) for size in shape]
    dtype = d.choice(["", "u8"])

    def run(x):
        y = getattr(F, name)(x, factor)
        if name == "pixel_shuffle" or x.numel() > 0:
            return y
        # libtorch returns an empty tensor unchanged, with its old shape.
        return x.new_zeros(*x.shape[:-3], x.shape[-3] * factor**2, x.shape[-2] // factor, x.shape[-1] // factor)

    return Case([(dtype, shape)], call(name, r=factor), run)


@layers(300)
def triangle(d):
    name, x = d.choice(["tril", "triu"]), anything(d)
    diagonal = d.choice([None, d.randint(-3, 3)])
    return Case([x], call(name, diagonal=diagonal), lambda x: getattr(x, name)(diagonal or 0))


@layers(600)
def joined(d):
    name, count = d.choice(["cat", "stack"]), d.randint(1, 4)
    shape = d.shape()
    dim = d.choice([None, d.dim(len(shape) + (name == "stack"))])
    along = 1 if dim is None else dim
    values = []
    for _ in range(count):
        other = list(shape)
        if name == "cat" and -len(shape) <= along < len(shape):
            other[along] = d.size()
        if other and d.chance(0.05):
            other[d.randrange(len(other))] = d.size()
        values.append((d.choice(ANY) if d.chance(0.3) else "", d.seldom(other, other[1:], probability=0.03)))
    chain = f"({', '.join('abcd'[:count])}) -> {call(name, dim=dim)}"
    # `torch.cat` skips an empty vector, `torch.empty(0)`, whatever the shapes of the others.
    skipped = name == "cat" and any(other == [0] and len(shape) != 1 for _, other in values)
    run = lambda *values: getattr(torch, name)(values, along)
    return Case(values, chain, run, stricter="nothing" if skipped else None)


@layers(800)
def indexing(d):
    dtype, shape = anything(d, most=4)
    dim = d.dim(len(shape))
    index = d.seldom("i64", "i32", "", "bool", probability=0.2)
    name = d.choice(["index_select", "gather", "topk", "one_hot", "argmax"])
    if name in ("index_select", "gather") and -len(shape) <= dim < len(shape):
        shape[dim] = shape[dim] or 1  # All indices are 0, and there must be something.
    if name == "index_select":
        other = d.seldom(d.shape(1, 1), d.shape(0, 2))
        return Case([(dtype, shape), (index, other)], f"(a, b) -> {call(name, dim=dim)}", lambda x, i: x.index_select(dim, i), stricter=scalars(shape))
    if name == "gather":
        other = [d.seldom(d.randint(0, size), size + 1) for size in shape]
        other = d.seldom(other, other[1:])

        def run(x, index):
            larger = [i for i, (n, m) in enumerate(zip(index.shape, x.shape)) if n > m and i != dim % x.dim()]
            if x.dim() != index.dim() or larger:
                raise ValueError("the documentation forbids it, and libtorch does where there is something to gather")
            return x.gather(dim, index)

        return Case([(dtype, shape), (index, other)], f"(a, b) -> {call(name, dim=dim)}", run, stricter=scalars(shape))
    if name == "topk":
        k = d.seldom(d.randint(1, 4), 0, -1)
        chain, bad = call(name, k=k, dim=dim), "nothing" if k == 0 else scalars(shape)
        return Case([(dtype, shape)], chain, lambda x: x.topk(k, dim), 2, "numbers" if dtype == "bool" else bad)
    if name == "one_hot":
        classes = d.seldom(d.randint(1, 4), 0)
        # `classes=-1`, with which PyTorch takes the number from the values, is not drawn.
        return Case([(index, shape)], call(name, classes=classes), lambda x: F.one_hot(x, classes), stricter="nothing" if classes == 0 else None)
    keep = d.choice([None, True])
    stricter = "numbers" if dtype == "bool" else scalars(shape)
    return Case([(dtype, shape)], call(name, dim=dim, keepdim=keep), lambda x: x.argmax(dim, bool(keep)), stricter=stricter)


@layers(500)
def source(d):
    name = d.choice(["arange", "zeros", "ones", "full", "eye"])
    dtype = d.choice(["", "", "f64", "i64", "bool"])
    given = DTYPES[dtype]
    if name == "arange":
        end, start, step = d.randint(-5, 20), d.choice([None, d.randint(-5, 10)]), d.choice([None, d.randint(-3, 3)])
        word = d.choice([None, "f64", "i32", "bool"])
        run = lambda x: torch.arange(start or 0, end, 1 if step is None else step, dtype=DTYPES[word or "i64"])
        chain = call(name, end=end, start=start, step=step, dtype=word)
        # PyTorch counts up to two in booleans.
        return Case([[1]], chain, run, stricter="numbers" if word == "bool" else None)
    if name == "eye":
        rows, columns = d.seldom(d.randint(1, 5), 0, -1), d.choice([None, d.seldom(d.randint(1, 5), 0, -1)])
        word = None if dtype == "" else dtype
        run = lambda x: torch.eye(rows, rows if columns is None else columns, dtype=given)
        return Case([[1]], call(name, rows=rows, columns=columns, dtype=word), run)
    shape = d.shape()
    if name == "full":
        value = d.choice([0, 1, 3, 0.5])
        written = f"full {dtype}{shape} value={value}"
        # PyTorch rounds values that do not fit the type.
        unfit = dtype in ("i64", "bool") and value == 0.5
        return Case([[1]], written, lambda x: torch.full(shape, value, dtype=given), stricter="whole" if unfit else None)
    return Case([[1]], f"{name} {dtype}{shape}", lambda x: getattr(torch, name)(shape, dtype=given))
