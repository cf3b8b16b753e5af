"""Verifies every preset that the program lists: the same training on 1, 2 and 4 ranks at a small width, and on 1 and 2 at
full width, compared to the bit after each step. Where a preset's batch gives fewer than four slices by default, it is cut
into four. Prints a Markdown table and exits 1 where anything differs or a preset does not run.
"""

import argparse
import json
import re
import subprocess
import sys

import program_argument

LIMIT = 1800  # seconds that one verification may take
COLUMNS = ("preset", "width", "ranks", "global batch", "slices", "steps", "tensors", "equal")


class Failed(Exception):
    """The program ended with an error; says with which."""


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check-presets", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: scripts/check-presets --only slim64 cgan28 --steps 3")
    parser.add_argument("--only", metavar="NAME", nargs="+", help="only these presets")
    parser.add_argument("--steps", type=int, default=3, help="of each at the small width (default: 3)")
    parser.add_argument("--width", type=int, default=8, help="the small width (default: 8)")
    parser.add_argument("--full-steps", type=int, default=2, help="of each at full width (default: 2)")
    parser.add_argument("--no-full-width", action="store_true", help="leave out the full widths")
    given = program_argument.parse(parser)
    for name in ("steps", "width", "full_steps"):
        if getattr(given, name) < 1:
            parser.error(f"--{name.replace('_', '-')} should be 1 or more; it is {getattr(given, name)}")
    return given


def run(*command):
    """What a command prints on standard output and standard error. Raises Failed; `verify`, whose exit code is 1 where
    ranks differ, has not failed where it printed a report."""
    try:
        done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"it was not done after {LIMIT} s") from None
    if done.returncode != 0 and not done.stdout.strip():
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise Failed(next((line for line in said if line.startswith("error:")), said[-1]))
    return done.stdout, done.stderr


def presets(program):
    """The names that the program lists, for a person: on standard error, each with what it is. Raises Failed."""
    _, listed = run(program, "presets")
    names = re.findall(r"^(\w+)  +\S", listed, re.MULTILINE)
    if not names:
        raise Failed(f"`presets` should list them, a line each, and said: {listed.strip()[:200]!r}")
    return names


def default_slices(batch):
    """The largest power of two up to 8 that divides a batch and leaves at least 8 pictures a slice."""
    return max(count for count in (1, 2, 4, 8) if count == 1 or (batch % count == 0 and batch // count >= 8))


def verify(program, preset, ranks, steps, width):
    """A row of the table, and the difference in words; nothing where there is none."""
    said = ""
    try:
        said, _ = run(program, "presets", preset, "--json")
        flags = ["--slices", "4"] if default_slices(json.loads(said)["recipe"]["batch_size"]) < 4 else []
        flags += ["--width", width] if width else []
        said, _ = run(program, "verify", "--preset", preset, "--ranks", ranks, "--steps", steps, "--json", *flags)
        report = json.loads(said)
        # Two counts of ranks, or three, must have been compared with the first.
        compared = [one["equal"] for one in report["variants"] if one["compared_with"] is not None]
        equal = report["equal"] and all(compared) and len(compared) == ranks.count(",")
        differences = [str(one["difference"]) for one in report["variants"] if one["difference"]]
        row = (preset, width or "full", ranks, report["batch_size"], report["slices"], steps, report["tensors"],
               "yes" if equal else "no")
    except (ValueError, KeyError) as error:
        raise Failed(f"it printed JSON without what belongs there ({error}): {said.strip()[:200]!r}") from error
    return row, [] if equal else differences or ["not all numbers of ranks were compared"]


def main():
    given = arguments()
    try:
        known = presets(given.program)
    except Failed as failed:
        raise SystemExit(f"check-presets: {failed}") from failed
    for name in given.only or []:
        if name not in known:
            raise SystemExit(f"check-presets: --only: there is no preset '{name}'; there are {', '.join(known)}")
    rows, troubles = [], []
    for name in given.only or known:
        tries = [("1,2,4", given.steps, given.width)] + ([] if given.no_full_width else [("1,2", given.full_steps, None)])
        for ranks, steps, width in tries:
            title = f"{name}, {f'width {width}' if width else 'full width'}, on {ranks} ranks"
            try:
                row, differences = verify(given.program, name, ranks, steps, width)
                say(f"{title}: {'equal to the bit' if not differences else 'different'}")
                rows.append(row)
                troubles += [f"{title}: {words}" for words in differences]
            except Failed as failed:
                say(f"{title}: {failed}")
                rows.append((name, width or "full", ranks, "", "", steps, "", "did not run"))
                troubles.append(f"{title}: {failed}")
    for line in (COLUMNS, ("---",) * len(COLUMNS), *rows):
        print(f"| {' | '.join(map(str, line))} |")
    for trouble in troubles:
        say(f"check-presets: {trouble}")
    raise SystemExit(1 if troubles else 0)


if __name__ == "__main__":
    main()
