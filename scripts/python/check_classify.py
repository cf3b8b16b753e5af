"""Holds `classify` to other tools. D's features of the train pictures are compared with those of the exported PyTorch module:
each convolution's maps, after the batch norm and the activation that follow it, through AdaptiveMaxPool2d(4). The accuracy is
compared with that of scikit-learn's LinearSVC, with the same C, on the features that `--features` writes. Without --run, a
small D is trained for some steps on faces, which are told apart by their hair. Exits 1 where a feature differs by more than
1e-5 of the largest, or the accuracies by more than 0.3 points.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import numpy
import torch
from PIL import Image
from sklearn.svm import LinearSVC
from torch import nn

import program_argument
import safetensors_file
from exchange import Failed, call, module

FEATURE_TOLERANCE, POINTS = 1e-5, 0.3
COMPARED = 200


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check-classify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: scripts/check-classify --run runs/cifar --data cifar10/train --test cifar10/test --labels folders")
    parser.add_argument("--run", type=pathlib.Path, help="a run's folder, in place of a small one")
    parser.add_argument("--data", type=pathlib.Path, help="with --run: a folder of pictures of D's size, in PNG or JPEG")
    parser.add_argument("--test", type=pathlib.Path, help="with --run: the test pictures")
    parser.add_argument("--labels", help="with --run: as classify's")
    given = program_argument.parse(parser)
    if given.run and not (given.data and given.test):
        parser.error("--run needs --data and --test")
    return given


def prepare(program, folder):
    """A small run, train and test pictures, and the labels' source."""
    faces = ("data", "faces", "--size", 32)
    call(folder, program, *faces, "--count", 900, "--out", "train")
    call(folder, program, *faces, "--count", 600, "--seed", 2, "--out", "test")
    call(folder, program, "train", "--size", 32, "--width", 16, "--batch-size", 32, "--steps", 40, "--sample-every", 0,
         "--data", "train", "--out", "run")
    return folder / "run", folder / "train", folder / "test", None


def pictures(folder):
    """The first pictures of a folder in the order of their paths, [n, 3, H, W] in [-1, 1]."""
    paths = sorted((path for path in folder.rglob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg")),
                   key=lambda path: str(path.relative_to(folder)).encode())
    bytes_ = [numpy.asarray(Image.open(path).convert("RGB")) for path in paths[:COMPARED]]
    return torch.from_numpy(numpy.stack(bytes_)).permute(0, 3, 1, 2).float() / 127.5 - 1


def features(main, read):
    """D's features as the paper takes them, [n, F]: convolution after convolution, cell after cell, channel after channel."""
    joined, at = [], 0
    pool = nn.AdaptiveMaxPool2d(4)
    steps = list(main)
    with torch.no_grad():
        while at < len(steps):
            is_convolution = isinstance(steps[at], (nn.Conv2d, nn.ConvTranspose2d))
            read, at = steps[at](read), at + 1
            while is_convolution and at < len(steps) and isinstance(
                    steps[at], (nn.BatchNorm2d, nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid)):
                read, at = steps[at](read), at + 1
            if is_convolution and at < len(steps) and min(read.shape[2:]) >= 4:
                joined.append(pool(read).permute(0, 2, 3, 1).flatten(1))
    return torch.cat(joined, 1).numpy()


def compare(given, folder):
    """The table's numbers. Raises Failed."""
    if given.run:
        run, train, test, labels = given.run.resolve(), given.data.resolve(), given.test.resolve(), given.labels
    else:
        run, train, test, labels = prepare(given.program, folder)
    words = ["classify", "--checkpoint", run, "--data", train, "--test", test, "--baselines", "none", "--json"]
    words += ["--features", "features.safetensors"] + (["--labels", labels] if labels else [])
    row = json.loads(call(folder, given.program, *words))["features"][0]
    call(folder, given.program, "export", run, "--format", "pytorch", "--out", "torch")
    held = safetensors_file.read(folder / "features.safetensors")
    main = module(folder / "torch").load(folder / "torch").discriminator.eval().main
    theirs = features(main, pictures(train))
    ours = held["train.features"][:len(theirs)]
    if ours.shape != theirs.shape:
        raise Failed(f"there are {ours.shape[1]} features here, and PyTorch's are {theirs.shape[1]}")
    apart = float(numpy.abs(ours - theirs).max() / numpy.abs(theirs).max())
    parts = [(held[f"{part}.features"] - held["means"]) * held["scales"] for part in ("train", "test")]
    model = LinearSVC(C=row["c"], dual=False, tol=1e-3, max_iter=1000)
    model.fit(parts[0], held["train.labels"])
    accuracy = float((model.predict(parts[1]) == held["test.labels"]).mean())
    return len(theirs), ours.shape[1], apart, row["c"], 100 * row["accuracy"], 100 * accuracy


def main():
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        try:
            count, size, apart, c, ours, theirs = compare(given, pathlib.Path(folder))
        except Failed as failed:
            print(f"check-classify: {failed}", file=sys.stderr)
            raise SystemExit(1) from None
    print("| features | pictures compared | difference | C | accuracy | LinearSVC |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(f"| {size} | {count} | {apart:.1e} | {c:.2g} | {ours:.2f}% | {theirs:.2f}% |")
    if not apart <= FEATURE_TOLERANCE:
        raise SystemExit(f"check-classify: features differ by more than {FEATURE_TOLERANCE:.0e} of the largest")
    if not abs(ours - theirs) <= POINTS:
        raise SystemExit(f"check-classify: the accuracies differ by more than {POINTS} points")


if __name__ == "__main__":
    main()
