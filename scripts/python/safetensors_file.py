"""Reads safetensors files into NumPy arrays, with no more than NumPy (of the format, what our checkpoints use)."""

import json
import pathlib
import struct

import numpy

TYPES = {"F32": "<f4", "I64": "<i8"}


def read(path):
    """Name to array, for every tensor of the file."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(data[8 + length + begin : 8 + length + end], TYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors
