"""Usage: check_keras_files.py PROGRAM

Holds scripts/python/keras_to_safetensors.py to files that are laid out as Keras lays them out, and were written here, so that
no Keras is needed: each number must arrive at its place, and `dcgan-dist import` must take them. scripts/check-import holds
it to files of Keras itself. What cannot be converted must give its sentence. Needs h5py and NumPy.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

import h5py
import numpy

import safetensors_file
from keras_file import KINDS

WIDTH, LATENT = 2, 128
SCRIPT = pathlib.Path(__file__).with_name("keras_to_safetensors.py")


def shapes(role):
    """Keras's name of each layer, the program's place of it, and the shapes of its variables, by role. The names are in the
    order in which Keras counts."""
    w = WIDTH
    if role == "discriminator":
        sides = (3, w, 2 * w, 4 * w, 8 * w)
        convolutions = [("conv2d", 3 * place, [(5, 5, *pair), pair[1:]]) for place, pair in enumerate(zip(sides, sides[1:]))]
        return [*convolutions, ("dense", 13, [(128 * w, 1), (1,)])]
    sides = (8 * w, 4 * w, 2 * w, w, w // 2)
    layers = [("dense", 0, [(LATENT, 128 * w)]), ("batch_normalization", 1, [(128 * w,)] * 4)]
    for place, (taken, made) in enumerate(zip(sides, sides[1:])):
        layers += [("conv2d_transpose", 4 + 3 * place, [(5, 5, made, taken)]),
                   ("batch_normalization", 5 + 3 * place, [(made,)] * 4)]
    return [*layers, ("conv2d", 16, [(5, 5, w // 2, 3), (3,)])]


def network(role, random):
    """Triples of kind, place and variables."""
    return [(kind, place, [random.standard_normal(shape).astype(numpy.float32) for shape in found])
            for kind, place, found in shapes(role)]


def counted(layers, first=0):
    """The layers with Keras's names, of which the first of a kind has no count, or the count `first`."""
    counts = {}
    for kind, _, values in layers:
        count = counts.setdefault(kind, first)
        counts[kind] += 1
        yield f"{kind}_{count}" if count else kind, kind, values


def write_numbered(group, layers, container="layers"):
    """As `save_weights` writes a .weights.h5, with groups of layers without variables, and an optimizer."""
    for name, _, values in counted(layers):
        variables = group.create_group(f"{container}/{name}/vars")
        for place, value in enumerate(values):
            variables[str(place)] = value
    group.create_group(f"{container}/leaky_re_lu/vars")
    group[f"{container}/dropout/seed_generator/vars/0"] = numpy.zeros(2, numpy.uint32)
    group["optimizer/vars/0"] = numpy.int64(0)


def write_named(group, layers):
    """As .h5 files of before have it; counts go on from model to model there."""
    names = []
    for name, kind, values in counted(layers, 9):
        names.append(name)
        for parameter, value in zip(KINDS[kind], values):
            group[f"{name}/model/{name}/{parameter}:0"] = value
    group.attrs["layer_names"] = names


