"""The reference systems' networks in PyTorch, written from their descriptions: functions of a base width, 64 in full.

Each gives (G, D) as networks.Network, whose modules are numbered as in the program. z is [N,Z,1,1] for all. What have
a head of D give it third: after how many of D's modules it begins, and its own network.
"""

from torch import nn

import networks
from networks import Network
from reference_layers import BatchNorm, Dropout, SameConv, SameConvTranspose


def paper64(width, latent):
    def norm(channels):
        return BatchNorm(channels, decay=0.9, epsilon=1e-5)

    def wide(factor):
        return factor * width // 64

    g = [nn.Linear(latent, 16 * wide(1024)), nn.Unflatten(1, (wide(1024), 4, 4)), norm(wide(1024)), nn.ReLU()]
    for before, after in ((1024, 512), (512, 256), (256, 128)):
        g += [SameConvTranspose(wide(before), wide(after), 5, 2), norm(wide(after)), nn.ReLU()]
    g += [SameConvTranspose(wide(128), 3, 5, 2), nn.Tanh()]
    d = [SameConv(3, wide(64), 5, 2), nn.LeakyReLU(0.2)]
    for before, after in ((64, 128), (128, 256), (256, 512)):
        d += [SameConv(wide(before), wide(after), 5, 2), norm(wide(after)), nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Flatten(), nn.Linear(16 * wide(512), 1)])


def torch96(width, latent):
    g, channels = [], latent
    for out, kernel, stride in ((8 * width, 7, 2), (4 * width, 7, 2), (2 * width, 7, 2), (width, 5, 2), (width, 5, 1)):
        g += [nn.ConvTranspose2d(channels, out, kernel, stride, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
        channels = out
    g += [nn.ConvTranspose2d(channels, 3, 4, 1, bias=False), nn.Tanh()]
    d = [nn.Conv2d(3, width, 7, 2, 1), nn.LeakyReLU(0.2)]
    for channels in (width, 2 * width, 4 * width):
        d += [nn.Conv2d(channels, 2 * channels, 5, 2, 1), nn.BatchNorm2d(2 * channels), nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Conv2d(8 * width, 1, 4)])


def slim64(width, latent):
    def norm(channels):
        return BatchNorm(channels, decay=0.999, epsilon=1e-3, scale=False, zero_debias=True)

    g = [nn.ConvTranspose2d(latent, 16 * width, 4, 1, bias=False), norm(16 * width), nn.ReLU()]
    for before, after in ((16, 6), (6, 4), (4, 2)):  # 1024, 384, 256, 128
        g += [SameConvTranspose(before * width, after * width, 4, 2, bias=False), norm(after * width), nn.ReLU()]
    g += [SameConvTranspose(2 * width, width, 4, 2), nn.Conv2d(width, 3, 1), nn.Tanh()]
    d = [SameConv(3, width, 4, 2), nn.LeakyReLU(0.2)]
    for factor in (1, 2, 4, 8, 16):
        d += [SameConv(factor * width, 2 * factor * width, 4, 2, bias=False), norm(2 * factor * width),
              nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Conv2d(32 * width, 1, 1)])


def keras64(width, latent):
    def norm(channels):
        return BatchNorm(channels, decay=0.99, epsilon=1e-3)

    g = [nn.Linear(latent, 128 * width, bias=False), norm(128 * width), nn.LeakyReLU(0.2),
         nn.Unflatten(1, (8 * width, 4, 4))]
    for before, after in ((8 * width, 4 * width), (4 * width, 2 * width), (2 * width, width), (width, width // 2)):
        g += [SameConvTranspose(before, after, 5, 2, bias=False), norm(after), nn.LeakyReLU(0.2)]
    g += [SameConv(width // 2, 3, 5, 1), nn.Tanh()]
    d, channels = [], 3
    for out in (width, 2 * width, 4 * width, 8 * width):
        d += [SameConv(channels, out, 5, 2), nn.LeakyReLU(0.2)]
        d.append(Dropout(0.3, len(d)))
        channels = out
    return Network(g), Network(d + [nn.Flatten(), nn.Linear(128 * width, 1)])


def vanilla(width, latent):
    inner, judged = 1200 * width // 64, 240 * width // 64
    g = [nn.Linear(latent, inner), nn.ReLU(), nn.Linear(inner, inner), nn.ReLU(), nn.Linear(inner, 784), nn.Sigmoid(),
         nn.Unflatten(1, (1, 28, 28))]
    d = [nn.Flatten(), nn.Linear(784, judged), nn.ReLU(), nn.Linear(judged, judged), nn.ReLU(), nn.Linear(judged, 1)]
    return Network(g), Network(d)


def cgan28_norm(channels):
    return BatchNorm(channels, decay=0.9, epsilon=1e-3, scale=False)


def cgan28(width, latent, beside=10, planes=10):
    """G takes z and `beside` numbers, the one-hot vector, D the picture and `planes` planes."""
    g = [nn.Linear(latent + beside, 72 * width), nn.Unflatten(1, (8 * width, 3, 3)), cgan28_norm(8 * width), nn.ReLU()]
    for before, after in ((8, 4), (4, 2), (2, 1)):
        g += [SameConvTranspose(before * width, after * width, 5, 2), cgan28_norm(after * width), nn.ReLU()]
    g += [nn.ConvTranspose2d(width, 1, 5), nn.Tanh()]
    d = [SameConv(1 + planes, width, 5, 2), nn.LeakyReLU(0.2)]
    for before, after in ((1, 2), (2, 4), (4, 8)):
        d += [SameConv(before * width, after * width, 5, 2), cgan28_norm(after * width), nn.LeakyReLU(0.2)]
    return Network(g), Network(d + [nn.Flatten(), nn.Linear(32 * width, 1)])


def infogan28(width, latent):
    """A code of ten values and two numbers; Q begins before the flattening, and flattens for itself."""
    g, d = cgan28(width, latent, beside=12, planes=0)
    q = [nn.Linear(32 * width, 2 * width), cgan28_norm(2 * width), nn.LeakyReLU(0.1), nn.Linear(2 * width, 12)]
    return g, d, (len(d.main) - 2, Network(q))


def cdcgan(width, latent, classes, planes, size):
    """dcgan64's pair at any size, with `classes` numbers beside z and `planes` planes of D's input."""
    widths = [width * 2**place for place in range(size.bit_length() - 3)]
    return (networks.generator(latent + classes, widths[::-1], 3), networks.discriminator(3 + planes, widths))


def cdcgan64(width, latent):
    """Hair of three classes and eyes of two."""
    return cdcgan(width, latent, classes=5, planes=5, size=64)


def acgan16(width, latent):
    """dcgan64's pair at 16 x 16; a head tells the classes, of groups of three and two, which D is not told."""
    g, d = cdcgan(width, latent, classes=5, planes=0, size=16)
    return g, d, (len(d.main) - 1, Network([nn.Linear(16 * 2 * width, 5)]))
