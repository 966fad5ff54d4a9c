"""Prints a line for each case, with tabs between its parts: the function that drew it, the input shapes, the chain, the number
of outputs, and the expected result."""

import sys

import torch

import axes, units, values, windows  # noqa: E401, F401
from draw import FAMILIES, STRICTER, Draw, shown

torch.set_num_threads(1)
seed = sys.argv[1]
for count, family in FAMILIES:
    draw = Draw(f"{seed} {family.__name__}")
    for _ in range(count):
        case = family(draw)
        verdict, what = case.verdict()
        assert verdict != "stricter" or what in STRICTER, what
        inputs = "; ".join(shown(dtype, shape) for dtype, shape in case.inputs)
        print(family.__name__, inputs, case.chain, case.values, verdict, what, sep="\t")
