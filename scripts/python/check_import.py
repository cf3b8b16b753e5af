"""Holds imported networks to PyTorch: networks as people write them, with random weights and running averages far from
their start, are saved by torch.save, made safetensors by scripts/pth-to-safetensors, and imported. The pictures of
`generate --raw`, and D's logits by the exported module, are compared with those of the networks themselves in evaluation
mode. Then two steps are trained. With --keras, files that Keras writes of its tutorial's networks are made safetensors by
scripts/keras-to-safetensors, and compared likewise. Differences count relative to the range of the pictures, and to the
largest logit. Exits 1 where one is over the tolerance.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

import torch
from torch import nn

import program_argument
import safetensors_file
from exchange import Failed, call, module

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4
LEAST_SPREAD = 0.01


class Main(nn.Module):
    """A network as the tutorial has it: its layers in `main`."""

    def __init__(self, layers):
        super().__init__()
        self.main = nn.Sequential(*layers)

    def forward(self, x):
        return self.main(x)


class Stages(nn.Module):
    """The same layers in `layer1`, `layer2` ...: each begins with a convolution."""

    def __init__(self, layers):
        super().__init__()
        stages = []
        for layer in layers:
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                stages.append([])
            stages[-1].append(layer)
        for place, stage in enumerate(stages):
            self.add_module(f"layer{place + 1}", nn.Sequential(*stage))

    def forward(self, x):
        for stage in self.children():
            x = stage(x)
        return x


class Named(nn.Module):
    """The same layers, of which each convolution and batch norm has a name of its own: conv1, bn1 ..."""

    def __init__(self, layers):
        super().__init__()
        self.steps, self.names, counts = [], {}, {}
        for place, layer in enumerate(layers):
            if any(True for _ in layer.parameters()):
                kind = "bn" if isinstance(layer, nn.BatchNorm2d) else "conv"
                counts[kind] = counts.get(kind, 0) + 1
                self.names[place] = f"{kind}{counts[kind]}"
                self.add_module(self.names[place], layer)
            self.steps.append(layer)
        self.steps = tuple(self.steps)

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x


def up(inner, outer, kernel, stride, padding=0):
    return [nn.ConvTranspose2d(inner, outer, kernel, stride, padding, bias=False), nn.BatchNorm2d(outer), nn.ReLU(True)]


def down(inner, outer, kernel, stride, padding, bias=False, norm=True):
    return [nn.Conv2d(inner, outer, kernel, stride, padding, bias=bias), *([nn.BatchNorm2d(outer)] if norm else []),
            nn.LeakyReLU(0.2, inplace=True)]


def dcgan64(width):
    w = width
    return ([*up(100, 8 * w, 4, 1), *up(8 * w, 4 * w, 4, 2, 1), *up(4 * w, 2 * w, 4, 2, 1), *up(2 * w, w, 4, 2, 1),
             nn.ConvTranspose2d(w, 3, 4, 2, 1, bias=False), nn.Tanh()],
            [*down(3, w, 4, 2, 1, norm=False), *down(w, 2 * w, 4, 2, 1), *down(2 * w, 4 * w, 4, 2, 1),
             *down(4 * w, 8 * w, 4, 2, 1), nn.Conv2d(8 * w, 1, 4, 1, 0, bias=False)])


def torch96(width):
    w = width
    return ([*up(256, 8 * w, 7, 2), *up(8 * w, 4 * w, 7, 2), *up(4 * w, 2 * w, 7, 2), *up(2 * w, w, 5, 2), *up(w, w, 5, 1),
             nn.ConvTranspose2d(w, 3, 4, 1, 0, bias=False), nn.Tanh()],
            [*down(3, w, 7, 2, 1, bias=True, norm=False), *down(w, 2 * w, 5, 2, 1, bias=True),
             *down(2 * w, 4 * w, 5, 2, 1, bias=True), *down(4 * w, 8 * w, 5, 2, 1, bias=True),
             nn.Conv2d(8 * w, 1, 4, 1, 0)])


def scramble(network, seed):
    """Random weights, so large that pictures are far from grey, and running averages far from their start."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                fan = module.weight[0].numel() if isinstance(module, nn.Conv2d) else \
                    module.weight.shape[0] * module.weight.shape[2] * module.weight.shape[3] / module.stride[0] ** 2
                module.weight.normal_(0, fan ** -0.5, generator=generator)
                if module.bias is not None:
                    module.bias.uniform_(-0.3, 0.3, generator=generator)
            elif isinstance(module, nn.BatchNorm2d):
                module.weight.normal_(1, 0.2, generator=generator)
                module.bias.normal_(0, 0.2, generator=generator)
                module.running_mean.normal_(0, 0.3, generator=generator)
                module.running_var.uniform_(0.3, 1.5, generator=generator)
    return network.eval()


def both(g, d, folder):
    """Both networks in one file."""
    torch.save({"netG": g.state_dict(), "netD": d.state_dict(), "epoch": 5}, folder / "both.pth")
    return ["both"], []


def two(g, d, folder):
    """A file for each."""
    torch.save(g.state_dict(), folder / "netG.pth")
    torch.save(d.state_dict(), folder / "netD.pth")
    return ["netG", "netD"], ["--generator", "netG.safetensors", "--discriminator", "netD.safetensors"]


def wrapped(g, d, folder):
    """A file for each, as DataParallel names them."""
    return two(nn.DataParallel(g), nn.DataParallel(d), folder)


