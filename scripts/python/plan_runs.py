"""Runs of the program for check_plans.py: `dcgan-dist train`, and what a run leaves in its folder."""

import json
import os
import pathlib
import shutil
import subprocess

KINKED = ("relu", "leakyReLU")
LOSSES = ("loss_d", "loss_d_real", "loss_d_fake", "loss_g")


class RunFailed(Exception):
    """A run did not do what it was started for; says so in a sentence."""


class Way:
    """One of the ways to compute the same step: `--convolution`, and the instruction set where it is another."""

    def __init__(self, name, convolution, isa=None):
        self.name = name
        self.convolution = convolution
        self.isa = isa

    @property
    def file_name(self):
        return self.name.replace(", ", "-")


class Run:
    """A run's folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.options = json.loads((self.folder / "options.json").read_text())

    @property
    def plans(self):
        """Layer to the names of its three passes' forms."""
        return self.options["program"]["plans"]

    @property
    def isa(self):
        return self.options["program"]["isa"]

    def checkpoint(self, step):
        return self.folder / "checkpoints" / f"step-{step:08d}"

    def metrics(self):
        """Step to its line of metrics.jsonl."""
        lines = (json.loads(line) for line in (self.folder / "metrics.jsonl").read_text().splitlines())
        return {line["step"]: line for line in lines}

    def losses(self, step):
        line = self.metrics()[step]
        return {name: line[name] for name in LOSSES}

    def beta1(self, network):
        """Adam's decay of the first moment. A network that a step updates several times cannot be looked into."""
        recipe = self.options["recipe"]
        if sum(part["update"] == network for part in recipe["schedule"]) != 1:
            raise RunFailed(f"a step of this recipe does not update the {network} exactly once.")
        return recipe[network]["beta1"]


    @property
    def has_kinks(self):
        """Whether any activation has a derivative that jumps."""
        architecture = self.options["architecture"]
        layers = architecture["discriminator"] + architecture["generator"]
        return any(layer["layer"] in KINKED for layer in layers)

    def without_kinks(self, folder):
        """A copy, without checkpoints, whose options name networks with tanh in place of ReLU and leaky ReLU. Layers
        keep their places, so that the names and shapes of all tensors stay."""
        folder.mkdir()
        options = json.loads(json.dumps(self.options))
        for network in ("discriminator", "generator"):
            layers = options["architecture"][network]
            options["architecture"][network] = [
                {"layer": "tanh"} if layer["layer"] in KINKED else layer for layer in layers]
        (folder / "options.json").write_text(json.dumps(options))
        shutil.copy(self.folder / "metrics.jsonl", folder)
        return Run(folder)

    def adopt(self, checkpoint):
        """Another run's checkpoint as one of this run's; returns where it is."""
        own = self.folder / "checkpoints" / checkpoint.name
        shutil.copytree(checkpoint, own, copy_function=os.link)
        return own


class Program:
    """`dcgan-dist train` with the options that all runs share."""

    def __init__(self, path, threads):
        self.path = path
        self.common = ["--log-every", "1", "--sample-every", "0"] + (["--threads", str(threads)] if threads else [])

    def train(self, way, out, *options):
        environment = dict(os.environ)
        if way.isa:
            environment["DCGAN_ISA"] = way.isa
        command = [str(self.path), "train", "--convolution", way.convolution, "--out", str(out), *self.common]
        done = subprocess.run(
            command + [str(option) for option in options], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise RunFailed(f"`{' '.join(done.args)}` ended with exit code {done.returncode}; {last}")
        return Run(out)
