"""What scripts/train-presets leaves of each finished run: NAME.json, a line of times.md, sheets/NAME.png."""

import json
import os
import pathlib
import shlex
import shutil

from comparison_report import processor

COLUMNS = ("run", "command", "data", "steps", "epochs", "images", "seconds of training", "machine")
BEGIN = "<!-- scripts/train-presets --write-docs writes the lines from here -->\n"
END = "<!-- to here -->\n"


class Missing(Exception):
    """Something that a run should have left is not there; says in a sentence what."""


def replace(path, text):
    """Writes a file whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)


class Records:
    """The finished runs of an output folder."""

    def __init__(self, out):
        self.out = out

    def path(self, run):
        return self.out / f"{run.name}.json"

    def read(self, run):
        """What is recorded of a run, or None while it is not finished. Raises Missing."""
        try:
            return json.loads(self.path(run).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise Missing(f"{self.path(run)} is not what this script writes; remove it, and the run counts as not"
                          f" finished: {error}") from error

    def finish(self, run, minutes):
        """Records a run that has just reached its end. Raises Missing."""
        folder = self.out / run.name
        sheets = sorted((folder / "samples").glob("step-*.png"))
        if not sheets:
            raise Missing(f"{folder}/samples holds no sheet, and a run writes one at its end")
        (self.out / "sheets").mkdir(exist_ok=True)
        shutil.copyfile(sheets[-1], self.out / "sheets" / f"{run.name}.png")
        last = last_metrics(folder / "metrics.jsonl")
        record = {
            "run": run.name, "command": shlex.join(["dcgan-dist", *run.command("DIR", minutes)]), "data": run.data,
            **{key: last[key] for key in ("step", "epoch", "images", "seconds")},
            "machine": f"{processor()}, {os.cpu_count()} processors"}
        replace(self.path(run), json.dumps(record, indent=2) + "\n")
        return record

    def table(self, runs):
        """Markdown of the finished ones of these runs. Raises Missing."""
        finished = [cells(record) for record in map(self.read, runs) if record]
        if not finished:
            return "No run is finished yet.\n"
        return "".join(f"| {' | '.join(line)} |\n" for line in [COLUMNS, ("---",) * len(COLUMNS), *finished])


def last_metrics(path):
    """The last line of a metrics.jsonl. Raises Missing."""
    try:
        return json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
    except (OSError, IndexError, ValueError) as error:
        raise Missing(f"{path} has no last line to read, and a run writes one at its end: {error}") from error


def cells(record):
    return (record["run"], f"`{record['command']}`", f"DIR/{record['data']}", f"{record['step']:,}",
            f"{record['epoch']:.2f}", f"{record['images']:,}", f"{record['seconds']:,.0f}", record["machine"])


def write_docs(table, page):
    """Puts the table between its two marks on a page of docs. Raises Missing."""
    page = pathlib.Path(page)
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Missing(f"{page} should have the two lines {BEGIN.strip()} and {END.strip()}, between which the table goes")
    replace(page, f"{before}{BEGIN}{table}{END}{after}")
