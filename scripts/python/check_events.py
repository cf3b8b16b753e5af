#!/usr/bin/env python3
"""Reads the event files of a run with the `tensorboard` package, and compares them with the run's own files.

  check_events.py RUN     every number of metrics.jsonl is there once, and every sheet, as TensorBoard would show them
  check_events.py RUN --every-step     and the four losses of a slim64 run at each step: D's, its two halves, and G's
"""

import json
import math
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def numbers(line):
    """The numbers of a line of metrics.jsonl by the last words of their tags; those of ranks by name and rank."""
    for name, value in line.items():
        if name == "step" or value is None:
            continue
        if isinstance(value, list):
            for rank, number in enumerate(value[:64]):
                yield f"{name}/rank_{rank:04d}", number
        else:
            yield name, value


def by_step(tag, events):
    """What TensorBoard keeps of a tag. A step that stands twice would be drawn twice."""
    steps = [event.step for event in events]
    if steps != sorted(set(steps)):
        sys.exit(f"{tag}: its steps are not each there once and in order: {steps}")
    return {event.step: event for event in events}


def check_every_step(scalars, last):
    """What the tutorial of slim64 summarises: four losses at each step, and D's is the sum of its halves."""
    for name in ("loss_d", "loss_d_real", "loss_d_fake", "loss_g"):
        if sorted(scalars.get(name, {})) != list(range(1, last + 1)):
            sys.exit(f"losses/{name} is not there for each step from 1 to {last}: {sorted(scalars.get(name, {}))}")
    for step, whole in scalars["loss_d"].items():
        halves = scalars["loss_d_real"][step].value + scalars["loss_d_fake"][step].value
        if not math.isclose(whole.value, halves, rel_tol=1e-5):
            sys.exit(f"loss_d of step {step} is {whole.value}, and its halves add up to {halves}")


def check(run, every_step):
    # 0: keep everything. This reader checks both checksums of each record.
    accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    scalars = {tag.split("/", 1)[1]: by_step(tag, accumulator.Scalars(tag)) for tag in tags["scalars"]}
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    count = 0
    for line in lines:
        for name, number in numbers(line):
            event = scalars.get(name, {}).get(line["step"])
            if event is None:
                sys.exit(f"{name} of step {line['step']} is in metrics.jsonl and not in the event files")
            if not math.isclose(event.value, number, rel_tol=1e-6, abs_tol=1e-37):
                sys.exit(f"{name} of step {line['step']} is {number}, and {event.value} in the event files")
            count += 1
    if sum(map(len, scalars.values())) != count:
        sys.exit("the event files hold numbers that metrics.jsonl does not")
    if every_step:
        check_every_step(scalars, lines[-1]["step"])
    sheets = by_step("samples/fixed_z", accumulator.Images("samples/fixed_z"))
    for step, event in sheets.items():
        if event.encoded_image_string != (run / f"samples/step-{step:08d}.png").read_bytes():
            sys.exit(f"the sheet of step {step} is another in the event files")
    # Another where a resume has another grid.
    reals = accumulator.Images("samples/reals")[-1]
    if reals.encoded_image_string != (run / "reals.png").read_bytes():
        sys.exit("reals.png is another in the event files")
    print(f"{run}: {len(lines)} steps, {count} numbers, {len(sheets)} sheets, as TensorBoard reads them")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1].startswith("-") or sys.argv[2:] not in ([], ["--every-step"]):
        sys.exit(__doc__)
    check(Path(sys.argv[1]), len(sys.argv) == 3)
