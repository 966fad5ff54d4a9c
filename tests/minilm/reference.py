"""MiniLM made of PyTorch's own encoder layers. It runs on one sentence at a time, so that nothing is padded."""

import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
weights, given, result = sys.argv[1:]
state = load_file(weights)


def part(prefix):
    return {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}


def encoder_layer(index):
    of = part(f"encoder.layer.{index}.")
    layer = nn.TransformerEncoderLayer(384, 12, 1536, activation="gelu", layer_norm_eps=1e-12, batch_first=True)
    names = {
        "self_attn.out_proj": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "linear1": "intermediate.dense",
        "linear2": "output.dense",
        "norm2": "output.LayerNorm",
    }
    parameters = {f"{ours}.{kind}": of[f"{theirs}.{kind}"] for ours, theirs in names.items() for kind in ("weight", "bias")}
    for kind in ("weight", "bias"):
        projections = [of[f"attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
        parameters[f"self_attn.in_proj_{kind}"] = torch.cat(projections)
    layer.load_state_dict(parameters, strict=True)
    return layer.eval()


embeddings = part("embeddings.")
layers = [encoder_layer(index) for index in range(6)]


@torch.no_grad()
def embed(tokens):
    x = embeddings["word_embeddings.weight"][tokens] + embeddings["position_embeddings.weight"][: len(tokens)]
    x = x + embeddings["token_type_embeddings.weight"][0]
    x = F.layer_norm(x, (384,), embeddings["LayerNorm.weight"], embeddings["LayerNorm.bias"], eps=1e-12).unsqueeze(0)
    for layer in layers:
        x = layer(x)
    return F.normalize(x[0].mean(dim=0), dim=0)


batch = load_file(given)
rows = [embed(tokens[mask.bool()]) for tokens, mask in zip(batch["tokens"], batch["mask"])]
save_file({"embeddings": torch.stack(rows)}, result)
