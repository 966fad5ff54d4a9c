"""The counts of each model of the zoo, as a line of JSON each."""

import json
import logging
import warnings

import torchinfo
import torchvision.models as zoo
from fvcore.nn import FlopCountAnalysis, parameter_count
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
torch.set_num_threads(1)


class BertLayer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.dense, self.norm1 = nn.Linear(width, width), nn.LayerNorm(width)
        self.intermediate, self.output, self.norm2 = nn.Linear(width, inner), nn.Linear(inner, width), nn.LayerNorm(width)

    def forward(self, x):
        q, k, v = (of(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for of in (self.query, self.key, self.value))
        x = self.norm1(x + self.dense(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)))
        return self.norm2(x + self.output(F.gelu(self.intermediate(x))))


class MiniLm(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions, self.types = (nn.Embedding(rows, 384) for rows in (30522, 512, 2))
        self.norm, self.layers = nn.LayerNorm(384), nn.Sequential(*(BertLayer(384, 12, 1536) for _ in range(6)))

    def forward(self, tokens):
        positions = torch.arange(tokens.shape[1]).unsqueeze(0)
        x = self.words(tokens) + self.positions(positions) + self.types(torch.zeros_like(tokens))
        return F.normalize(self.layers(self.norm(x)).mean(dim=1))


def count(make, x):
    # On the meta device no weights are drawn.
    with torch.device("meta"):
        model = make()
    model.to_empty(device="cpu").eval()
    # Without gradients, or with fused attention, PyTorch uses kernels that its own counter does not know.
    counter = FlopCounterMode(display=False)
    with counter, sdpa_kernel(SDPBackend.MATH):
        model(x)
    info = torchinfo.summary(model, input_data=x, verbose=0, device="cpu")
    fvcore = FlopCountAnalysis(model, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    counts = {
        "torchinfo": {"parameters": info.total_params, "multiply_adds": info.total_mult_adds},
        "fvcore": {"parameters": parameter_count(model)[""], "multiply_adds": fvcore.by_operator()},
        "flop_counter": counter.get_total_flops(),
    }
    print(json.dumps(counts), flush=True)


def googlenet():
    return zoo.googlenet(aux_logits=False, init_weights=False)


def unet():
    return UNet(2)


# In the order of `nn_dsl::models::ALL`.
resnets = zoo.resnet18, zoo.resnet34, zoo.resnet50, zoo.resnet101, zoo.resnet152
squeezenets = zoo.squeezenet1_0, zoo.squeezenet1_1
vggs = zoo.vgg11, zoo.vgg11_bn, zoo.vgg13, zoo.vgg13_bn, zoo.vgg16, zoo.vgg16_bn, zoo.vgg19, zoo.vgg19_bn
inputs = {MiniLm: torch.zeros(1, 50, dtype=torch.int64), zoo.vit_b_16: torch.zeros(1, 3, 224, 224)}
first = zoo.alexnet, zoo.densenet121, googlenet, MiniLm, zoo.mobilenet_v2
for make in (*first, *resnets, *squeezenets, unet, *vggs, zoo.vit_b_16):
    count(make, inputs.get(make, torch.zeros(1, 3, 96, 96)))
