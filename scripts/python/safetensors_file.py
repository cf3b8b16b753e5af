"""Reads safetensors files into NumPy arrays, and writes them, with no more than NumPy (of the format, what our checkpoints
use)."""

import json
import pathlib
import struct

import numpy

TYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8"}


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


def write(path, tensors):
    """Writes a file of name to array. Raises OSError."""
    header, parts, end = {}, [], 0
    for name, values in tensors.items():
        kind = next(kind for kind, layout in TYPES.items() if values.dtype == layout)
        parts.append(numpy.ascontiguousarray(values).tobytes())
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [end, end + len(parts[-1])]}
        end += len(parts[-1])
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(b"".join([struct.pack("<Q", len(text)), text, *parts]))
