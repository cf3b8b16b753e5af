"""One step from a saved state, computed in two ways: how far losses and gradients are apart.

A run does not save gradients. They come out of Adam's first moment, m' = beta1 m + (1 - beta1) g, of which both ways
start with the same m. G's update sees D as D's update in the same step has left it, so what the ways make different in
D's new weights is part of the difference in G's gradients.
"""

import math

import numpy

import safetensors_file
from plan_runs import LOSSES

NETWORKS = ("discriminator", "generator")


def gradients(run, step, before):
    """Name to gradient, in float64, of the run's step `step`; `before` is the checkpoint it began with, or None for a
    run's start, where every moment is zero."""
    after = safetensors_file.read(run.checkpoint(step) / "optimizer.safetensors")
    old = safetensors_file.read(before / "optimizer.safetensors") if before else {}
    found = {}
    for network in NETWORKS:
        beta1 = run.beta1(network)
        for name, moment in after.items():
            if name.startswith(network + ".") and name.endswith(".m"):
                kept = beta1 * old[name].astype(numpy.float64) if before else 0.0
                found[name.removesuffix(".m")] = (moment.astype(numpy.float64) - kept) / (1 - beta1)
    return found


def relative(value, wanted):
    """||value - wanted|| / ||wanted||; infinite where only the difference is not zero, or a value is no number."""
    difference = float(numpy.linalg.norm(numpy.ravel(value - wanted)))
    if difference == 0:
        return 0.0
    size = float(numpy.linalg.norm(numpy.ravel(wanted)))
    quotient = difference / size if size > 0 else math.inf
    return quotient if math.isfinite(quotient) else math.inf


class StepComparison:
    """A step of `run`, held to the same step of `wanted`; both began with the checkpoint `before`.

    `losses` is the largest relative difference of a loss, `of_network` that of a gradient of each network, `worst` the
    name of the gradient that is furthest off.
    """

    def __init__(self, run, wanted, step, before):
        ours, theirs = run.losses(step), wanted.losses(step)
        self.losses = max(relative(numpy.float64(ours[name]), numpy.float64(theirs[name])) for name in LOSSES)
        ours, theirs = gradients(run, step, before), gradients(wanted, step, before)
        differences = {name: relative(ours[name], theirs[name]) for name in theirs}
        self.tensors = len(differences)
        self.worst = max(differences, key=differences.get)
        self.of_network = {
            network: max(value for name, value in differences.items() if name.startswith(network + "."))
            for network in NETWORKS}

    @property
    def gradients(self):
        return max(self.of_network.values())

    def __str__(self):
        network, _, name = self.worst.partition(".")
        values = " ".join(f"{value:.1e}" for value in (self.losses, *self.of_network.values()))
        return f"{values} {network[0].upper()} {name}"
