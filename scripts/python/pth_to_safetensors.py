"""Writes the tensors of a file of torch.save as safetensors. See scripts/pth-to-safetensors."""

import pathlib
import sys
from collections.abc import Mapping

import torch
from safetensors.torch import save_file


def tensors(value, name=""):
    """Pairs of name and tensor, those of dicts within dicts too. Lists, and dicts by number as an optimizer's moments are
    in, are left out."""
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str):
                yield from tensors(inner, f"{name}.{key}" if name else key)


def main():
    source = pathlib.Path(sys.argv[1])
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else source.with_suffix(".safetensors")
    try:
        value = torch.load(source, map_location="cpu", weights_only=True)
    except OSError as error:
        sys.exit(f"pth-to-safetensors: {source} cannot be read: {error.strerror or error}")
    except Exception:  # of many kinds, where the bytes are something else
        sys.exit(f"pth-to-safetensors: {source} is no file of torch.save, or holds more than tensors, such as a whole module, "
                 "which would run its code: save the state dict in the program that made it, by "
                 "torch.save(model.state_dict(), \"netG.pth\")")
    # A file of its own for each tensor's memory: parts of one larger tensor, or one that comes twice, are copied.
    found = {name: tensor.detach().contiguous().clone() for name, tensor in tensors(value)}
    if not found:
        sys.exit(f"pth-to-safetensors: {source} holds no tensors by name")
    save_file(found, target, metadata={"format": "pt"})
    print(f"wrote {target}: {len(found)} tensors, from {min(found)} to {max(found)}", file=sys.stderr)


if __name__ == "__main__":
    main()
