"""What the PyTorch side of scripts/compare-pytorch trains: a preset is a line of SYSTEMS."""

from dataclasses import dataclass
from typing import Callable, Optional

from torch import nn

from networks import discriminator, generator


@dataclass(frozen=True)
class Update:
    """One optimizer step of one network, "D" or "G"."""

    network: str
    reals: bool = False  # D: on the batch of real pictures
    fakes: Optional[str] = None  # "new": made for this update; "again": those of the update before


@dataclass(frozen=True)
class System:
    """A pair of networks and what one training step does with them."""

    networks: Callable[[], tuple]  # makes (G, D)
    latent: tuple  # shape of one z
    picture: tuple  # C, H, W of what D sees
    schedule: tuple = (Update("D", reals=True, fakes="new"), Update("G", fakes="again"))
    learning_rate: float = 2e-4
    betas: tuple = (0.5, 0.999)


def in_place(*modules):
    """The same networks with activations that overwrite their inputs, as the tutorial writes them."""
    for module in modules:
        for part in module.modules():
            if isinstance(part, (nn.ReLU, nn.LeakyReLU)):
                part.inplace = True
    return modules


SYSTEMS = {
    "dcgan64": System(
        lambda: in_place(generator(100, [512, 256, 128, 64], 3), discriminator(3, [64, 128, 256, 512])),
        latent=(100, 1, 1), picture=(3, 64, 64)),
}
