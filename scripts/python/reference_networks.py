"""The reference systems' networks in PyTorch, written from their descriptions: functions of a base width, 64 in full.

Each gives (G, D) as networks.Network, whose modules are numbered as in the program. z is [N,Z,1,1] for all.
"""

from torch import nn

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
