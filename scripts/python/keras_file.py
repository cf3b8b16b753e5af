"""Reads the layers in files of Keras, with no more than h5py and NumPy.

A `.weights.h5` (of Keras 3, and of the last Keras 2) has a group for each layer, named by its class and a count within the
model, and in it the variables by number: `layers/conv2d_transpose_1/vars/0`. A model within a model has `layers` of its
own. A `.keras` is a zip archive with such a file in it. The `.h5` of before names layers as the model does, and variables
by what they are, `conv2d_7/conv2d_7/kernel:0`, under `model_weights` where the file holds the whole model.
"""

import io
import pathlib
import zipfile
from dataclasses import dataclass, field

import h5py
import numpy

# The layers that have variables, and these in Keras's order.
KINDS = {"dense": ("kernel", "bias"), "conv2d": ("kernel", "bias"), "conv2d_transpose": ("kernel", "bias"),
         "batch_normalization": ("gamma", "beta", "moving_mean", "moving_variance")}
CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
HOW_TO_SAVE = 'save it where it was made, by model.save_weights("generator.weights.h5")'


class Wrong(Exception):
    """A file that is not what was expected; the message is a sentence about it that begins after its name."""


@dataclass
class Layer:
    """A layer's variables, by what they are; of a kind that is not in KINDS, by number."""

    name: str
    kind: str
    count: int
    values: dict = field(default_factory=dict)


def named(name):
    """The class and the count of `conv2d_3`."""
    stem, _, count = name.rpartition("_")
    return (stem, int(count)) if stem and count.isdigit() else (name, 0)


def numbered_layer(parts, group):
    """The network and the layer of `.../vars/0`; None where it is no layer's, as an optimizer's and a dropout's are."""
    *outer, name = parts
    kind, count = named(name)
    if kind not in KINDS and named(str(group.attrs.get("name", "")))[0] in KINDS:
        kind, count = named(str(group.attrs["name"]))  # a layer that is an attribute of a model has that attribute's name
    held = bool(outer) and outer[-1] in CONTAINERS
    if kind not in KINDS and not held:
        return None
    return "/".join(outer[:-1] if held else outer), Layer("/".join(parts), kind, count)


def named_layer(parts):
    """The network and the layer of `dense/dense/kernel:0` without the last part."""
    *outer, name = parts
    # The group of a layer stands before all; that of a model within the model stays.
    outer = outer[1:] if outer and outer[0] == name else outer
    return "/".join(outer), Layer(name, *named(name))


def layers_of(file):
    """The layers of each network of an open file."""
    root = file["model_weights"] if isinstance(file.get("model_weights"), h5py.Group) else file
    is_old = "layer_names" in root.attrs
    datasets = []
    root.visititems(lambda name, item: datasets.append((name, item)) if isinstance(item, h5py.Dataset) else None)
    networks = {}
    for name, item in datasets:
        parts = name.replace("\\", "/").split("/")
        if is_old and len(parts) > 1:
            found, key = named_layer(parts[:-1]), parts[-1].partition(":")[0]
        elif not is_old and len(parts) > 2 and parts[-2] == "vars" and parts[-1].isdigit():
            found, key = numbered_layer(parts[:-2], item.parent), int(parts[-1])
        else:
            continue
        if found:
            network, layer = found
            layer = networks.setdefault(network, {}).setdefault(layer.name, layer)
            layer.values[key] = item[()]
    return {network: [whole(layer) for layer in layers.values()] for network, layers in networks.items()}


def whole(layer):
    """The layer with its variables by what they are, as float32. Raises Wrong where there are others."""
    names = KINDS.get(layer.kind)
    if names is None:
        return layer
    values = {names[key] if isinstance(key, int) and key < len(names) else key: value for key, value in layer.values.items()}
    needed = names if layer.kind == "batch_normalization" else names[:1]
    if not set(needed) <= set(values) <= set(names):
        raise Wrong(f"has in {layer.name} the variables {', '.join(map(str, sorted(map(str, layer.values))))}, and needs "
                    f"{', '.join(needed)} ({len(values)} of {len(names)})")
    for key, value in values.items():
        rank = {"dense": 2}.get(layer.kind, 4) if key == "kernel" else 1
        if value.ndim != rank or not numpy.issubdtype(value.dtype, numpy.floating):
            raise Wrong(f"has in {layer.name} a {key} of type {value.dtype} and shape {list(value.shape)}, where floating-point "
                        f"numbers of {rank} dimensions belong")
    layer.values = {key: value.astype(numpy.float32) for key, value in values.items()}
    return layer


def read(path):
    """The layers of each network of a file. Raises Wrong and OSError."""
    data = pathlib.Path(path).read_bytes()
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = archive.read("model.weights.h5")
    except KeyError:
        raise Wrong("is a zip archive without the model.weights.h5 that a .keras has") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise Wrong(f"is a damaged archive: {error}") from None
    if not data.startswith(b"\x89HDF\r\n\x1a\n"):
        raise Wrong(f"is no HDF5 file, as Keras writes weights; where it is a checkpoint of TensorFlow, {HOW_TO_SAVE}")
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            return layers_of(file)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise Wrong(f"is a damaged HDF5 file: {error}") from None