def mapped(g, d, folder):
    """A file for each, and a mapping file."""
    names = {f"{role}.main.{place}": name for role, network in (("generator", g), ("discriminator", d))
             for place, name in network.names.items()}
    (folder / "map.json").write_text(json.dumps(names), encoding="utf-8")
    stems, words = two(g, d, folder)
    return stems, [*words, "--map", "map.json"]


CASES = (("dcgan64, main, two files", "dcgan64", dcgan64, Main, two),
         ("dcgan64, main, one file", "dcgan64", dcgan64, Main, both),
         ("dcgan64, module.main", "dcgan64", dcgan64, Main, wrapped),
         ("dcgan64, conv1 and bn1 by a map", "dcgan64", dcgan64, Named, mapped),
         ("torch96, main", "torch96", torch96, Main, two),
         ("torch96, layer1 ...", "torch96", torch96, Stages, two))


# Files that keras_pair.py writes.
KERAS_CASES = (("keras64, .weights.h5", ("generator.weights.h5", "discriminator.weights.h5")),
               ("keras64, .weights.h5 of a model with both", ("both.weights.h5",)),
               ("keras64, .keras", ("generator.keras", "discriminator.keras")),
               ("keras64, .h5", ("generator.h5", "discriminator.h5")))


def computed(program, folder, *latents):
    """What the run computes: the raw values of `generate`, and the exported module."""
    call(folder, program, "generate", "--checkpoint", "run", *latents, "--raw", "raw.safetensors")
    call(folder, program, "export", "run", "--format", "pytorch", "--out", "exported")
    return safetensors_file.read(folder / "raw.safetensors"), module(folder / "exported").load(folder / "exported")


def differences(program, folder, raw, exported, theirs, judged):
    """The largest differences from the other tool's pictures and logits; then the run is trained on. Raises Failed."""
    ours = torch.from_numpy(raw["pictures"].copy())
    with torch.no_grad():
        ours_judged = exported.discriminator(theirs).flatten()
    spread = float(theirs.std(dim=0).max())
    if spread < LEAST_SPREAD:
        raise Failed(f"the pictures differ from each other by {spread:.1e}, too little to judge by")
    call(folder, program, "train", "--resume", "run", "--more-steps", 2, "--sample-every", 0, "--change", "batch_size=8")
    return (float((ours - theirs).abs().max()) / 2,
            float((ours_judged - judged).abs().max() / judged.abs().max().clamp(min=1)))


def compare(program, case, width, folder):
    """The differences of networks that PyTorch saves. Raises Failed."""
    _, preset, make, form, save = case
    g, d = (scramble(form(layers), seed) for seed, layers in enumerate(make(width)))
    stems, words = save(g, d, folder)
    for stem in stems:
        call(folder, ROOT / "scripts/pth-to-safetensors", f"{stem}.pth")
    files = words or [f"{stems[0]}.safetensors"]
    call(folder, program, "import", *files, "--preset", preset, "--width", width, "--out", "run")
    raw, exported = computed(program, folder, "--count", 5)
    with torch.no_grad():
        theirs = g(torch.from_numpy(raw["z"].copy()))
        judged = d(theirs).flatten()
    return differences(program, folder, raw, exported, theirs, judged)


def compare_keras(program, python, saved, files, width, folder):
    """The differences of networks that Keras saved in the folder `saved`. Raises Failed."""
    made = [f"{place}.safetensors" for place in range(len(files))]
    for file, to in zip(files, made):
        call(folder, ROOT / "scripts/keras-to-safetensors", saved / file, to, python=python)
    words = made if len(made) == 1 else ["--generator", made[0], "--discriminator", made[1]]
    call(folder, program, "import", *words, "--preset", "keras64", "--width", width, "--out", "run")
    raw, exported = computed(program, folder, "--latents", saved / "z.safetensors")
    theirs = safetensors_file.read(saved / "computed.safetensors")
    return differences(program, folder, raw, exported, torch.from_numpy(theirs["pictures"].copy()),
                       torch.from_numpy(theirs["logits"].copy()).flatten())


def rows(given, program, troubles):
    """The title and the differences of each case, one after another; adds to the troubles what could not be compared."""
    comparisons = [(case[0], lambda folder, case=case: compare(program, case, given.width, folder)) for case in CASES]
    with tempfile.TemporaryDirectory() as saved:
        if given.keras:
            python, saved = os.path.abspath(given.keras), pathlib.Path(saved)
            try:
                print(call(saved, python, ROOT / "scripts/python/keras_pair.py", saved, given.width), end="", file=sys.stderr)
                comparisons += [(name, lambda folder, files=files: compare_keras(program, python, saved, files, given.width,
                                                                                 folder)) for name, files in KERAS_CASES]
            except Failed as failed:
                troubles.append(f"Keras: {failed}")
        for name, comparison in comparisons:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    yield name, comparison(pathlib.Path(folder))
                except Failed as failed:
                    troubles.append(f"{name}: {failed}")


def main():
    parser = argparse.ArgumentParser(prog="scripts/check-import", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=8, help="of the networks (default: 8)")
    parser.add_argument("--keras", metavar="PYTHON", help="a Python that has TensorFlow")
    given = program_argument.parse(parser)
    program = given.program
    print("| networks | pictures | logits |\n| --- | --- | --- |")
    troubles = []
    for name, row in rows(given, program, troubles):
        print(f"| {name} | {row[0]:.1e} | {row[1]:.1e} |", flush=True)
        if not max(row) <= TOLERANCE:
            troubles.append(f"{name}: a difference is over {TOLERANCE:.0e}")
    for trouble in troubles:
        print(f"check-import: {trouble}", file=sys.stderr)
    raise SystemExit(1 if troubles else 0)


if __name__ == "__main__":
    main()
