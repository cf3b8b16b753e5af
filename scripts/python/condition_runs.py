"""Runs of the program for check_conditions.py: what a conditional run draws of each class."""

import json
import pathlib
import subprocess
import tempfile

import numpy

import safetensors_file


class Unfit(Exception):
    """Something that is needed to judge is missing or is not what it should be; says in a sentence what."""


class Program:
    """`dcgan-dist` with a run."""

    def __init__(self, path, run):
        if not path.is_file():
            raise Unfit(f"there is no program {path}; build it with: swift build -c release")
        self.path, self.run = path.resolve(), run
        folder = next((place for place in (run, *run.resolve().parents) if (place / "options.json").is_file()), None)
        if folder is None:
            raise Unfit(f"neither {run} nor a folder around it has an options.json, as a run's folder has")
        self.options = json.loads((folder / "options.json").read_text(encoding="utf-8"))

    def call(self, *arguments):
        """Raises Unfit with what it said where it fails."""
        done = subprocess.run([str(self.path), *map(str, arguments)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            told = next((line for line in said if line.startswith("error:")), said[-1])
            raise Unfit(f"`dcgan-dist {' '.join(map(str, arguments))}` ended with exit code {done.returncode}: {told}")

    def pictures(self, label, seeds):
        """[N, C, H, W] with pixels 0 to 1: one of each seed, all with this label."""
        with tempfile.TemporaryDirectory() as folder:
            raw = pathlib.Path(folder) / "raw.safetensors"
            self.call("generate", "--checkpoint", self.run, "--label", label, "--seeds", f"{seeds[0]}-{seeds[-1]}",
                      "--out", pathlib.Path(folder) / "sheet.png", "--raw", raw)
            pictures = safetensors_file.read(raw)["pictures"]
        # A sigmoid ends in 0 to 1, a tanh in -1 to 1.
        layers = {layer["layer"] for layer in self.options["architecture"]["generator"]}
        return pictures if "sigmoid" in layers else (pictures + 1) / 2

    def classes(self, group, names, each):
        """All classes' pictures in turn, no seed twice, and the place in `names` that each was asked for."""
        parts = [self.pictures(f"{group}={name}", range(place * each, (place + 1) * each))
                 for place, name in enumerate(names)]
        return numpy.concatenate(parts), numpy.repeat(numpy.arange(len(names)), each)
