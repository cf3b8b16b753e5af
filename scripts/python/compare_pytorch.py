"""Measures dcgan-dist beside PyTorch on this machine and prints a Markdown table on standard output.

Both sides train on synthetic pictures, in turn and each alone, in an environment without the caller's settings. A
run during which another process used more than 2% of a core is run again. PyTorch is tried tuned and under
torch.compile, each with OMP_WAIT_POLICY passive and active: after one round of all four the fastest two go on, and
the better of their medians is PyTorch's figure.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from comparison_report import document, footer, table
from comparison_rounds import Comparison
from comparison_rows import GROUPS, chosen
from comparison_sides import Sides
from lone_runs import clean_environment
from machine_lock import Busy, claim

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/compare-pytorch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n\n".join(
            f"rows of the group {name}:\n" + "\n".join(f"  {row.name:12}{row.figure}" for row in group)
            for name, group in GROUPS.items())
        + "\n\nA goal that is missed is no error: the exit code is 1 only if something could not be measured.")
    parser.add_argument("--rows", metavar="A,B", help="measure only these rows or groups of rows")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side that count (default 5)")
    parser.add_argument("--steps", type=int, help="timed steps of a run (default: the row's, 7 at batch 128)")
    parser.add_argument("--thorough", action="store_true", help="all four settings of PyTorch go through all rounds")
    parser.add_argument("--tolerance", type=float, default=2, metavar="PERCENT",
                        help="of a core, that another process may use during a run (default 2)")
    parser.add_argument("--repeats", type=int, default=5,
                        help="how often a disturbed run is run again before the least disturbed is taken (default 5)")
    parser.add_argument("--limit", type=float, default=10, metavar="MINUTES",
                        help="that a run may take, compiling included; a mode that needs more is left out (default 10)")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too, after each row")
    parser.add_argument("--python", metavar="PATH", help="a Python that has PyTorch (default: .venv, made if missing)")
    parser.add_argument("--program", metavar="PATH", default=str(ROOT / ".build/release/dcgan-dist"),
                        help="our side (default: .build/release/dcgan-dist)")
    given = parser.parse_args()
    for name, least in (("rounds", 1), ("steps", 1), ("repeats", 0), ("tolerance", 0)):
        if getattr(given, name) is not None and getattr(given, name) < least:
            parser.error(f"--{name} must be at least {least}, and is {getattr(given, name)}")
    if not 0 < given.limit < float("inf"):
        parser.error(f"--limit must be above 0, and is {given.limit:g}")
    try:
        given.chosen = chosen(given.rows)
    except ValueError as error:
        parser.error(str(error))
    return given


def fail(sentence):
    raise SystemExit(f"compare-pytorch: {sentence}")


def output(command, complaint):
    """What a command prints, or the end of this program with a sentence."""
    try:
        done = subprocess.run(command, env=clean_environment({}), capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        fail(f"{complaint} It said: {said[-1] if said else 'nothing'}")
    return done.stdout.strip()


def python_with_torch(path):
    """The Python of PyTorch's side; without one given, that of .venv, which is made if it is missing."""
    if path:
        return path
    made = subprocess.run(
        ["bash", "-c", "set -euo pipefail; source scripts/common.sh; prepare_python", "compare-pytorch"], cwd=ROOT,
        check=False)
    if made.returncode != 0:
        raise SystemExit(1)
    return str(ROOT / ".venv/bin/python")


def main():
    given = arguments()
    if not sys.platform.startswith("linux"):
        fail("it watches other processes through /proc, which only Linux has.")
    if not os.access(given.program, os.X_OK):
        fail(f"there is no program {given.program}; build it with: swift build -c release")
    given.program = str(pathlib.Path(given.program).resolve())
    try:
        claim("scripts/compare-pytorch")  # until this process ends
    except Busy as busy:
        fail(str(busy))
    given.python = python_with_torch(given.python)
    program = {
        "version": output([given.program, "--version"], f"{given.program} does not run."),
        "torch": output([given.python, "-c", "import torch, numpy; print(torch.__version__)"],
                        f"{given.python} has no PyTorch with NumPy; leave out --python to have both installed.")}
    comparison = Comparison(Sides(given), given.rounds, given.thorough)
    rows = []
    for row in given.chosen:
        rows.append(comparison.measure(row))
        if given.json:
            pathlib.Path(given.json).write_text(json.dumps(document(rows, given, program), indent=2) + "\n",
                                                encoding="utf-8")
    print(f"{table(rows)}\n\n{footer(rows, given, program)}")
    if any(row.problem for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
