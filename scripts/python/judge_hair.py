"""The judge of hair: the rule of Sources/Datasets/Faces/HairRegion.swift, with the numbers that stand there."""

import csv
import pathlib
import re
import tempfile

import numpy
from PIL import Image

from condition_runs import Unfit

SEED, COUNT = 2014, 1000  # of the real faces that the judge is held to


def numbers(path, pattern):
    """What a pattern finds in a source file, at least once. Raises Unfit."""
    found = re.findall(pattern, path.read_text(encoding="utf-8"))
    if not found:
        raise Unfit(f"{path} has nothing of the form {pattern}; this judge should be changed as that file was")
    return found


class Judge:
    """Says which of `names` the hair of a face has: the mean colour in a disc at the crown, and of the palette's colours
    the one at the least squared distance to it in RGB. `faces` is the folder of the drawer's source."""

    def __init__(self, faces):
        region, colours = faces / "HairRegion.swift", faces / "FaceColours.swift"
        (centre,) = numbers(region, r"let centre: .* = \(([\d.]+), ([\d.]+)\)")
        (radius,) = numbers(region, r"let radius: .* = ([\d.]+)")
        self.centre, self.radius = tuple(map(float, centre)), float(radius)
        (entries,) = numbers(colours, r"(?s)static let hair = \[(.*?)\n  \]")
        palette = re.findall(r'FaceColour\("(\w+)", 0x([0-9A-F]{6})\)', entries)
        self.names = [name for name, _ in palette]
        self.palette = numpy.array([list(bytes.fromhex(colour)) for _, colour in palette], float)

    def disc(self, size):
        """Which pixels of a picture of size x size have their centres in the disc."""
        places = (numpy.arange(size) + 0.5) / size
        x, y = places[None, :] - self.centre[0], places[:, None] - self.centre[1]
        return x**2 + y**2 <= self.radius**2

    def __call__(self, pictures):
        """The place in `names` of each of [N, 3, S, S], 0 to 1."""
        if pictures.shape[1] != 3:
            raise Unfit(f"the run's pictures have {pictures.shape[1]} channels, and colours are seen in 3")
        means = 255 * pictures[:, :, self.disc(pictures.shape[-1])].mean(2)
        return ((means[:, None] - self.palette) ** 2).sum(2).argmin(1)

    def of_real(self, program, size):
        """How many real faces of this size it is right about, and of how many."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name) / "faces"
            program.call("data", "faces", "--count", COUNT, "--size", size, "--seed", SEED, "--out", folder)
            with open(folder / "labels.csv", encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            faces = numpy.stack([numpy.asarray(Image.open(folder / row["file"]).convert("RGB")) for row in rows])
        seen = self(faces.transpose(0, 3, 1, 2) / 255)
        return sum(self.names[place] == row["hair"] for place, row in zip(seen, rows)), len(rows)
