"""Draws random calls of layers, and runs each in PyTorch."""

import random
import warnings

import torch

warnings.simplefilter("ignore")

DTYPES = {
    "": torch.float32,
    "f64": torch.float64,
    "i64": torch.int64,
    "i32": torch.int32,
    "u8": torch.uint8,
    "bool": torch.bool,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()} | {
    torch.float16: "f16",
    torch.bfloat16: "bf16",
    torch.int16: "i16",
    torch.int8: "i8",
}

# Calls that PyTorch accepts and the language refuses on purpose, with the reasons. They must be refused.
STRICTER = {
    "unbatched": "every layer over images and sequences has a batch, so that a rank means one thing",
    "floats": "what computes in floats takes floats: PyTorch rounds some integers, refuses others, by layer",
    "numbers": "PyTorch adds up, compares or pads booleans in some functions and not in others",
    "nothing": "a layer that makes nothing, or looks at nothing, is a mistake",
    "squeeze": "what is squeezed has a size of 1; PyTorch silently keeps what has not",
    "chunk": "as many values as were asked for come out, or none",
    "mask of keys": "a mask `[N, S]` would be read as `[T, S]`, which is the commonest mistake with masks",
    "scalars": "an operation along a dimension needs a dimension",
    "whole": "a whole number next to integers keeps them integers, and another makes them floats",
    "clamped": "bounds that leave nothing between them are a mistake",
    "signs": "what is padded, and by how much, is not negative; PyTorch takes it in some modes",
}


# The errors that PyTorch raises for a wrong call. `NotImplementedError` is a `RuntimeError`.
REFUSALS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, ZeroDivisionError, OverflowError)


class Case:
    """A chain, the shapes of its inputs, and the same in PyTorch, according to its documentation.

    `stricter` is why the language refuses what PyTorch accepts: a key of `STRICTER`, or a function that returns one for the
    outputs.
    """

    def __init__(self, inputs, chain, run, values=1, stricter=None):
        self.inputs = [shape if isinstance(shape, tuple) else ("", shape) for shape in inputs]
        self.chain, self.run, self.values, self.stricter = chain, run, values, stricter

    def verdict(self):
        """The expected result: `yes` and shapes, `no` or `stricter` and a reason, or `either` and the shapes if accepted."""
        try:
            outputs = self.outputs(self.inputs)
        except REFUSALS as error:
            return "no", str(error).split("\n")[0].replace("\t", " ")
        stricter = self.stricter(*outputs) if callable(self.stricter) else self.stricter
        if stricter:
            return "stricter", stricter
        verdict = "yes" if self.is_right_of_something() else "either"
        return verdict, "; ".join(shown(NAMES[output.dtype], output.shape) for output in outputs)

    def outputs(self, inputs):
        with torch.no_grad():
            outputs = self.run(*(torch.zeros(shape, dtype=DTYPES[dtype]) for dtype, shape in inputs))
        return [outputs] if isinstance(outputs, torch.Tensor) else list(outputs)

    def is_right_of_something(self):
        """Whether it is also right without empty tensors, for which libtorch leaves out checks that the language makes."""
        filled = [(dtype, [size or 1 for size in shape]) for dtype, shape in self.inputs]
        try:
            return filled == self.inputs or bool(self.outputs(filled))
        except REFUSALS:
            return False


def shown(dtype, shape):
    return f"{dtype}[{', '.join(str(size) for size in shape)}]"


class Draw(random.Random):
    """Draws small sizes, rarely 0."""

    def size(self, most=7):
        return 0 if self.random() < 0.03 else self.randint(1, most)

    def sizes(self, count, most=7):
        return [self.size(most) for _ in range(count)]

    def shape(self, least=0, most=5, largest=5):
        return self.sizes(self.randint(least, most), largest)

    def chance(self, probability):
        return self.random() < probability

    def seldom(self, usual, *others, probability=0.08):
        """The usual value, or rarely one of the others."""
        return self.choice(others) if self.chance(probability) else usual

    def each(self, rank, one):
        """One number for all dimensions, or a tuple with one for each."""
        if rank == 1 or self.chance(0.5):
            return one()
        numbers = tuple(one() for _ in range(self.seldom(rank, rank - 1, rank + 1, probability=0.03)))
        return numbers if len(numbers) > 1 else one()

    def dim(self, rank):
        """A dimension of a tensor of this rank, or rarely one that does not exist."""
        return self.seldom(self.randint(-rank, rank - 1) if rank else 0, rank, -rank - 1, rank + 1)

    def dims(self, rank):
        """One or several dimensions."""
        if self.chance(0.4):
            return self.dim(rank)
        dims = tuple(self.dim(rank) for _ in range(self.randint(1, max(rank, 1))))
        return dims if len(dims) > 1 else dims[0]

    def boolean(self):
        return self.chance(0.5)


def text(value):
    """A value as it is written in a listing."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"({', '.join(text(item) for item in value)})"
    if isinstance(value, list):
        return f"[{', '.join(text(item) for item in value)}]"
    return "_" if value is None else str(value)


def call(keyword, **arguments):
    """A call such as `conv out=6 kernel=5`. Arguments that are None are left out."""
    written = [f"{key}={text(value)}" for key, value in arguments.items() if value is not None]
    return " ".join([keyword, *written])


def of_rank(name, rank):
    """The class of this rank, such as `torch.nn.Conv2d`."""
    if not 1 <= rank <= 3:
        raise ValueError(f"PyTorch has no {name} in {rank} dimensions")
    return getattr(torch.nn, f"{name}{rank}d")


FAMILIES = []


def layers(count):
    """Registers a function that draws a case, and how many are drawn."""

    def register(function):
        FAMILIES.append((count, function))
        return function

    return register
