"""What the PyTorch side of scripts/compare-pytorch trains: a preset is a line of SYSTEMS."""

from dataclasses import dataclass
from typing import Callable, Optional

from torch import nn

import pytorch_networks as networks


@dataclass(frozen=True)
class Update:
    """One optimizer step of one network, "D" or "G"."""

    network: str
    reals: bool = False  # D: on the batch of real pictures
    # "new": of a z drawn for this update; "again": the pictures of the update before; "remade": of the same z as that
    # one's, by G as it is now.
    fakes: Optional[str] = None


@dataclass(frozen=True)
class System:
    """A pair of networks and what one training step does with them."""

    networks: Callable[[], tuple]  # makes (G, D)
    parameters: tuple  # trained ones of G and D, to the digit
    latent: tuple  # shape of one z, without a label
    picture: tuple  # C, H, W of the pictures
    classes: int = 0  # labels, one-hot beside z and as constant planes beside D's picture
    uniform: bool = False  # z from U[-1, 1) in place of N(0, 1)
    schedule: tuple = (Update("D", reals=True, fakes="new"), Update("G", fakes="again"))
    targets: tuple = (1.0, 0.0, 1.0)  # of D's reals and fakes, and of G
    learning_rates: tuple = (2e-4, 2e-4)  # of G and D
    betas: tuple = (0.5, 0.999)
    epsilon: float = 1e-8

    def built(self):
        """(G, D). Raises AssertionError where they are not the networks of the system."""
        pair = in_place(*self.networks())
        counts = tuple(sum(parameter.numel() for parameter in module.parameters()) for module in pair)
        assert counts == self.parameters, f"G and D have {counts} parameters and should have {self.parameters}"
        return pair


def in_place(*modules):
    """The same networks with activations that overwrite their inputs, as the tutorial writes them."""
    for module in modules:
        for part in module.modules():
            if isinstance(part, (nn.ReLU, nn.LeakyReLU)):
                part.inplace = True
    return modules


NEW_FAKES, REALS = Update("D", fakes="new"), Update("D", reals=True)

SYSTEMS = {
    "dcgan64": System(
        networks.dcgan64, parameters=(3_576_704, 2_765_568), latent=(100, 1, 1), picture=(3, 64, 64)),
    "slim64": System(
        networks.slim64, parameters=(9_570_307, 44_704_705), latent=(64, 1, 1), picture=(3, 64, 64), uniform=True,
        schedule=(Update("D", reals=True, fakes="new"), *[Update("G", fakes="new")] * 3),
        targets=(0.875, 0.0, 1.0), learning_rates=(1e-4, 4e-4)),
    "paper64": System(
        networks.paper64, parameters=(18_872_323, 4_316_545), latent=(100,), picture=(3, 64, 64), uniform=True),
    "torch96": System(
        networks.torch96, parameters=(14_763_008, 4_321_153), latent=(256, 1, 1), picture=(3, 96, 96),
        learning_rates=(6e-4, 6e-4)),
    "keras64": System(
        networks.keras64, parameters=(5_420_323, 4_314_753), latent=(128,), picture=(3, 64, 64),
        schedule=(NEW_FAKES, REALS, NEW_FAKES, REALS, Update("G", fakes="new")),
        targets=(0.95, 0.05, 0.95), epsilon=1e-7),
    "cgan28": System(
        networks.cgan28, parameters=(4_815_297, 4_322_305), latent=(100,), picture=(1, 28, 28), classes=10,
        uniform=True,
        schedule=(Update("D", reals=True, fakes="new"), Update("G", fakes="again"), Update("G", fakes="remade"))),
}
