"""Writes the weights of Keras's DCGAN tutorial as safetensors, by PyTorch's names and layouts. See
scripts/keras-to-safetensors.

Keras's pictures lie as H, W, C, and PyTorch's as C, H, W. So the kernels [H, W, C, OC] of convolutions become
[OC, C, H, W], those of transposed convolutions [H, W, OC, C] become [C, OC, H, W], neither mirrored, and where G's dense
layer makes a picture, or D's reads one, its numbers come in another order, and so do those of G's first batch norm.
"""

import math
import pathlib
import sys

try:
    import numpy

    import safetensors_file
    from keras_file import KINDS, Wrong, read
except ModuleNotFoundError as missing:
    sys.exit(f"keras-to-safetensors: {sys.executable} has no {missing.name}: {sys.executable} -m pip install h5py numpy")

FORMS = ("G has a dense layer, transposed convolutions, a last convolution or transposed convolution, and a batch norm before "
         "each of these; D has convolutions and a dense layer")
NAMES = {"kernel": "weight", "gamma": "weight", "bias": "bias", "beta": "bias", "moving_mean": "running_mean",
         "moving_variance": "running_var"}
ENDINGS = (".weights.h5", ".h5", ".hdf5", ".keras")


def generator(kinds):
    """The layers by the places that the program gives them. After each batch norm comes an activation, and after the first
    a reshape too."""
    dense, norms, ups, convolutions = (kinds[kind] for kind in ("dense", "batch_normalization", "conv2d_transpose", "conv2d"))
    stages, last = (ups, convolutions) if convolutions else (ups[:-1], ups[-1:])
    if len(dense) != 1 or len(last) != 1 or len(norms) != len(stages) + 1:
        return None
    layers = {0: dense[0], 1: norms[0], 4 + 3 * len(stages): last[0]}
    for place, (up, norm) in enumerate(zip(stages, norms[1:])):
        layers |= {4 + 3 * place: up, 5 + 3 * place: norm}
    return layers


def discriminator(kinds):
    """Likewise: after each convolution come an activation and a dropout, and a reshape before the dense layer."""
    dense, convolutions = kinds["dense"], kinds["conv2d"]
    if len(dense) != 1 or not convolutions or kinds["batch_normalization"]:
        return None
    return {3 * place: layer for place, layer in enumerate(convolutions)} | {3 * len(convolutions) + 1: dense[0]}


def torch_order(layer, key, axis, channels):
    """A variable whose numbers along the axis are a picture H, W, C, as C, H, W. Raises Wrong."""
    values = layer.values[key]
    count = values.shape[axis]
    side = math.isqrt(count // channels)
    if side * side * channels != count:
        raise Wrong(f"has in {layer.name} a {key} of shape {list(values.shape)}, and {count} numbers are no square picture of "
                    f"the {channels} channels that the convolution beside it has")
    places = numpy.arange(count).reshape(side, side, channels).transpose(2, 0, 1).reshape(-1)
    layer.values[key] = values.take(places, axis)


def tensors(layers):
    """The role of a network, and its tensors by name. Raises Wrong."""
    kinds = {kind: sorted((layer for layer in layers if layer.kind == kind), key=lambda layer: layer.count) for kind in KINDS}
    role, form = ("generator", generator) if kinds["conv2d_transpose"] else ("discriminator", discriminator)
    placed = form(kinds) if all(layer.kind in KINDS for layer in layers) else None
    if placed is None:
        counts = {}
        for layer in layers:
            counts[layer.kind] = counts.get(layer.kind, 0) + 1
        raise Wrong(f"holds {', '.join(f'{kind} ({count})' for kind, count in sorted(counts.items()))}, and is not of the "
                    f"tutorial that keras64 reproduces: {FORMS}")
    if role == "generator":
        channels = kinds["conv2d_transpose"][0].values["kernel"].shape[3]
        for layer in (placed[0], placed[1]):
            for key in layer.values:
                torch_order(layer, key, -1, channels)
    else:
        torch_order(kinds["dense"][0], "kernel", 0, kinds["conv2d"][-1].values["kernel"].shape[3])
    return role, {f"{role}.main.{place}.{NAMES[key]}": values.transpose(3, 2, 0, 1) if values.ndim == 4 else values.T
                  for place, layer in sorted(placed.items()) for key, values in layer.values.items()}


def main():
    source = pathlib.Path(sys.argv[1])
    ending = next((ending for ending in ENDINGS if source.name.endswith(ending)), source.suffix)
    target = source.with_name(f"{source.name.removesuffix(ending)}.safetensors")
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else target
    found = {}
    try:
        networks = read(source)
        if not networks:
            raise Wrong("holds no layers of Keras")
        for network, layers in sorted(networks.items()):
            role, made = tensors(layers)
            if any(name.startswith(f"{role}.") for name in found):
                raise Wrong(f"holds more than one {role}, the second in {network or 'the model itself'}")
            found |= made
    except OSError as error:
        sys.exit(f"keras-to-safetensors: {source} cannot be read: {error.strerror or error}")
    except Wrong as wrong:
        sys.exit(f"keras-to-safetensors: {source} {wrong}")
    try:
        safetensors_file.write(target, found)
    except OSError as error:
        sys.exit(f"keras-to-safetensors: {target} cannot be written: {error.strerror or error}")
    roles = sorted({name.partition(".")[0] for name in found}, reverse=True)
    print(f"wrote {target}: {len(found)} tensors of the {' and the '.join(roles)}", file=sys.stderr)


if __name__ == "__main__":
    main()
