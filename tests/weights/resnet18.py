"""Loads our file strictly into torchvision's model, and saves its outputs."""

import sys

import safetensors.torch
import torch
import torchvision

model = torchvision.models.resnet18(num_classes=7)
model.load_state_dict(safetensors.torch.load_file(sys.argv[1]), strict=True)
with torch.no_grad():
    logits = model.eval()(safetensors.torch.load_file(sys.argv[2])["image"])
safetensors.torch.save_file({"logits": logits}, sys.argv[3])
