class ResNet18Basic(nn.Module):
    def __init__(self, conv1_out):
        super().__init__()
        self.conv1 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(conv1_out)
        self.conv2 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(conv1_out)

    def forward(self, x):
        x2 = self.conv1(x)
        x2 = self.bn1(x2)
        x2 = F.relu(x2)
        x2 = self.conv2(x2)
        x2 = self.bn2(x2)
        x = x + x2
        return F.relu(x)


class ResNet18Downsample(nn.ModuleDict):
    def __init__(self, stage0_out, stage0_in):
        super().__init__()
        self["0"] = nn.Conv2d(stage0_in, stage0_out, kernel_size=1, stride=2, bias=False)
        self["1"] = nn.BatchNorm2d(stage0_out)

    def forward(self, x):
        x = self["0"](x)
        return self["1"](x)


class ResNet18Basic2(nn.Module):
    def __init__(self, conv1_out, conv1_in):
        super().__init__()
        self.conv1 = nn.Conv2d(conv1_in, conv1_out, kernel_size=3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(conv1_out)
        self.conv2 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(conv1_out)
        self.downsample = ResNet18Downsample(conv1_out, conv1_in)

    def forward(self, x):
        x2 = self.conv1(x)
        x2 = self.bn1(x2)
        x2 = F.relu(x2)
        x2 = self.conv2(x2)
        x2 = self.bn2(x2)
        x = self.downsample(x)
        x = x + x2
        return F.relu(x)


class ResNet18Layer2(nn.ModuleDict):
    def __init__(self):
        super().__init__()
        self["0"] = ResNet18Basic2(128, 64)
        self["1"] = ResNet18Basic(128)

    def forward(self, x):
        x = self["0"](x)
        return self["1"](x)


class ResNet18Layer3(nn.ModuleDict):
    def __init__(self):
        super().__init__()
        self["0"] = ResNet18Basic2(256, 128)
        self["1"] = ResNet18Basic(256)

    def forward(self, x):
        x = self["0"](x)
        return self["1"](x)


class ResNet18Layer4(nn.ModuleDict):
    def __init__(self):
        super().__init__()
        self["0"] = ResNet18Basic2(512, 256)
        self["1"] = ResNet18Basic(512)

    def forward(self, x):
        x = self["0"](x)
        return self["1"](x)


class ResNet18(nn.Module):
    """ResNet with 18 layers (He et al., [2015](https://arxiv.org/abs/1512.03385)): torchvision's `resnet18`.

    ResNet18(image: [N, 3, H, W]) -> [N, CLASSES]
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = nn.ModuleList(ResNet18Basic(64) for _ in range(2))
        self.layer2 = ResNet18Layer2()
        self.layer3 = ResNet18Layer3()
        self.layer4 = ResNet18Layer4()
        self.fc = nn.Linear(512, CLASSES as i64)

    def forward(self, image):
        x = self.conv1(image)
        x = self.bn1(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 3, stride=2, padding=1)
        for stage in self.layer1:
            x = stage(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.layer4(x)
        x = F.adaptive_avg_pool2d(x, 1)
        x = torch.flatten(x, 1)
        return self.fc(x)
