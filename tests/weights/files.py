"""Writes a state dict in every format to the given folder, and files that must be refused."""

import collections
import json
import os
import sys

import numpy
import safetensors.torch
import torch
from torch import nn

folder = sys.argv[1]
os.chdir(folder)
torch.manual_seed(5)

base = torch.randn(6, 8)
tensors = collections.OrderedDict(
    {
        "dense": torch.randn(3, 4),
        "transposed": base.t(),
        "rows": base[2:4],
        "columns": base[:, 3:5],
        "expanded": torch.randn(1, 5).expand(4, 5),
        "scalar": torch.tensor(1.5),
        "empty": torch.zeros(0, 3),
        "half": torch.randn(5).half(),
        "bfloat16": torch.randn(5).bfloat16(),
        "double": torch.randn(5).double(),
        "long": torch.arange(5),
        "int": torch.arange(5, dtype=torch.int32),
        "short": torch.arange(5, dtype=torch.int16),
        "char": torch.arange(5, dtype=torch.int8),
        "byte": torch.arange(5, dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "parameter": nn.Parameter(torch.randn(2, 2)),
    }
)
whole = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
safetensors.torch.save_file(whole, "expected.safetensors")

torch.save(tensors, "new.pt")
torch.save(tensors, "protocol4.pt", pickle_protocol=4)
torch.save(tensors, "legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"float8": torch.randn(4).to(torch.float8_e4m3fn), "uint16": torch.arange(3).to(torch.uint16)}, "rare.pt")

optimizer = torch.optim.Adam([nn.Parameter(torch.zeros(2))])
optimizer.param_groups[0]["params"][0].grad = torch.ones(2)
optimizer.step()
checkpoint = {"epoch": 3, "loss": 0.5, "state_dict": tensors, "optimizer": optimizer.state_dict(), "note": None}
torch.save(checkpoint, "checkpoint.pt")

arrays = {name: tensor.numpy() for name, tensor in whole.items() if name != "bfloat16"}
numpy.savez("plain.npz", **arrays)
numpy.savez_compressed("compressed.npz", **arrays)
numpy.savez("fortran.npz", matrix=numpy.asfortranarray(arrays["dense"]), large=numpy.zeros(2, dtype=">f4"))
numpy.savez("fortran_only.npz", dense=numpy.asfortranarray(arrays["dense"]))
numpy.savez_compressed("zeros.npz", zeros=numpy.zeros((4096, 4096), dtype=numpy.float32))

names = sorted(whole)
index = {"metadata": {"total_size": 0}, "weight_map": {}}
for number, part in enumerate((names[:9], names[9:]), 1):
    file = f"model-0000{number}-of-00002.safetensors"
    safetensors.torch.save_file({name: whole[name] for name in part}, file)
    index["weight_map"].update({name: file for name in part})
with open("model.safetensors.index.json", "w") as file:
    json.dump(index, file, indent=2)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))

    def forward(self, x):
        return self.layers(x)


small = Small().eval()
torch.jit.trace(small, torch.zeros(1, 2)).save("script.pt")
safetensors.torch.save_file(small.state_dict(), "script.safetensors")
torch.save(small, "module.pt")


class Evil:
    def __reduce__(self):
        return os.system, (f"touch {folder}/executed",)


torch.save({"weight": Evil()}, "evil.pt")
torch.save({"weight": Evil()}, "evil_legacy.pt", _use_new_zipfile_serialization=False)
