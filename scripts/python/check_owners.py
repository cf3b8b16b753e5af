"""Starts pairs of runs for one folder, kills some, and holds what becomes of the folder to what is promised:
check_owners.py PROGRAM [COUNT [SEED]] [--lab] [--keep]

Of two that start within three seconds of each other, with different seeds and at random in different ways, never both
train at once; whatever is killed, the folder's files are of one run, and that run goes on to the end of one that nobody
disturbed. --lab: one on each of two hosts of cluster/lab, which cannot see each other's processes.
"""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from fault_runs import DROPPED, damaged, same

STEPS = 60
OPTIONS = ["--width", "16", "--size", "16", "--batch-size", "16", "--threads", "1", "--sample-every", "0", "--log-every", "1"]
# Seconds after which an owner that cannot be seen and gives no sign of life is dead.
PATIENCE = "3"
WAYS = (["--resume", "auto"], ["--resume", "auto"], ["--overwrite"], [])
REFUSALS = (
    r"error: .* belongs to a run that goes on: process \d+ on ",
    r"error: .* holds another run: go on with it",
    r"error: --seed cannot change on a resume",
    r"error: .* does not belong to this run any more",
)


class Start:
    """One start of the program for a folder, on this machine or a host of the lab."""

    def __init__(self, program, folder, seed, way, host, log):
        self.seed, self.log, self.was_killed = seed, pathlib.Path(log), False
        environment = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        environment["DCGAN_OWNER_PATIENCE"] = PATIENCE
        words = [program, "train", "--out", folder, "--seed", str(seed), "--steps", str(STEPS),
                 "--checkpoint-every", str(random.choice([5, 17, STEPS])), *OPTIONS, *way]  # fmt: skip
        if host:
            words = ["cluster/lab/exec", host, *words]
        with open(log, "wb") as file:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment)

    def said(self):
        return self.log.read_text(errors="replace")

    def trains(self):
        """Whether it has begun to train and still runs."""
        return self.process.poll() is None and re.search(r"^step \d+ to \d+,", self.said(), re.M) is not None

    def kill(self):
        self.was_killed = self.process.poll() is None
        self.process.send_signal(signal.SIGKILL)


def main():
    program = sys.argv[1]
    numbers = [int(word) for word in sys.argv[2:] if word.isdigit()]
    count = numbers[0] if numbers else 50
    seed = numbers[1] if len(numbers) > 1 else int(time.time()) % 100000
    random.seed(seed)
    lab = os.environ.get("LAB", "lab")
    hosts = [f"{lab}1", f"{lab}2"] if "--lab" in sys.argv else [None, None]
    work = tempfile.mkdtemp(prefix="dcgan-owners-")
    print(f"{count} pairs of starts, seed {seed}, {'on two hosts' if hosts[0] else 'on one machine'}, in {work}", flush=True)
    try:
        references = {seed: reference(program, work, seed) for seed in (1, 2)}
        print(f"{'':4} {'ways':34} {'apart':>6} {'killed':16} {'codes':>9} {'trained':9} {'whole':6} {'goes on':8}", flush=True)
        bad = sum(pair(program, place, work, hosts, references) for place in range(count))
        print(f"{count - bad} of {count} pairs ended as promised.")
        sys.exit(1 if bad else 0)
    finally:
        if "--keep" not in sys.argv:
            shutil.rmtree(work, ignore_errors=True)


def reference(program, work, seed):
    run = Start(program, f"{work}/reference-{seed}", seed, [], None, f"{work}/reference-{seed}.log")
    if run.process.wait(120) != 0:
        sys.exit(f"the run that nobody disturbed failed: {run.said()}")
    return pathlib.Path(f"{work}/reference-{seed}")


