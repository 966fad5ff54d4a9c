"""For each model two lines: its state dict's names and shapes, and what it gives in evaluation mode.

The numbers are drawn as `fill` in tests/models.rs draws them, from the same generator.
"""

import torch
import torchvision.models as zoo
from torch import nn

torch.set_num_threads(1)


class DoubleConv(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        layers = []
        for channels in (inputs, outputs):
            layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
        self.double_conv = nn.Sequential(*layers)

    def forward(self, x):
        return self.double_conv(x)


class Down(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(inputs, outputs))

    def forward(self, x):
        return self.maxpool_conv(x)


class Up(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.conv = DoubleConv(2 * outputs, outputs)

    def forward(self, x, skip):
        return self.conv(torch.cat([skip, self.up(x)], dim=1))


class OutConv(nn.Module):
    def __init__(self, inputs, classes):
        super().__init__()
        self.conv = nn.Conv2d(inputs, classes, 1)

    def forward(self, x):
        return self.conv(x)


class UNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        widths = [64, 128, 256, 512, 1024]
        self.inc = DoubleConv(3, 64)
        for i in range(4):
            setattr(self, f"down{i + 1}", Down(widths[i], widths[i + 1]))
        for i in range(4):
            setattr(self, f"up{i + 1}", Up(widths[4 - i], widths[3 - i]))
        self.outc = OutConv(64, num_classes)

    def forward(self, x):
        skips = [self.inc(x)]
        for down in (self.down1, self.down2, self.down3, self.down4):
            skips.append(down(skips[-1]))
        x = skips.pop()
        for up in (self.up1, self.up2, self.up3, self.up4):
            x = up(x, skips.pop())
        return self.outc(x)


def fill(name, tensor):
    if name.endswith("running_var") or (name.endswith("weight") and tensor.dim() == 1):
        tensor.uniform_(0.5, 1.5)
    elif tensor.dim() > 1:
        bound = (6 / (tensor.numel() / tensor.size(0))) ** 0.5
        tensor.uniform_(-bound, bound)
    else:
        tensor.uniform_(-0.1, 0.1)


@torch.no_grad()
def run(make, size, classes, **options):
    with torch.device("meta"):
        model = make(num_classes=classes, **options)
    model = model.to_empty(device="cpu").eval()
    state = {name: tensor for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    torch.manual_seed(7)
    for name, tensor in state.items():
        fill(name, tensor)
    batch, height, width = size
    image = torch.randn(batch, 3, height, width)
    print("; ".join(f"{name} {list(tensor.shape)}" for name, tensor in state.items()))
    print(*model(image).flatten().tolist(), flush=True)


vgg = "vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn"
resnet = "resnet18 resnet34 resnet50 resnet101 resnet152"
for name in f"alexnet {vgg} {resnet} squeezenet1_0 squeezenet1_1 mobilenet_v2 densenet121".split():
    run(getattr(zoo, name), (1, 224, 224), 1000)
run(zoo.vit_b_16, (2, 224, 224), 1000)
run(zoo.googlenet, (1, 224, 224), 1000, aux_logits=False, init_weights=False)
run(UNet, (2, 64, 96), 5)
# Sizes that do not divide, and another width of the head.
for name in "alexnet vgg11 resnet18 squeezenet1_0 mobilenet_v2 densenet121".split():
    run(getattr(zoo, name), (2, 99, 131), 3)
run(zoo.googlenet, (2, 99, 131), 3, aux_logits=False, init_weights=False)
