"""Trains every preset with two builds of the program and compares what they wrote: check_same.py OLD NEW [--only NAME...]

For a change that should alter no number. Small widths, 20 steps, on 1 and on 2 ranks: both networks, both optimizers,
sheets and the sheet of reals byte by byte, metrics but for times and memory. A run of OLD, stopped half-way, is gone on with by
NEW and must end as OLD's own. Exits 1 where anything differs.
"""

import argparse
import gzip
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

from check_presets import Failed, presets, run, say

STEPS, HALF = 20, 10
OPTIONS = ["--batch-size", "16", "--threads", "1", "--log-every", "1", "--sample-every", "10", "--checkpoint-every", "10"]
# What differs between two runs of one program.
TIMES = {"seconds", "images_per_second", "comm_seconds", "data_seconds", "wait_seconds", "batch_norm_wait_seconds",
         "overlap_percent", "memory_bytes"}  # fmt: skip
# Presets that are trained on digits; the others draw faces.
DIGITS = ("cgan28", "infogan28", "vanilla")


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check-same", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: scripts/check-same /elsewhere/dcgan-dist --only dcgan64 cgan28")
    parser.add_argument("old", type=pathlib.Path, help="the program of before")
    parser.add_argument("new", type=pathlib.Path, help="the program of now")
    parser.add_argument("--only", metavar="NAME", nargs="+", help="only these presets")
    given = parser.parse_args()
    for program in (given.old, given.new):
        if not os.access(program, os.X_OK):
            parser.exit(1, f"check-same: there is no program {program}\n")
    return given


def digits(folder):
    """200 pictures of 28 x 28 and their labels, as MNIST's files are. Returns the pictures' path."""
    source = random.Random(5)
    for name, header, count in (("images-idx3", (2051, 200, 28, 28), 200 * 784), ("labels-idx1", (2049, 200), 200)):
        values = bytes(source.randrange(256 if count > 200 else 10) for _ in range(count))
        with gzip.open(f"{folder}/made-{name}-ubyte.gz", "wb") as file:
            file.write(struct.pack(f">{len(header)}I", *header) + values)
    return f"{folder}/made-images-idx3-ubyte.gz"


def files(run):
    """What a run wrote that must be equal, by name."""
    found = {}
    for pattern in ("checkpoints/step-*/*.safetensors", "samples/*.png", "reals.png"):
        for path in sorted(run.glob(pattern)):
            found[str(path.relative_to(run))] = path.read_bytes()
    return found


def metrics(run):
    """The numbers of each logged step, without times."""
    lines = [json.loads(line) for line in open(run / "metrics.jsonl", encoding="utf-8")]
    return [{key: value for key, value in line.items() if key not in TIMES} for line in lines]


def differences(one, other):
    """In what two runs differ, in words."""
    mine, theirs = files(one), files(other)
    found = [f"{name} is missing in one" for name in sorted(set(mine) ^ set(theirs))]
    found += [f"{name} differs" for name in sorted(set(mine) & set(theirs)) if mine[name] != theirs[name]]
    for first, second in zip(metrics(one), metrics(other)):
        keys = [key for key in first if key in second and first[key] != second[key]]
        if keys:
            found.append(f"metrics of step {first['step']}: {', '.join(keys)}")
    if len(metrics(one)) != len(metrics(other)) or len(metrics(one)) != STEPS:
        found.append(f"{len(metrics(one))} and {len(metrics(other))} lines of metrics, of {STEPS}")
    return found


def train(program, folder, *words):
    # A program of before has no names in the margins of its sheets.
    bare = ["--sheet-labels", "off"] if "--sheet-labels" in run(program, "train", "--help")[0] else []
    run(program, "train", "--out", folder, *words, *bare)
    return pathlib.Path(folder)


def compare(given, preset, work, data):
    """What differs for a preset; empty where nothing does."""
    width = ["--width", "8"] if preset != "vanilla" else []
    words = ["--preset", preset, *width, *OPTIONS, *(["--data", data] if preset in DIGITS else [])]
    found = []
    for ranks in (1, 2):
        whole = [f"{work}/{preset}-{ranks}-{name}" for name in ("old", "new", "half")]
        old, new = (train(program, folder, *words, "--ranks", ranks, "--steps", STEPS)
                    for program, folder in zip((given.old, given.new), whole))  # fmt: skip
        found += [f"{ranks} ranks: {words}" for words in differences(old, new)]
        half = train(given.old, whole[2], *words, "--ranks", ranks, "--steps", HALF)
        run(given.new, "train", "--resume", half, "--ranks", ranks, "--steps", STEPS)
        found += [f"{ranks} ranks, gone on with by the new program: {words}" for words in differences(old, half)]
    return found


def main():
    given = arguments()
    troubles = 0
    try:
        known = presets(given.old)
    except Failed as failed:
        raise SystemExit(f"check-same: {failed}") from failed
    with tempfile.TemporaryDirectory(prefix="dcgan-same-") as work:
        data = digits(work)
        for preset in given.only or known:
            try:
                found = compare(given, preset, work, data)
            except (Failed, OSError, ValueError, subprocess.SubprocessError) as failed:
                found = [str(failed)]
            say(f"{preset}: {'the same' if not found else 'different'}")
            for words in found[:10]:
                say(f"  {words}")
            troubles += bool(found)
    sys.exit(1 if troubles else 0)


if __name__ == "__main__":
    main()
