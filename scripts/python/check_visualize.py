"""Holds guided backpropagation to PyTorch: D of several networks, after some steps of training on faces, is exported as a
PyTorch module. The pictures of `visualize --raw` go through it; hooks on its ReLUs, leaky or not, let a gradient pass only
where it and the forward value are positive, and autograd goes back from the value that the file names, which must be the
largest of its filter's map. Differences of a picture's gradient count relative to its largest number, those of values to the
value. The last column has the difference from the plain gradient, which the hooks are not on. Exits 1 where a difference is
over the tolerance.
"""

import argparse
import json
import pathlib
import sys
import tempfile
from dataclasses import dataclass

import torch
from torch import nn

import export_networks
import program_argument
import safetensors_file
from exchange import Failed, call, module

TOLERANCE = 1e-5
COUNT, PICTURES = 150, 4
COLUMNS = ("networks", "layer", "maps", "pictures", "gradients", "values", "plain gradients")


# Rates at which D is far from its beginning after some steps, and its values are not yet in the hundreds.
RATES = ("--lr-g", "0.002", "--lr-d", "0.002", "--batch-size", "16")


@dataclass(frozen=True)
class Case:
    """A D to train and to look into."""

    name: str
    size: int
    layers: tuple  # the N of discriminator.main.N; None: the last convolution
    preset: str = ""
    networks: dict = None  # an architecture in place of a preset
    options: tuple = ()

    def flags(self, folder, width):
        """What `train` is given."""
        networks = export_networks.Case(self.name, self.preset, self.networks, options=self.options)
        return networks.flags(folder, width, show=None)


def every_activation(name):
    """D with every kind of activation, odd sides, and layers of both directions. Its tanh and sigmoid are kept from their
    ends, where their derivatives have no digits left in float32."""
    networks = export_networks.every_layer(name)
    conv, up, norm, plain = export_networks.conv, export_networks.up, export_networks.norm, export_networks.plain
    small = {"init": {"rule": "normal", "mean": 0, "std": 0.02}}
    networks["discriminator"] = [
        conv(6, 4, 3, "same", bias=True), plain("relu"), conv(8, 3, 1, 2), norm(), plain("leakyReLU", slope=0.3),
        up(5, 3, 2, 1, bias=True), plain("leakyReLU", slope=0.1), conv(9, 3, 2, 1) | small, plain("tanh"),
        conv(7, 2, 1, 0), norm(), plain("sigmoid"), plain("averagePool", kernel=2), plain("dropout", rate=0.2),
        conv(12, 2, 1, 1), plain("relu"), export_networks.dense(1, bias=True),
    ]
    return networks


CASES = [
    Case("dcgan64", 64, (0, 5, None), "dcgan64"),
    Case("torch96", 96, (0, 2, None), "torch96"),
    Case("slim64", 64, (0, 5, 11, None), "slim64"),
    Case("keras64", 64, (3, None), "keras64"),
    Case("dcgan64, spectral norm", 64, (None,), "dcgan64", options=("--spectral-norm",)),
    Case("dcgan64, 32 x 32, ACGAN", 32, (None,), "dcgan64", options=("--acgan", "--size", "32")),
    Case("layers", 16, (0, 2, 5, 7, 9, None), networks=every_activation("layers")),
]


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check-visualize", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: scripts/check-visualize --only dcgan64 layers")
    parser.add_argument("--only", metavar="NAME", nargs="+", help="only these of the first column")
    parser.add_argument("--steps", type=int, default=10, help="of training (default: 10)")
    parser.add_argument("--width", type=int, default=8, help="of presets that take one (default: 8)")
    return program_argument.parse(parser)


def maps_of(main, layer):
    """The modules of D up to the maps of a convolution: with the batch norm and the activations after it."""
    names = [name for name, _ in main.named_children()]
    if str(layer) not in names:
        raise Failed(f"the exported D has no step {layer}, but {names}")
    end = names.index(str(layer)) + 1
    while end < len(names) and isinstance(main[end], (nn.BatchNorm2d, nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid)):
        end += 1
    return main[:end]


def guide(step, read, made):
    """A forward hook: the gradient of what a step made passes where it and the value are positive."""
    made.register_hook(lambda gradient: gradient * (gradient > 0) * (made.detach() > 0))


