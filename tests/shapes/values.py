"""Arithmetic, comparisons, reductions, choices and patterns."""

import torch

from draw import DTYPES, Case, call, layers

ANY = ["", "", "f64", "i64", "i32", "u8", "bool"]
MORE = ANY + ["", "f64"]


def broadcast(d, count):
    """Shapes that mostly broadcast."""
    shape = d.shape(0, 4)
    shapes = []
    for _ in range(count):
        other = [d.seldom(size, 1, probability=0.3) for size in shape][d.seldom(0, d.randint(0, len(shape)), probability=0.2) :]
        if other and d.chance(0.05):
            other[d.randrange(len(other))] = d.size()
        shapes.append((d.choice(ANY), other))
    return shapes


def is_float(dtype):
    return dtype in ("", "f64")


@layers(1200)
def arithmetic(d):
    name = d.choice(["add", "mul", "sub", "div", "+", "-", "*", "/"])
    count = d.randint(1, 4) if name in ("add", "mul") else 2
    values = broadcast(d, count)
    letters = "abcd"[:count]
    chain = f"a {name} b" if name in "+-*/" else f"({', '.join(letters)}) -> {name}"

    def run(*values):
        result = values[0]
        for other in values[1:]:
            result = {"a": torch.add, "+": torch.add, "m": torch.mul, "*": torch.mul, "s": torch.sub, "-": torch.sub}.get(name[0], torch.div)(result, other)
        return result

    return Case(values, chain, run)


