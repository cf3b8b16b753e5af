#!/usr/bin/env python3
"""Checks safetensors files of ours against Python's `safetensors` (needs torch and safetensors).

  check_safetensors.py FILE...     each loads, and the library would write the same bytes
  check_safetensors.py --fixture   prints, in base64, the file that Tests/CheckpointsTests holds
"""

import base64
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save


def fixture():
    """One tensor of each type that we read as floats, a lone number, an empty one, and names that need care."""
    tensors = {
        "generator.main.0.weight": torch.tensor([[0.0, 1.0, -2.0], [0.5, 1e-40, 3.4e38]]),
        "generator.main.1.num_batches_tracked": torch.tensor(-(2**40)),
        "half": torch.tensor([1.0, -0.0, 65504.0, 6e-8, float("inf")], dtype=torch.float16),
        "brain": torch.tensor([[1.0], [-3.140625]], dtype=torch.bfloat16),
        "double": torch.tensor([0.1], dtype=torch.float64),
        "empty": torch.zeros(0, 2),
        'a "quoted"\\\n\u00e9\u4e2d\u0001': torch.tensor([7.0]),
    }
    return save(tensors, metadata={"format": "pt"})


def check(path):
    tensors = load_file(path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    with open(path, "rb") as file:
        ours = file.read()
    if save(tensors, metadata=metadata) != ours:
        sys.exit(f"{path}: it loads, but the library writes these tensors as other bytes")
    print(f"{path}: {len(tensors)} tensors, {len(ours)} bytes, the same as the library writes")


if __name__ == "__main__":
    if sys.argv[1:] == ["--fixture"]:
        print(base64.b64encode(fixture()).decode())
    elif len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        for path in sys.argv[1:]:
            check(path)
    else:
        sys.exit(__doc__)
