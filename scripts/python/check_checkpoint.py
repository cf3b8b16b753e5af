"""Holds a dcgan64 checkpoint to PyTorch: check_checkpoint.py CHECKPOINT RAW

CHECKPOINT is a checkpoint's folder or its model.safetensors; RAW is what `dcgan-dist generate --raw RAW` wrote from it
(z [N,Z,1,1] and pictures [N,C,H,W]). Puts both networks into the tutorial's modules, lets G make the pictures of z in
evaluation mode and tells the largest difference. Exits 1 where it is over 1e-4.
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file

from networks import discriminator, generator

TOLERANCE = 1e-4


def fail(sentence):
    raise SystemExit(f"check_checkpoint.py: {sentence}")


def network_state(tensors, name):
    """One network's tensors under the names that its module has."""
    state = {key.removeprefix(name + "."): value for key, value in tensors.items() if key.startswith(name + ".")}
    return state or fail(f"the file holds no {name}.main.*; it holds {sorted(tensors)[:3]} ...")


def convolutions(state, name):
    """Shapes of the convolutions in order."""
    keys = sorted((key for key, value in state.items() if value.dim() == 4), key=lambda key: int(key.split(".")[1]))
    shapes = [tuple(state[key].shape) for key in keys]
    if len(shapes) < 2 or any(shape[2:] != (4, 4) for shape in shapes):
        fail(f"{name} is not of the dcgan64 family (kernels of 4x4): {shapes}.")
    return shapes


def load(module, state, name):
    """Loads strictly: a name too many or too few is an error, with PyTorch's own words for it."""
    try:
        module.load_state_dict(state, strict=True)
    except RuntimeError as error:
        fail(f"{name} does not fit the tutorial's modules: {error}")
    return module.eval()


def main():
    if len(sys.argv) != 3:
        fail("usage: check_checkpoint.py CHECKPOINT RAW")
    path, raw = (pathlib.Path(argument) for argument in sys.argv[1:])
    if path.is_dir():
        path /= "model.safetensors"
    for file in (path, raw):
        if not file.is_file():
            fail(f"there is no file {file}.")
    tensors, given = load_file(path), load_file(raw)
    if not {"z", "pictures"} <= given.keys():
        fail(f"{raw} should hold z and pictures; it holds {sorted(given)[:3]} ...")

    state = network_state(tensors, "generator")
    shapes = convolutions(state, "generator")  # [in, out, 4, 4]
    g = load(generator(shapes[0][0], [shape[1] for shape in shapes[:-1]], shapes[-1][1]), state, "the generator")
    state = network_state(tensors, "discriminator")
    shapes = convolutions(state, "discriminator")  # [out, in, 4, 4]
    load(discriminator(shapes[0][1], [shape[0] for shape in shapes[:-1]]), state, "the discriminator")

    with torch.no_grad():
        pictures = g(given["z"])
    if pictures.shape != given["pictures"].shape:
        fail(f"PyTorch makes pictures {list(pictures.shape)}; the file has {list(given['pictures'].shape)}.")
    difference = (pictures - given["pictures"]).abs().max().item()
    print(f"{len(pictures)} pictures of {pictures.shape[2]}x{pictures.shape[3]}, both networks load strictly;"
          f" largest difference {difference:.2e} (pixels in [-1, 1])")
    if not difference <= TOLERANCE:
        fail(f"that is over {TOLERANCE:.0e}.")


if __name__ == "__main__":
    main()