def converted(path):
    """What the script made of a file. Raises AssertionError with its sentence."""
    made = path.with_name("made.safetensors")
    done = subprocess.run([sys.executable, "-B", SCRIPT, path, made], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return safetensors_file.read(made)


def check_numbers(role, layers, made):
    """Holds each tensor to its variable, number by number where they are in another order."""
    named = {f"{role}.main.{place}": (kind, values) for kind, place, values in layers}
    assert {name.rpartition(".")[0] for name in made} == set(named), sorted(made)
    channels = 8 * WIDTH
    place = [(pixel * channels + channel) for channel in range(channels) for pixel in range(16)]  # of PyTorch's numbers
    for name, (kind, values) in named.items():
        kernel, weight = values[0], made[f"{name}.weight"]
        if kind.startswith("conv"):
            for at in numpy.ndindex(kernel.shape):
                assert weight[at[3], at[2], at[0], at[1]] == kernel[at], (name, at)
        elif kind == "dense" and role == "generator":
            assert (weight == [kernel[:, i] for i in place]).all(), name
        elif kind == "dense":
            assert (weight == [[kernel[i, 0] for i in place]]).all(), name
        parameters = ("weight", "bias", "running_mean", "running_var") if kind == "batch_normalization" else ("weight", "bias")
        for parameter, value in zip(parameters, values):
            if value.ndim == 1:
                found = made[f"{name}.{parameter}"]
                assert (found == ([value[i] for i in place] if name == "generator.main.1" else value)).all(), (name, parameter)


def check_layouts(folder, pair):
    """Each layout that Keras has."""
    for role, layers in pair.items():
        for container in ("layers", "_layer_checkpoint_dependencies"):
            with h5py.File(folder / f"{role}.weights.h5", "w") as file:
                write_numbered(file, layers, container)
            check_numbers(role, layers, converted(folder / f"{role}.weights.h5"))
        with zipfile.ZipFile(folder / f"{role}.keras", "w") as archive:
            archive.write(folder / f"{role}.weights.h5", "model.weights.h5")
        check_numbers(role, layers, converted(folder / f"{role}.keras"))
        for above in ("", "model_weights"):
            with h5py.File(folder / f"{role}.h5", "w") as file:
                write_named(file.create_group(above) if above else file, layers)
            check_numbers(role, layers, converted(folder / f"{role}.h5"))
    for one, other in (("generator", "discriminator"), ("layers/sequential", "layers/sequential_1")):
        path = folder / "both.weights.h5"
        with h5py.File(path, "w") as file:
            for name, role in ((one, "generator"), (other, "discriminator")):
                write_numbered(file.create_group(name), pair[role])
        made = converted(path)
        for role, layers in pair.items():
            check_numbers(role, layers, {name: value for name, value in made.items() if name.startswith(role)})


def check_import(folder, program):
    """The program takes the last file of both, and holds what was converted."""
    subprocess.run([program, "import", folder / "made.safetensors", "--preset", "keras64", "--width", str(WIDTH), "--out",
                    folder / "run"], check=True, capture_output=True)
    (model,) = (folder / "run/checkpoints").glob("*/model.safetensors")
    held, made = safetensors_file.read(model), safetensors_file.read(folder / "made.safetensors")
    for name, values in made.items():
        assert (held[name] == values).all(), name


def check_sentences(folder, pair):
    """What cannot be converted, and a part of what is said of it."""
    def numbered(name, layers, *more):
        with h5py.File(folder / name, "w") as file:
            write_numbered(file, layers)
            for path, value in more:
                file[path] = value
        return folder / name

    def plain(name, data):
        (folder / name).write_bytes(data)
        return folder / name

    g, d = pair.values()
    norm, dense = (numpy.zeros(shape, numpy.float32) for shape in ((3,), (7, 1)))
    whole = numbered("whole.weights.h5", d)
    with h5py.File(folder / "data.h5", "w") as file:
        file["images"] = norm
    with zipfile.ZipFile(folder / "other.keras", "w") as archive:
        archive.writestr("data.pkl", "")
    with h5py.File(folder / "two.weights.h5", "w") as file:
        for name in ("first", "second"):
            write_numbered(file.create_group(name), d)
    for path, said in (
            (folder / "gone.weights.h5", "gone.weights.h5 cannot be read: No such file"),
            (folder, "cannot be read: Is a directory"),
            (plain("empty.h5", b""), "empty.h5 is no HDF5 file"),
            (plain("ckpt-1.index", b"plain text"), "by model.save_weights("),
            (plain("short.weights.h5", whole.read_bytes()[:1000]), "is a damaged HDF5 file: "),
            (plain("short.keras", b"PK\3\4" + bytes(50)), "is a damaged archive: "),
            (folder / "other.keras", "is a zip archive without the model.weights.h5"),
            (folder / "data.h5", "holds no layers of Keras"),
            (folder / "two.weights.h5", "holds more than one discriminator, the second in second"),
            (numbered("less.weights.h5", [layer for layer in g if layer[1] != 5]),
             "holds batch_normalization (4), conv2d (1), conv2d_transpose (4), dense (1), and is not of the tutorial"),
            (numbered("more.weights.h5", d, ("layers/embedding/vars/0", norm)), "dense (1), embedding (1), and is not of"),
            (numbered("scale.weights.h5", [(kind, place, values[:3]) for kind, place, values in g]),
             "has in layers/batch_normalization the variables 0, 1, 2, and needs gamma, beta, moving_mean, moving_variance"),
            (numbered("flat.weights.h5", [*d[:-1], ("dense", 13, [norm])]), "a kernel of type float32 and shape [3]"),
            (numbered("whole.weights.h5", [*d[:-1], ("dense", 13, [dense.astype(int)])]), "a kernel of type int64"),
            (numbered("other.weights.h5", [*d[:-1], ("dense", 13, [dense])]),
             "a kernel of shape [7, 1], and 7 numbers are no square picture of the 16 channels")):
        done = subprocess.run([sys.executable, "-B", SCRIPT, path], capture_output=True, text=True, check=False)
        lines = done.stderr.splitlines()
        assert done.returncode == 1 and len(lines) == 1 and said in lines[0], (said, done.stderr)
        assert lines[0].startswith(f"keras-to-safetensors: {path} "), lines[0]


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    random = numpy.random.default_rng(1)
    pair = {role: network(role, random) for role in ("generator", "discriminator")}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_layouts(folder, pair)
        check_import(folder, program)
        check_sentences(folder, pair)
    print("Keras's files arrive number by number")


if __name__ == "__main__":
    main()