def pair(program, place, work, hosts, references):
    """One pair: a line of the table. Returns whether something was not as it should be."""
    folder = f"{work}/run-{place}"
    ways = [random.choice(WAYS), random.choice(WAYS)]
    apart = random.choice([0, random.uniform(0, 0.3), random.uniform(0, 3)])
    order = random.sample(hosts, 2)
    first = Start(program, folder, 1, ways[0], order[0], f"{folder}.1.log")
    time.sleep(apart)
    second = Start(program, folder, 2, ways[1], order[1], f"{folder}.2.log")
    victim = random.choice([None, first, second])
    strike = time.monotonic() + random.uniform(0, 2)
    both = 0
    end = time.monotonic() + 60
    while any(start.process.poll() is None for start in (first, second)) and time.monotonic() < end:
        # The second is asked first: the first may end in between.
        both += second.trains() and first.trains() and second.process.poll() is None
        if victim and time.monotonic() >= strike and not victim.was_killed:
            victim.kill()
            victim = victim if victim.was_killed else None
        time.sleep(0.01)
    complaints = [f"both trained at once, seen {both} times"] if both else []
    for start in (first, second):
        code = start.process.poll()
        if code is None:
            start.kill()
            complaints.append(f"the start with seed {start.seed} did not end within a minute")
        refused = any(re.search(pattern, start.said()) for pattern in REFUSALS)
        if not (code == 0 or start.was_killed or (code in (1, 64) and refused)):
            complaints.append(f"the start with seed {start.seed} ended with {code}: {start.said()[-400:]}")
    broken = files_of_one_run(folder)
    went = goes_on(program, folder, work, hosts, references)
    words = "/".join(" ".join(way) or "plain" for way in ways)
    killed = "".join(f"seed {start.seed} " for start in (first, second) if start.was_killed) or "-"
    codes = "/".join(str(start.process.poll()) for start in (first, second))
    trained = "+".join(str(start.seed) for start in (first, second) if re.search(r"^step \d+ to", start.said(), re.M)) or "-"
    print(f"{place + 1:4} {words:34} {apart:6.2f} {killed:16} {codes:>9} {trained:9} {'no' if broken else 'yes':6} "
          f"{'no' if went else 'yes':8}", flush=True)  # fmt: skip
    for complaint in complaints + broken + went:
        print(f"     MISSED: {complaint}", flush=True)
    return bool(complaints or broken or went)


def files_of_one_run(folder):
    """What is not whole, or not of the run that options.json is of."""
    try:
        seed = json.loads(pathlib.Path(f"{folder}/options.json").read_text())["seed"]
    except OSError:
        return []
    complaints = [f"damaged: {file}" for file in damaged(folder)]
    for checkpoint in sorted(pathlib.Path(folder).glob("checkpoints/step-*")):
        other = json.loads((checkpoint / "manifest.json").read_text())["info"]["options"]["seed"]
        if other != seed:
            complaints.append(f"{checkpoint.name} is of seed {other}, and options.json of {seed}")
    try:
        steps = [json.loads(line)["step"] for line in open(f"{folder}/metrics.jsonl")]
    except ValueError:
        # The last line of a killed run may be cut.
        steps = []
    if steps != sorted(set(steps)):
        complaints.append("metrics.jsonl has steps twice")
    return complaints


def goes_on(program, folder, work, hosts, references):
    """What was wrong with the run that goes on in the folder, to its end."""
    options = pathlib.Path(f"{folder}/options.json")
    seed = json.loads(options.read_text())["seed"] if options.exists() else 1
    run = Start(program, folder, seed, ["--resume", "auto"], random.choice(hosts), f"{folder}.3.log")
    try:
        code = run.process.wait(60)
    except subprocess.TimeoutExpired:
        run.kill()
        return ["the run that goes on did not end within a minute"]
    if code != 0:
        return [f"the run that goes on ended with {code}: {run.said()[-400:]}"]
    # The hidden draft of a start that was killed while it waited is removed by one that comes half a minute later.
    complaints = [f"an owner is left: {name}" for name in os.listdir(folder) if name.startswith("owner-")]
    for name in ("model.safetensors", "optimizer.safetensors"):
        file = f"checkpoints/step-{STEPS:08d}/{name}"
        if not same(pathlib.Path(folder) / file, references[seed] / file):
            complaints.append(f"{name} is not that of the run that nobody disturbed")
    shutil.rmtree(folder, ignore_errors=True)
    return complaints


if __name__ == "__main__":
    main()