def gradients(maps, pictures, places, guided):
    """The values at places of maps, their gradients with respect to the pictures, and whether each is its map's largest."""
    hooks = [step.register_forward_hook(guide) for step in maps.modules()
             if guided and isinstance(step, (nn.ReLU, nn.LeakyReLU))]
    read = pictures.clone().requires_grad_(True)
    made = maps(read)
    for hook in hooks:
        hook.remove()
    chosen = made[tuple(places)]
    chosen.sum().backward()
    largest = made.detach().flatten(2).amax(2)[places[0], places[1]]
    return chosen.detach(), read.grad, bool((largest == chosen.detach()).all())


def apart(ours, theirs):
    """The largest difference over the picture's largest number; infinite where something is not a number."""
    scale = theirs.flatten(1).abs().amax(1).clamp_min(1e-30)
    difference = float(((ours - theirs).flatten(1).abs().amax(1) / scale).max())
    return difference if difference == difference else float("inf")


def compare(program, layer, main, folder):
    """A row of the table. Raises Failed."""
    words = ["visualize", "--checkpoint", "run", "--data", "pictures", "--pictures", PICTURES, "--json"]
    words += ["--raw", "raw.safetensors"] + ([] if layer is None else ["--layer", layer])
    found = json.loads(call(folder, program, *words))
    held = safetensors_file.read(folder / "raw.safetensors")
    raw = {name: torch.from_numpy(values.copy()) for name, values in held.items()}
    count = len(raw["filter"])
    if count == 0:
        raise Failed(f"{found['layer']}: no picture excites any of the filters")
    maps = maps_of(main, int(found["layer"].split(".")[-1]))
    places = (torch.arange(count), raw["filter"], raw["position"][:, 0], raw["position"][:, 1])
    values, guided, are_largest = gradients(maps, raw["pictures"], places, guided=True)
    _, plain, _ = gradients(maps, raw["pictures"], places, guided=False)
    if not are_largest:
        raise Failed(f"{found['layer']}: a value is not the largest of its filter's map")
    largest_first(raw, found)
    return found, count, (apart(raw["gradients"], guided),
                          float(((raw["values"] - values).abs() / values.abs()).max())), apart(plain, guided)


def largest_first(raw, found):
    """Raises Failed where the pictures of a filter are not told with the largest value first, each once."""
    told = [(row, one["picture"]) for row, several in enumerate(found["trained"]) for one in several]
    if len(set(told)) < len(told) or [place for _, place in told] != raw["picture"].tolist():
        raise Failed(f"{found['layer']}: the pictures are not those of the JSON object, each once")
    for several in found["trained"]:
        values = [one["value"] for one in several]
        if values != sorted(values, reverse=True):
            raise Failed(f"{found['layer']}: the values do not descend")


def rows(given, case, folder):
    """The rows of one D."""
    length = ["--steps", given.steps, "--sample-every", 0]
    call(folder, given.program, "train", *case.flags(folder, given.width), *RATES, *length, "--out", "run")
    call(folder, given.program, "export", "run", "--format", "pytorch", "--out", "torch")
    call(folder, given.program, "data", "faces", "--count", COUNT, "--size", case.size, "--out", "pictures")
    main = module(folder / "torch").load(folder / "torch").discriminator.eval().main
    for parameter in main.parameters():
        parameter.requires_grad_(False)
    for layer in case.layers:
        yield compare(given.program, layer, main, folder)


def main():
    given = arguments()
    names = [case.name for case in CASES]
    for name in given.only or []:
        if name not in names:
            raise SystemExit(f"check-visualize: --only: there is no '{name}'; there are {', '.join(names)}")
    for line in (COLUMNS, ("---",) * len(COLUMNS)):
        print(f"| {' | '.join(line)} |")
    troubles = []
    for case in CASES:
        name = case.name
        if given.only and name not in given.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                for found, count, row, plain in rows(given, case, pathlib.Path(folder)):
                    layer, shape = found["layer"], " x ".join(map(str, found["maps"]))
                    numbers = " | ".join(f"{part:.1e}" for part in (*row, plain))
                    print(f"| {name} | {layer.split('.')[-1]} | {shape} | {count} | {numbers} |", flush=True)
                    if not max(row) <= TOLERANCE:
                        troubles.append(f"{name}, {layer}: a difference is over {TOLERANCE:.0e}")
                    # A rule that changed nothing would not be checked.
                    if layer != "discriminator.main.0" and plain < 100 * TOLERANCE:
                        troubles.append(f"{name}, {layer}: the guided gradient is the plain one")
            except Failed as failed:
                troubles.append(f"{name}: {failed}")
    for trouble in troubles:
        print(f"check-visualize: {trouble}", file=sys.stderr)
    raise SystemExit(1 if troubles else 0)


if __name__ == "__main__":
    main()
