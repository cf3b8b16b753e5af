"""The PyTorch tutorial's pair of networks at any size, as its users know them: `main` is one nn.Sequential."""

from torch import nn


class Network(nn.Module):
    """Modules in a row under the name `main`, so that parameters are called `main.N.weight`."""

    def __init__(self, modules):
        super().__init__()
        self.main = nn.Sequential(*modules)

    def forward(self, inputs):
        return self.main(inputs)


def generator(latent, widths, channels):
    """z [N,latent,1,1] to pictures: `widths` are the channels at 4x4, 8x8, and so on; the last stage doubles once more."""
    modules = [nn.ConvTranspose2d(latent, widths[0], 4, 1, 0, bias=False)]
    for width, following in zip(widths, widths[1:] + [channels]):
        modules += [nn.BatchNorm2d(width), nn.ReLU(), nn.ConvTranspose2d(width, following, 4, 2, 1, bias=False)]
    return Network(modules + [nn.Tanh()])


def discriminator(channels, widths):
    """Pictures to one logit each, [N,1,1,1]: `widths` are the channels after each halving, down to 4x4."""
    modules = [nn.Conv2d(channels, widths[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for width, following in zip(widths, widths[1:]):
        modules += [nn.Conv2d(width, following, 4, 2, 1, bias=False), nn.BatchNorm2d(following), nn.LeakyReLU(0.2)]
    return Network(modules + [nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False)])
