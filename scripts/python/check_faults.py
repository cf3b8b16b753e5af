"""Strikes runs with random faults and prints what came of each: check_faults.py PROGRAM [COUNT [SEED]] [--only=WORD] [--keep]

Every fault is tried under every launcher about equally often, in random order, at random steps, on 2 or 4 ranks. The
run that goes on does so on another number of ranks now and then, and must end as the reference does, which is one
process that nobody disturbed. --only=WORD tries those faults alone whose name has the word in it; --keep leaves the
runs where they are.
"""

import os
import random
import shutil
import sys
import tempfile
import time
from collections import defaultdict

import faults
from fault_runs import OPTIONS, STEPS, Run, damaged, differs, leftovers

LAUNCHERS = ("--ranks", "mpirun")
HEAD = f"{'':4} {'fault':21} {'launcher':9} {'moment':30} {'code':>4} {'seconds':>7} {'message':8} {'files':6} {'resumed':8} equal"


def main():
    program = sys.argv[1]
    count = number(2, 50)
    seed = number(3, int(time.time()) % 100000)
    random.seed(seed)
    work = tempfile.mkdtemp(prefix="dcgan-faults-")
    print(f"{count} faults, seed {seed}, in {work}", flush=True)
    try:
        sys.exit(check(program, count, work))
    finally:
        if "--keep" not in sys.argv:
            shutil.rmtree(work, ignore_errors=True)


def number(place, default):
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if len(words) < place:
        return default
    if not words[place - 1].isdigit():
        sys.exit(f"check-faults: COUNT and SEED are whole numbers, and '{words[place - 1]}' is none.")
    return int(words[place - 1])


def check(program, count, work):
    reference = f"{work}/reference"
    run = Run(program, reference, "--ranks", 1)
    if run.wait(120) != 0:
        print("the run that nobody disturbed failed:", *run.said()[-3:], sep="\n")
        return 1
    can_mount = faults.may_mount(f"{work}/probe")
    if not can_mount:
        print("No small disk can be mounted here (that takes root), so full disks are not tried.")
    only = next((word.removeprefix("--only=") for word in sys.argv if word.startswith("--only=")), "")
    kinds = {name: kind for name, kind in faults.kinds(can_mount).items() if only in name}
    if not kinds:
        sys.exit(f"check-faults: no fault has '{only}' in its name; there are {', '.join(faults.kinds(can_mount))}.")
    cells = [(name, launcher) for name in kinds for launcher in LAUNCHERS]
    drawn = []
    while len(drawn) < count:
        drawn += random.sample(cells, len(cells))
    print(HEAD, flush=True)
    summary = defaultdict(lambda: [0, 0])
    for place, (name, launcher) in enumerate(drawn[:count]):
        complaints = strike(program, kinds[name], name, launcher, place, work, reference)
        summary[name, launcher][0] += 1
        summary[name, launcher][1] += not complaints
        for complaint in complaints:
            print(f"     MISSED: {complaint}", flush=True)
    return tell(summary, kinds)


def strike(program, kind, name, launcher, place, work, reference):
    """One fault and the run that goes on after it: a line of the table. Returns what was not as it should be."""
    ranks = random.choice([2, 2, 2, 4])
    step = random.randrange(7, STEPS - 8)
    folder = f"{work}/run-{place}"
    if name == "a full disk":
        # Room for the checkpoints that stay and one more, and for little else; what the run says goes elsewhere.
        faults.mount(folder, 96)
    try:
        struck = kind(lambda fault=None: Run(program, folder, launcher, ranks, fault), ranks, step)
        if struck.expected is None:
            struck.run.wait(60)
            row(place, name, launcher, struck.moment, "-", 0, "-", "-", "-", "-")
            return struck.notes + struck.run.said()[-4:]
        code = struck.run.wait(struck.expected.bound)
        complaints, about = faults.judge(struck, code, name)
        complaints += struck.notes
        if left := leftovers(folder):
            complaints.append(f"processes are left: {left}")
            for process in left:
                os.kill(process, 9)
        if os.path.exists(f"{folder}/filler"):
            os.remove(f"{folder}/filler")
        if struck.after:
            struck.after()
        broken = damaged(folder)
        resumed, unequal = go_on(program, folder, launcher, ranks, reference)
        row(place, name, f"{launcher} {ranks}", struck.moment, code, struck.run.seconds, "no" if about else "ok",
            "broken" if broken else "ok", resumed, "no" if unequal else "yes")  # fmt: skip
        complaints += about + [f"damaged: {file}" for file in broken] + unequal
        if complaints:
            complaints += [f"it said: {line}" for line in struck.run.said()[-5:]]
        return complaints
    finally:
        if name == "a full disk":
            faults.unmount(folder)
        if "--keep" not in sys.argv:
            shutil.rmtree(folder, ignore_errors=True)


def go_on(program, folder, launcher, ranks, reference):
    """Lets the run go on to its end. Returns on how many ranks, and what is wrong with that end."""
    others = random.choice([ranks, ranks, 1, 2, 4])
    # A run may not go on under one launcher what it began under the other, but it has to be able to.
    run = Run(program, folder, random.choice(LAUNCHERS) if others > 1 else "--ranks", others)
    code = run.wait(90)
    if code != 0:
        return str(others), [f"the resume ended with code {code}: {' / '.join(run.said()[-2:])}"]
    return str(others), [f"{name} is not that of the run that nobody disturbed" for name in differs(folder, reference)]


def row(place, name, launcher, moment, code, seconds, message, files, resumed, equal):
    print(f"{place + 1:4} {name:21} {launcher:9} {moment:30} {code!s:>4} {seconds:7.1f} {message:8} {files:6} "
          f"{resumed:8} {equal}", flush=True)  # fmt: skip


def tell(summary, kinds):
    """The table by fault and launcher. Returns the exit code."""
    print(f"\n{'fault':21} " + " ".join(f"{launcher:>10}" for launcher in LAUNCHERS) + "   as promised of tried")
    for name in kinds:
        cells = [summary[name, launcher] for launcher in LAUNCHERS]
        print(f"{name:21} " + " ".join(f"{f'{good} of {tried}':>10}" for tried, good in cells))
    tried = sum(cell[0] for cell in summary.values())
    good = sum(cell[1] for cell in summary.values())
    print(f"{good} of {tried} faults ended as promised.")
    return 0 if good == tried else 1


if __name__ == "__main__":
    main()