@layers(400)
def with_numbers(d):
    dtype, shape = d.choice(ANY), d.shape(0, 3)
    name = d.choice(["scale", "shift", "pow", "clamp", "+", "-", "*", "/"])
    number = d.choice([0, 1, 2, 0.5, -1])
    if name in "+-*/":
        number = abs(number)
        chain, run = f"a {name} {number}", {"+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div}[name]
        # `torch.sub` of a boolean and a number is refused: `bool - 1`.
        return Case([(dtype, shape)], chain, lambda x: run(x.long() if dtype == "bool" and name == "-" and isinstance(number, int) else x, number))
    if name == "clamp":
        least, most = d.choice([None, -1, 0.5]), d.choice([None, 1, 2.5, -2])
        crossed = least is not None and most is not None and least > most
        run = lambda x: (x.long() if dtype == "bool" else x).clamp(least, most)
        return Case([(dtype, shape)], call(name, min=least, max=most), run, stricter="clamped" if crossed else None)
    key = {"scale": "factor", "shift": "by", "pow": "exponent"}[name]
    run = {"scale": torch.mul, "shift": torch.add, "pow": torch.pow}[name]
    return Case([(dtype, shape)], call(name, **{key: number}), lambda x: run(x, number))


@layers(400)
def of_each(d):
    name = d.choice(["exp", "log", "sqrt", "rsqrt", "sin", "cos", "square", "abs", "neg", "not", "detach", "id"])
    dtype, shape = d.choice(ANY), d.shape(0, 4)
    function = {"not": torch.logical_not, "detach": torch.detach, "id": lambda x: x}.get(name) or getattr(torch, name)
    stricter = "numbers" if dtype == "bool" and name in ("abs", "neg") else None
    return Case([(dtype, shape)], name, lambda x: function(x), stricter=stricter)


@layers(150)
def cast(d):
    to = d.choice(["f32", "f64", "i64", "i32", "u8", "bool", "float"])
    run = lambda x: x.to(DTYPES["" if to in ("float", "f32") else to])
    return Case([(d.choice(ANY), d.shape(0, 4))], f"cast {to}", run)


@layers(500)
def matmul(d):
    batch = d.shape(0, 2)
    n, k, m = d.sizes(3, 5)
    a, b = [d.seldom(size, 1, probability=0.3) for size in batch] + [n, k], [d.seldom(size, 1, probability=0.3) for size in batch] + [k, m]
    a, b = d.seldom(a, [k], a[-2:], [], [n, k + 1], probability=0.3), d.seldom(b, [k], b[-2:], [], probability=0.3)
    dtype = d.choice(["", "f64", "i64", "bool"])
    other = d.seldom(dtype, "", "f64")
    return Case([(dtype, a), (other, b)], "(a, b) -> matmul", torch.matmul)


@layers(500)
def comparison(d):
    name = d.choice(["eq", "ne", "lt", "le", "gt", "ge"])
    if d.chance(0.3):
        number = d.choice([0, 1, 0.5, -2])
        return Case([(d.choice(ANY), d.shape())], call(name, other=number), lambda x: getattr(torch, name)(x, number))
    return Case(broadcast(d, 2), f"(a, b) -> {name}", getattr(torch, name))


@layers(900)
def reduction(d):
    name, dtype, shape = d.choice(["mean", "sum", "max", "min"]), d.choice(MORE), d.shape()
    dims, keep = d.choice([None, d.dims(len(shape))]), d.choice([None, True])
    function = {"mean": torch.mean, "sum": torch.sum, "max": torch.amax, "min": torch.amin}[name]
    run = lambda x: function(x, dim=() if dims is None else dims, keepdim=bool(keep))
    stricter = "scalars" if not shape and dims is not None else None
    return Case([(dtype, shape)], call(name, dim=dims, keepdim=keep), run, stricter=stricter)


@layers(500)
def choice(d):
    if d.chance(0.5):
        condition, a, b = broadcast(d, 3)
        condition = (d.seldom("bool", "i64", "u8"), condition[1])
        # Bytes as conditions are deprecated.
        return Case([condition, a, b], "(a, b, c) -> where", torch.where, stricter="numbers" if condition[0] == "u8" else None)
    x, mask = broadcast(d, 2)
    mask = (d.seldom("bool", "i64"), mask[1])
    value = d.choice([0, 1, 2.5, -1])
    # PyTorch rounds values that do not fit the type, or wraps them around.
    unfit = (value == 2.5 and not is_float(x[0])) or (value == -1 and x[0] in ("u8", "bool"))
    run = lambda x, mask: x.masked_fill(mask, value)
    return Case([x, mask], f"(a, b) -> {call('masked_fill', value=value)}", run, stricter="whole" if unfit else None)


@layers(1000)
def einsum(d):
    letters = "abcde"
    sizes = {letter: d.size(4) for letter in letters}
    count = d.randint(1, 3)
    rest = d.shape(0, 2, 3)
    operands, shapes = [], []
    for _ in range(count):
        indices = "".join(d.choice(letters) for _ in range(d.randint(0, 3)))
        shape = [d.seldom(sizes[letter], 1, sizes[letter] + 1, probability=0.04) for letter in indices]
        if d.chance(0.25):
            at = d.randint(0, len(indices))
            indices = indices[:at] + "..." + indices[at:]
            shape = shape[:at] + rest[d.randint(0, len(rest)) :] + shape[at:]
        operands.append(indices)
        shapes.append(d.seldom(shape, shape[1:], probability=0.03))
    pattern = d.choice([",", ", "]).join(operands)
    if d.chance(0.7):
        used = sorted({letter for letter in pattern if letter in letters})
        d.shuffle(used)
        output = "".join(used[: d.randint(0, len(used))]) + d.seldom("", "z", "a", probability=0.05)
        pattern += d.choice(["->", " -> "]) + d.choice(["...", ""] if "..." in pattern else [""] * 9 + ["..."]) + output
    names = "abcd"[:count]
    return Case(shapes, f'({", ".join(names)}) -> einsum "{pattern}"', lambda *values: torch.einsum(pattern, *values))


def axes(d):
    """A side of a pattern, and a shape for it."""
    names = list("bchwpqt")
    d.shuffle(names)
    dims, shape, known = [], [], {}
    for _ in range(d.randint(0, 4)):
        kind = d.random()
        if kind < 0.6 or len(names) < 3:
            dims.append(names.pop() if names else "1")
            shape.append(d.size() if dims[-1] != "1" else 1)
        elif kind < 0.7:
            dims.append(d.choice(["1", "()"]))
            shape.append(1)
        else:
            parts = [names.pop() for _ in range(d.randint(2, 3)) if names]
            sizes = {part: d.randint(1, 3) for part in parts}
            open_part = d.choice(parts)
            known |= {part: size for part, size in sizes.items() if part != open_part or d.chance(0.2)}
            size = 1
            for part in parts:
                size *= sizes[part]
            dims.append(f"({' '.join(parts)})")
            shape.append(d.seldom(size, size + 1, probability=0.05))
    if d.chance(0.25):
        at = d.randint(0, len(dims))
        dims.insert(at, "...")
        shape[at:at] = d.shape(0, 2, 3)
    return dims, shape, known


@layers(1500)
def pattern(d):
    from einops import EinopsError, rearrange, reduce

    left, shape, known = axes(d)
    words = " ".join(left).replace("(", "").replace(")", "").split()
    used = [word for word in words if word != "1"]
    reduces = d.chance(0.5)
    if reduces:
        used = used[: d.randint(0, len(used))]
    d.shuffle(used)
    right = []
    while used:
        group = [used.pop() for _ in range(min(len(used), d.choice([1, 1, 1, 2, 3])))]
        right.append(group[0] if len(group) == 1 else f"({' '.join(group)})")
        right += ["1"] if d.chance(0.1) else []
    words = right + d.seldom([], ["z"], right[:1], probability=0.05)
    text = " ".join(left) + " -> " + " ".join(words)
    known = {name: d.seldom(size, size + 1, 0, probability=0.03) for name, size in known.items()}
    if d.chance(0.03):
        known["z"] = 2
    operation = d.choice(["mean", "sum", "max", "min", "prod"])
    dtype = d.choice(["", "", "f64", "i64"])
    given = "".join(f" {name}={size}" for name, size in known.items())
    chain = f'reduce "{text}" {operation}{given}' if reduces else f'rearrange "{text}"{given}'

    def run(x):
        try:
            return reduce(x, text, operation, **known) if reduces else rearrange(x, text, **known)
        except EinopsError as error:
            raise ValueError(str(error).split("\n")[-1]) from error

    return Case([(dtype, shape)], chain, run)
