"""PyTorch as a contender of `cargo bench --bench tables`; what it is asked for, benches/tables/serve.rs says.

    contender.py WAY                    answers on its standard output what it is asked on its input
    contender.py WAY once NETWORK BATCH infers some times, says so after the first, and how many kilobytes the
                                        others used at most
    contender.py WAY sample NETWORK RATE FOLDER
                                        writes weights, and what the network computes with them, for others to compare with

WAY is eager; compile: torch.compile; frozen: torch.compile with frozen weights; torchscript: optimised TorchScript; or
fused: eager with a fused optimizer.
"""

import os
import sys
import time
import warnings

import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")

# The time in seconds. With one thread it is the CPU time of this process, which other processes do not lengthen.
seconds = time.process_time if os.environ["OMP_NUM_THREADS"] == "1" else time.perf_counter


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.linear1 = nn.Linear(400, 120)
        self.linear2 = nn.Linear(120, 84)
        self.linear3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.linear1(x.flatten(1)))
        return self.linear3(F.relu(self.linear2(x)))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(128, 256, num_layers=2, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0]


class EncoderLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def attend(self, x):
        batch, steps, width = x.shape
        heads = self.project(x).view(batch, steps, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        x = F.scaled_dot_product_attention(heads[0], heads[1], heads[2])
        return self.out(x.transpose(1, 2).reshape(batch, steps, width))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.narrow(F.gelu(self.widen(self.norm2(x))))


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def encoder():
    return nn.Sequential(*[EncoderLayer(256, 8) for _ in range(6)], nn.LayerNorm(256))


def resnet(name):
    # Imported only here, because it takes a second, and LeNet's start is measured.
    import torchvision

    return getattr(torchvision.models, name)()


# How a network is made, the shape of its input without the batch, and its number of classes.
NETWORKS = {
    "mlp": (mlp, [784], 10),
    "lenet": (LeNet, [1, 28, 28], 10),
    "resnet18": (lambda: resnet("resnet18"), [3, 224, 224], 1000),
    "resnet34": (lambda: resnet("resnet34"), [3, 224, 224], 1000),
    "lstm": (Lstm, [64, 128], None),
    "encoder": (encoder, [128, 256], None),
}


def inference(way, net, x):
    net.eval()
    if way == "torchscript":
        with torch.no_grad():
            net = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
    elif way in ("compile", "frozen"):
        net = torch.compile(net, dynamic=False)
    # Freezing does not work in inference mode.
    mode = torch.no_grad if way == "frozen" else torch.inference_mode

    def call():
        with mode():
            net(x)

    return call


def training(way, name, net, x, classes, rate=1e-6):
    net.train()
    fused = {"fused": True} if way == "fused" else {}
    if name == "mlp":
        optimizer = torch.optim.AdamW(net.parameters(), lr=rate, **fused)
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9, **fused)
    if way == "compile":
        net = torch.compile(net, dynamic=False)
    labels = torch.zeros(len(x), dtype=torch.int64)

    def call():
        optimizer.zero_grad()
        y = net(x)
        loss = F.cross_entropy(y, labels) if classes else y.square().mean()
        loss.backward()
        optimizer.step()
        return loss

    return call


def adamw(way, net):
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    fused = {"fused": True} if way == "fused" else {}
    return torch.optim.AdamW(net.parameters(), lr=1e-6, **fused).step


def load(way, task, name, batch):
    make, shape, classes = NETWORKS[name]
    net, x = make(), torch.randn(int(batch), *shape)
    count = sum(parameter.numel() for parameter in net.parameters())
    if task == "inference":
        call = inference(way, net, x)
    elif task == "training":
        call = training(way, name, net, x, classes)
    else:
        call = adamw(way, net)
    for _ in range(3):
        call()
    return call, count


def serve(way):
    call = None
    for line in sys.stdin:
        command, *words = line.split()
        if command == "load":
            call = None
            torch._dynamo.reset()
            call, count = load(way, *words)
            print(count, flush=True)
        else:
            start = seconds()
            for _ in range(int(words[0])):
                call()
            print(seconds() - start, flush=True)


def once(name, batch):
    make, shape, _ = NETWORKS[name]
    net, x = make().eval(), torch.randn(int(batch), *shape)
    with torch.inference_mode():
        net(x)
        print("first", flush=True)
        with open("/proc/self/clear_refs", "w") as peak:
            peak.write("5")
        for _ in range(4):
            net(x)
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), flush=True)


def sample(name, rate, folder):
    from safetensors.torch import save_file

    make, shape, classes = NETWORKS[name]
    torch.manual_seed(0)
    net, x = make(), torch.randn(2, *shape)
    # So that batch norms have running statistics.
    net(x)
    save_file(net.state_dict(), f"{folder}/weights.safetensors")
    output = net.eval()(x).detach()
    step = training("eager", name, net, x, classes, float(rate))
    losses = torch.stack([step().detach() for _ in range(4)])
    save_file({"input": x, "output": output, "losses": losses}, f"{folder}/values.safetensors")


way, *rest = sys.argv[1:]
if way == "frozen":
    import torch._inductor.config

    torch._inductor.config.freezing = True
if rest:
    {"once": once, "sample": sample}[rest[0]](*rest[1:])
else:
    serve(way)
