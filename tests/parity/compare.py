"""Runs the cases of a folder in PyTorch, as tests/parity/suite.rs runs them in nn-dsl, and saves the results.

Each case is a folder with `net.py`, the emitted module; `name.txt`, the name of its class; `weights.safetensors` and
`inputs.safetensors`; and `rust.py`, the Python for the Rust in it. The results are written to `theirs.safetensors`.
"""

import sys
import traceback
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

DTYPES = {"f64": torch.float64, "f32": torch.float32}


def cotangent(output):
    return torch.arange(output.numel(), dtype=torch.float64).add(1).cos().view(output.shape).to(output.dtype)


def sample(tensor):
    """All elements of a tensor, or of a large one only as many as can be compared quickly."""
    step = tensor.numel() // 65536 + 1
    return tensor.flatten()[::step] if step > 1 else tensor


def run(model, inputs, train):
    model.train(train)
    model.zero_grad()
    inputs = [tensor.clone().requires_grad_(tensor.is_floating_point()) for tensor in inputs]
    torch.manual_seed(1)
    outputs = model(*inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    sums = [(output * cotangent(output)).sum() for output in outputs if output.requires_grad]
    if sums:
        sum(sums).backward()
    results = {f"output {index}": output.detach() for index, output in enumerate(outputs)}
    gradients = [(f"input {index}", tensor) for index, tensor in enumerate(inputs)] + list(model.named_parameters())
    results |= {f"gradient of {name}": tensor.grad for name, tensor in gradients if tensor.grad is not None}
    if train:
        buffers = ((name, buffer) for name, buffer in model.state_dict().items() if name in dict(model.named_buffers()))
        results |= {f"buffer {name}": buffer for name, buffer in buffers if not name.endswith("num_batches_tracked")}
    return results


def case(folder):
    namespace = {}
    for file in (folder / "net.py", folder / "rust.py"):
        exec(compile(file.read_text(), str(file), "exec"), namespace)
    weights = load_file(folder / "weights.safetensors")
    inputs = [tensor for _, tensor in sorted(load_file(folder / "inputs.safetensors").items())]
    results = {}
    torch.manual_seed(1)
    made = namespace[(folder / "name.txt").read_text()]
    for key, tensor in made().state_dict().items():
        results[f"start {key}"] = sample(tensor).contiguous().clone()
    for name, dtype in DTYPES.items():
        model = made().to(torch.float64)
        model.load_state_dict(weights)
        model.to(dtype)
        typed = [tensor.to(dtype) if tensor.is_floating_point() else tensor for tensor in inputs]
        for mode, train in (("evaluation", False), ("training", True)):
            for key, tensor in run(model, typed, train).items():
                results[f"{name}, {mode}: {key}"] = sample(tensor).contiguous().clone()
    save_file(results, folder / "theirs.safetensors")


def contiguous(dropout):
    """Masks are drawn in the order of memory, and nn.MultiheadAttention's layout differs from that of nn-dsl's attention."""
    return lambda x, *arguments: dropout(x.contiguous(), *arguments)


torch.nn.functional.dropout = contiguous(torch.nn.functional.dropout)
torch.set_num_threads(1)
for folder in sorted(Path(sys.argv[1]).iterdir()):
    try:
        case(folder)
    except Exception:
        (folder / "error.txt").write_text(traceback.format_exc())
