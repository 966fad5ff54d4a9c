"""Two lines for each model: the names and shapes of its state dict, and its outputs in evaluation mode.

The parameters are drawn like those of `fill` in tests/models.rs, by the same generator.
"""

import torch
import torchvision.models as zoo

torch.set_num_threads(1)


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
# Sizes that do not divide evenly, and another number of classes.
for name in "alexnet vgg11 resnet18 squeezenet1_0 mobilenet_v2 densenet121".split():
    run(getattr(zoo, name), (2, 99, 131), 3)
run(zoo.googlenet, (2, 99, 131), 3, aux_logits=False, init_weights=False)
