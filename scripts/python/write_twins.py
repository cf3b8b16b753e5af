"""Writes the PyTorch twins that the tests compare with: write_twins.py FOLDER (see scripts/write-twins)."""

import json
import pathlib
import sys

import torch
from safetensors.torch import save_file

import twin_augmentation
import twin_dcgan64
import twin_layers
import twin_losses
import twin_presets
import twin_systems


def save(tensors, path):
    """float32 but for the counters, which stay the integers that PyTorch has; contiguous, in PyTorch's layouts."""
    save_file(
        {key: (value if value.dtype == torch.int64 else value.float()).contiguous() for key, value in tensors.items()},
        path, metadata={"format": "pt"})
    print(f"{path}: {len(tensors)} tensors, {path.stat().st_size:,} bytes")


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: write_twins.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # the same sums on every machine

    tensors = twin_dcgan64.tensors()
    twin_dcgan64.check(tensors)
    save(tensors, folder / "dcgan64.safetensors")

    tensors, index = twin_layers.tensors_and_index()
    save(tensors, folder / "layers.safetensors")
    lines = ",\n".join("  " + json.dumps(case) for case in index)
    (folder / "layers.json").write_text(f"[\n{lines}\n]\n")

    (folder / "losses.json").write_text(twin_losses.text())
    (folder / "augmentation.json").write_text(twin_augmentation.text())
    for preset in twin_systems.SYSTEMS:
        save(twin_presets.tensors(preset), folder / f"{preset}.safetensors")


if __name__ == "__main__":
    main()
