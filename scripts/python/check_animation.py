#!/usr/bin/env python3
"""Reads progress.gif and reals-and-fakes.png of a run with Pillow, and compares them with the run's sheets.

  check_animation.py RUN
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence


def off(one, other):
    """How far the colours of two pictures are off, as the root of the mean square."""
    return float(np.sqrt(np.mean((one.astype(float) - other.astype(float)) ** 2)))


def pixels(picture):
    return np.array(picture.convert("RGB"))


def distant(picture):
    """Means of 4 x 4 pixels, as one sees a sheet from a distance."""
    height, width = (side // 4 for side in picture.shape[:2])
    return picture[: 4 * height, : 4 * width].reshape(height, 4, width, 4, 3).mean((1, 3))


def check(run):
    sheets = sorted((run / "samples").glob("step-*.png"))
    # Those of an earlier grid are left out.
    sheets = [path for path in sheets if Image.open(path).size == Image.open(sheets[-1]).size]
    options = json.loads((run / "options.json").read_text())
    rate = options["animation_fps"]
    with Image.open(run / "progress.gif") as animation:
        if animation.info["version"] != b"GIF89a" or animation.info.get("loop") != 0:
            sys.exit("progress.gif is no GIF89a that is repeated without end")
        if animation.n_frames != len(sheets):
            sys.exit(f"progress.gif has {animation.n_frames} frames, and there are {len(sheets)} sheets")
        worst = [0.0, 0.0]
        for path, frame in zip(sheets, ImageSequence.Iterator(animation)):
            if frame.info["duration"] != 10 * round(100 / rate):
                sys.exit(f"the frame of {path.name} stays {frame.info['duration']} ms at {rate} frames a second")
            sheet, shown = pixels(Image.open(path)), pixels(frame)
            if sheet.shape != shown.shape:
                sys.exit(f"the frame of {path.name} has another size than the sheet")
            found = [off(sheet, shown), off(distant(sheet), distant(shown))]
            worst = [max(pair) for pair in zip(worst, found)]
    if worst[0] > 12 or worst[1] > 3:
        sys.exit(f"the colours of progress.gif are up to {worst[0]:.1f} off, from a distance {worst[1]:.1f}")
    both = pixels(Image.open(run / "reals-and-fakes.png"))
    padding, cell = options["sheet_padding"], options["size"] + options["sheet_padding"]
    across, down = (int(side) * cell + padding for side in options["sheet"].split("x"))
    for path in (run / "reals.png", sheets[-1]):
        # Without the names at the left and above.
        sheet = pixels(Image.open(path))[-down:, -across:]
        height, width = sheet.shape[:2]
        top = both.shape[0] - height - 24
        if not any(
            np.array_equal(both[top : top + height, left : left + width], sheet)
            for left in range(both.shape[1] - width + 1)
        ):
            sys.exit(f"{path.name} is not in reals-and-fakes.png")
    print(
        f"{run}: {len(sheets)} frames, colours at most {worst[0]:.1f} of 255 off, from a distance {worst[1]:.1f}, as Pillow"
        " reads them"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    check(Path(sys.argv[1]))
