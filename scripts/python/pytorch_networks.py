"""The networks of the PyTorch side of scripts/compare-pytorch, written from their descriptions in docs/presets.md.

Each function gives (G, D) at full width; SYSTEMS of pytorch_systems.py knows what they must count.
"""

from torch import nn

from networks import Network, discriminator, generator
from pytorch_layers import SameConv, SameConvTranspose, ShiftNorm


def pairs(channels):
    """Neighbours of a list, as the layers between them have them."""
    return zip(channels, channels[1:])


def dcgan64():
    return generator(100, [512, 256, 128, 64], 3), discriminator(3, [64, 128, 256, 512])


def slim64():
    def norm(channels):
        return ShiftNorm(channels, eps=1e-3, momentum=0.001)

    g = [nn.ConvTranspose2d(64, 1024, 4, bias=False), norm(1024), nn.ReLU()]
    for before, after in pairs([1024, 384, 256, 128]):
        g += [SameConvTranspose(before, after, 4, 2, bias=False), norm(after), nn.ReLU()]
    g += [SameConvTranspose(128, 64, 4, 2), nn.Conv2d(64, 3, 1), nn.Tanh()]
    d = [SameConv(3, 64, 4, 2), nn.LeakyReLU(0.2)]
    for before, after in pairs([64, 128, 256, 512, 1024, 2048]):
        d += [SameConv(before, after, 4, 2, bias=False), norm(after), nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Conv2d(2048, 1, 1)])


def paper64():
    g = [nn.Linear(100, 16384), nn.Unflatten(1, (1024, 4, 4)), nn.BatchNorm2d(1024), nn.ReLU()]
    for before, after in pairs([1024, 512, 256, 128]):
        g += [SameConvTranspose(before, after, 5, 2), nn.BatchNorm2d(after), nn.ReLU()]
    g += [SameConvTranspose(128, 3, 5, 2), nn.Tanh()]
    d = [SameConv(3, 64, 5, 2), nn.LeakyReLU(0.2)]
    for before, after in pairs([64, 128, 256, 512]):
        d += [SameConv(before, after, 5, 2), nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Flatten(), nn.Linear(8192, 1)])


def torch96():
    g, before = [], 256
    for after, kernel, stride in ((512, 7, 2), (256, 7, 2), (128, 7, 2), (64, 5, 2), (64, 5, 1)):
        g += [nn.ConvTranspose2d(before, after, kernel, stride, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        before = after
    g += [nn.ConvTranspose2d(64, 3, 4, bias=False), nn.Tanh()]
    d = [nn.Conv2d(3, 64, 7, 2, 1), nn.LeakyReLU(0.2)]
    for before, after in pairs([64, 128, 256, 512]):
        d += [nn.Conv2d(before, after, 5, 2, 1), nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Conv2d(512, 1, 4)])


def keras64():
    options = {"eps": 1e-3, "momentum": 0.01}
    g = [nn.Linear(128, 8192, bias=False), nn.BatchNorm1d(8192, **options), nn.LeakyReLU(0.2),
         nn.Unflatten(1, (512, 4, 4))]
    for before, after in pairs([512, 256, 128, 64, 32]):
        g += [SameConvTranspose(before, after, 5, 2, bias=False), nn.BatchNorm2d(after, **options), nn.LeakyReLU(0.2)]
    g += [SameConv(32, 3, 5), nn.Tanh()]
    d = []
    for before, after in pairs([3, 64, 128, 256, 512]):
        d += [SameConv(before, after, 5, 2), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
    return Network(g), Network(d + [nn.Flatten(), nn.Linear(8192, 1)])


def cgan28():
    """z and label in, 110 numbers, and pictures with 10 label planes into D."""
    def norm(channels):
        return ShiftNorm(channels, eps=1e-3, momentum=0.1)

    g = [nn.Linear(110, 4608), nn.Unflatten(1, (512, 3, 3)), norm(512), nn.ReLU()]
    for before, after in pairs([512, 256, 128, 64]):
        g += [SameConvTranspose(before, after, 5, 2), norm(after), nn.ReLU()]
    g += [nn.ConvTranspose2d(64, 1, 5), nn.Tanh()]
    d = [SameConv(11, 64, 5, 2), nn.LeakyReLU(0.2)]
    for before, after in pairs([64, 128, 256, 512]):
        d += [SameConv(before, after, 5, 2), norm(after), nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Flatten(), nn.Linear(2048, 1)])
