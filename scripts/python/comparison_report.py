"""What scripts/compare-pytorch says in the end: a Markdown table and a JSON document."""

import os
import platform
from dataclasses import asdict

from comparison_rounds import in_words
from comparison_rows import Speed, Training

HEADER = ("figure", "goal", "ours, best / median", "peer, best / median", "peer's setting", "ratio", "met")


def processor():
    """The CPU's name as Linux tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def cells(measured):
    """A row of the table."""
    row = measured.row
    speed = isinstance(row, Speed)
    goal = "" if row.goal is None else f">= {row.goal:.2f}" if speed else f"<= {in_words(row, row.goal)}"
    if measured.problem:
        return row.figure, goal, f"not measured: {measured.problem}".replace("|", "/"), "", "", "", ""
    ours = f"{in_words(row, measured.best)} / {in_words(row, measured.median)}"
    verdict = {None: "", True: "yes", False: "no"}[measured.met]
    if not speed:
        return row.figure, goal, ours, "", "", "", verdict
    setting = measured.setting
    peer = f"{measured.best_of(setting):.1f} / {measured.median_of(setting):.1f}"
    return row.figure, goal, ours, peer, str(setting), f"{measured.result:.2f}", verdict


def table(rows):
    """Markdown; speeds in images a second."""
    lines = [HEADER, ("---",) * len(HEADER), *map(cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def footer(rows, given, program):
    """How it was measured, and what a reader should hold against it."""
    runs = [run for row in rows for run in row.runs]
    repeated = sum(len(run.discarded) for run in runs)
    disturbed = sum(run.disturbed for run in runs)
    steps = sorted({given.steps or row.row.ours.steps for row in rows})
    lines = [
        f"{processor()}, {os.cpu_count()} processors; {program['version'].splitlines()[0]}; "
        f"PyTorch {program['torch']}.",
        f"Speeds in images a second; medians of {given.rounds} rounds in turn, each of {' or '.join(map(str, steps))}"
        " timed steps, best of all steps; of memory the largest run.",
        f"Each run alone: {len(runs)} runs count, {repeated} were run again because another process used more than"
        f" {given.tolerance:g}% of a core, and {disturbed} count although every try was disturbed.",
    ]
    lines += [f"{row.row.name}: {setting} took no part: {why}."
              for row in rows for setting, why in row.failed.items()]
    if runs and max(run.stolen for run in runs) > given.tolerance / 100:
        lines.append(f"The hypervisor gave up to {max(run.stolen for run in runs):.0%} of a core to other machines.")
    return "\n".join(lines)


def run_document(sample):
    run = sample.run
    return {
        **sample.report, "wall_seconds": round(run.seconds, 3), "beside": run.beside,
        "beside_share": round(run.share, 4), "stolen_share": round(run.stolen, 4), "disturbed": run.disturbed,
        "discarded_shares": [round(share, 4) for share in run.discarded]}


def row_document(measured):
    row = measured.row
    document = {"row": row.name, "figure": row.figure, "goal": row.goal,
                "sides": {key: asdict(side) for key, side in vars(row).items() if isinstance(side, Training)}}
    if measured.problem:
        return {**document, "problem": measured.problem}
    document |= {"result": measured.result, "met": measured.met, "ours": {
        "best": measured.best, "median": measured.median, "runs": list(map(run_document, measured.ours))}}
    if isinstance(row, Speed):
        document["peer"] = {
            "setting": str(measured.setting), "best": measured.best_of(measured.setting),
            "median": measured.median_of(measured.setting),
            "runs": {str(key): list(map(run_document, samples)) for key, samples in measured.peer.items()},
            "preliminary": {str(key): run_document(sample) for key, sample in measured.preliminary.items()},
            "failed": {str(key): why for key, why in measured.failed.items()}}
    return document


def document(rows, given, program):
    """Everything, for a program to read."""
    return {
        "processor": processor(), "processors": os.cpu_count(), **program, "rounds": given.rounds,
        "tolerance_percent": given.tolerance, "rows": list(map(row_document, rows))}
