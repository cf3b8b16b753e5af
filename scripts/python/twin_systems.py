"""What the twins of twin_presets are of: every reference system beside dcgan64 as its description has it."""

from dataclasses import dataclass
from typing import Callable

import reference_networks
from twin_conditions import Conditions
from twin_formula import KEPT, KERAS, PLAIN, SLIM, TWICE


@dataclass(frozen=True)
class System:
    """One system. `networks` takes width and z's length, and gives G, D and what they have of a head."""

    networks: Callable[[int, int], tuple]
    picture: tuple  # C, H, W
    schedule: tuple = PLAIN
    rates: tuple = (2e-4, 2e-4)  # D's and G's
    targets: tuple = (1.0, 0.0, 1.0)  # D's for reals and fakes, G's
    epsilon: float = 1e-8
    tensorflow: bool = True  # which form of Adam
    conditions: Conditions = Conditions()
    kept: int = KEPT  # numbers of a tensor that are written, at most
    packed: bool = False  # see twin_packing


def small(networks, picture, schedule=PLAIN, **more):
    """A system whose file is to be small."""
    return System(networks, picture, schedule, kept=16, packed=True, **more)


DIGITS, HAIR_AND_EYES = (10,), (3, 2)

SYSTEMS = {
    "paper64": System(reference_networks.paper64, (3, 64, 64)),
    "torch96": System(reference_networks.torch96, (3, 96, 96), rates=(6e-4, 6e-4), tensorflow=False),
    "slim64": System(reference_networks.slim64, (3, 64, 64), SLIM, rates=(4e-4, 1e-4), targets=(0.875, 0.0, 1.0)),
    "keras64": System(
        reference_networks.keras64, (3, 64, 64), KERAS, targets=(0.95, 0.05, 0.95), epsilon=1e-7),
    "cgan28": System(reference_networks.cgan28, (1, 28, 28), TWICE, conditions=Conditions(DIGITS)),
    "cgan28-wrong": small(
        reference_networks.cgan28, (1, 28, 28), TWICE, conditions=Conditions(DIGITS, wrong_labels=True)),
    "cgan28-mixed": small(
        reference_networks.cgan28, (1, 28, 28), TWICE, conditions=Conditions(DIGITS, interpolation=1.0)),
    "infogan28": System(
        reference_networks.infogan28, (1, 28, 28), rates=(2e-4, 1e-3),
        conditions=Conditions(categorical=(10,), uniform=2)),
    "cdcgan64": small(
        reference_networks.cdcgan64, (3, 64, 64), tensorflow=False, conditions=Conditions(HAIR_AND_EYES)),
    "acgan16": small(
        reference_networks.acgan16, (3, 16, 16), tensorflow=False,
        conditions=Conditions(HAIR_AND_EYES, planes=False)),
    "vanilla": System(reference_networks.vanilla, (1, 28, 28)),
}
