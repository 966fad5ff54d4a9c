class UNetDoubleConv(nn.Module):
    def __init__(self, conv1_out, conv1_in):
        super().__init__()
        self.conv1 = nn.Conv2d(conv1_in, conv1_out, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(conv1_out)
        self.conv2 = nn.Conv2d(conv1_out, conv1_out, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(conv1_out)

    def forward(self, x):
        x = self.conv1(x)
        x = self.bn1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = self.bn2(x)
        return F.relu(x)


class UNetUp(nn.Module):
    def __init__(self, conv_transpose1_out, conv_transpose1_in):
        super().__init__()
        self.conv_transpose1 = nn.ConvTranspose2d(conv_transpose1_out, conv_transpose1_in, kernel_size=2, stride=2)
        self.double_conv1 = UNetDoubleConv(conv_transpose1_in, conv_transpose1_out)

    def forward(self, x, skip):
        x = self.conv_transpose1(x)
        x = torch.cat([x, skip], 1)
        return self.double_conv1(x)


class UNet(nn.Module):
    """UNet(image: [N, 3, H, W]) -> [N, CLASSES, H, W]"""

    def __init__(self):
        super().__init__()
        self.double_conv1 = UNetDoubleConv(64, 3)
        self.double_conv2 = UNetDoubleConv(128, 64)
        self.double_conv3 = UNetDoubleConv(256, 128)
        self.double_conv4 = UNetDoubleConv(512, 256)
        self.double_conv5 = UNetDoubleConv(1024, 512)
        self.up1 = UNetUp(1024, 512)
        self.up2 = UNetUp(512, 256)
        self.up3 = UNetUp(256, 128)
        self.up4 = UNetUp(128, 64)
        self.conv1 = nn.Conv2d(64, CLASSES as i64, kernel_size=1)

    def forward(self, image):
        e1 = self.double_conv1(image)
        x = F.max_pool2d(e1, 2)
        e2 = self.double_conv2(x)
        x = F.max_pool2d(e2, 2)
        e3 = self.double_conv3(x)
        x = F.max_pool2d(e3, 2)
        e4 = self.double_conv4(x)
        x = F.max_pool2d(e4, 2)
        x = self.double_conv5(x)
        x = self.up1(x, e4)
        x = self.up2(x, e3)
        x = self.up3(x, e2)
        x = self.up4(x, e1)
        return self.conv1(x)
