"""The faults: how a run is struck, and what it has to do about it, by launcher.

Each fault is a function that gets a `Run`'s maker and a step, and gives a `Case`. Exit codes are those of docs/failures.md.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field

from fault_runs import OPTIONS, Run, checkpoints, cut_newest, leftovers

RESUMES = r"to go on: dcgan-dist train --resume "
HOST = r"\S+"


@dataclass
class Expected:
    """What a struck run must do: exit codes by launcher, seconds, and the pattern of its last line."""

    code: dict
    bound: float
    last: str
    mpirun_last: str = ""  # under a user's mpirun, whose banner follows; empty: the same line, anywhere
    resumes: bool = True  # whether the line that resumes stands before the last


@dataclass
class Struck:
    """A run that was struck, and what has to come of it."""

    run: object
    moment: str
    expected: Expected
    notes: list = field(default_factory=list)
    after: object = None  # called when the run has ended, before it goes on; None: nothing


def both(code):
    return {"--ranks": code, "mpirun": code}


def from_outside(number, codes, bound, last, mpirun_last="", to_parent=False, resumes=True):
    """A signal to a rank, or to the process that was started."""

    def strike(start, ranks, step):
        run = start()
        rank = random.randrange(ranks)
        if not run.wait_for_step(step):
            return Struck(run, f"step {step}", None, ["the run ended before it was struck"])
        process = run.process.pid if to_parent else run.rank_process(rank)
        if process is None:
            return Struck(run, f"step {step}", None, [f"the process of rank {rank} was not found"])
        run.strike(process, number)
        fill = {"rank": rank}
        expected = Expected(codes, bound, last % fill, mpirun_last % fill, resumes)
        return Struck(run, f"step {step}" + ("" if to_parent else f", rank {rank}"), expected)

    return strike


def from_inside(kinds, last, bound=10):
    """A fault that the program makes by itself, asked for by DCGAN_FAULT."""

    def strike(start, ranks, step):
        rank = random.randrange(ranks)
        kind = random.choice(kinds)
        network = random.choice(["generator", "discriminator"])
        more = f",network={network}" if kind == "flip" else ""
        run = start(f"{kind}@rank={rank},step={step}{more}")
        # Time counts from there; the run may be over before anybody sees it.
        run.wait_for_step(step - 1)
        run.struck = time.monotonic()
        # Of two replicas that differ, nothing tells which is right; rank 0's is taken to be.
        named = 1 if kind == "flip" and ranks == 2 else rank
        # Found when replicas are next compared, at the latest before the next checkpoint.
        found = "|".join(str(later) for later in range(step, step + 3))
        fill = {"rank": named, "network": network, "step": step, "found": found}
        return Struck(run, f"step {step}, rank {rank}, {kind}", Expected(both(1), bound, last % fill))

    return strike


def full_disk(start, ranks, step):
    """Nothing is left on the run's disk from some step on, so a checkpoint cannot be written."""
    run = start()
    if not run.wait_for_step(step):
        return Struck(run, f"step {step}", None, ["the run ended before it was struck"])
    filler = run.folder / "filler"
    run.struck = time.monotonic()
    try:
        with open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))
    except OSError:
        # A checkpoint that is being written may have taken the last of it.
        pass
    return Struck(run, f"step {step}", Expected(both(1), 15, rf"^error: rank 0 on {HOST}.*no space is left on the disk"))


def cut_checkpoint(start, ranks, step):
    """The newest checkpoint is cut short between two lives: the one before it is taken, with a warning."""
    run = start()
    reached = run.wait_for_step(step)
    if reached:
        run.process.send_signal(signal.SIGKILL)
    run.wait(15)
    if not reached or len(checkpoints(run.folder)) < 2:
        return Struck(run, f"step {step}", None, ["there were not two checkpoints to cut one of"])
    # mpirun's ranks end a moment later by themselves.
    leftovers(run.folder)
    name = cut_newest(run.folder)
    again = start()
    expected = Expected(both(0), 90, rf"warning: .*{name}", resumes=False)
    return Struck(again, f"{name} cut", expected)


def second_writer(start, ranks, step):
    """Another run wants the folder: it is refused, and the first does not notice."""
    run = start()
    if not run.wait_for_step(step):
        return Struck(run, f"step {step}", None, ["the run ended before it was struck"])
    way, name = random.choice([(["--resume", "auto"], "auto"), (["--overwrite"], "overwrite"), ([], "plain")])
    words = ["train", "--out", str(run.folder), "--seed", "2", *way, *OPTIONS]
    launcher = random.choice(["--ranks", "mpirun"])
    other = Run(run.program, run.folder, launcher, random.choice([1, 2]), words=words, log=f"{run.folder}.other.log")
    code = other.wait(30)
    notes = [] if code == 1 else [f"the second writer ended with {code}, not 1"]
    if not any(re.search(r"^error: .* belongs to a run that goes on: process \d+ on ", line) for line in other.said()):
        notes.append(f"the second writer said: {other.said()[-2:]}")
    run.struck = time.monotonic()
    return Struck(run, f"step {step}, {name}", Expected(both(0), 90, "done after", resumes=False), notes)


def moved_folder(start, ranks, step):
    """The run's folder is moved or removed: the run saves what it has beside it, and goes on from there."""
    run = start()
    if not run.wait_for_step(step):
        return Struck(run, f"step {step}", None, ["the run ended before it was struck"])
    away = f"{run.folder}.away"
    run.struck = time.monotonic()
    os.rename(run.folder, away)
    how = random.choice(["moved", "removed"])
    if how == "removed":
        shutil.rmtree(away)

    def after():
        shutil.rmtree(away, ignore_errors=True)
        os.rename(f"{run.folder}.rescued-1", run.folder)

    expected = Expected(both(1), 20, rf"^error: the run's folder {run.folder} is gone .* saved in {run.folder}\.rescued-1")
    return Struck(run, f"step {step}, {how}", expected, after=after)


def kinds(can_mount):
    """Every fault by its name in the table."""
    parent_term = {"--ranks": 75, "mpirun": 1}
    all_kinds = {
        "SIGKILL of a rank": from_outside(
            signal.SIGKILL, {"--ranks": 1, "mpirun": 137}, 5, rf"^error: rank %(rank)d on {HOST}.*(SIGKILL|killed)",
            r"process rank %(rank)d .*on signal 9"),
        "SIGSTOP of a rank": from_outside(
            signal.SIGSTOP, both(86), 25, rf"^error: rank %(rank)d on {HOST}, step \d+: no progress for \d+ s: it does not answer"),
        "a throw": from_inside(["throw", "throw-loader"], rf"^error: rank %(rank)d on {HOST}, step \d+: DCGAN_FAULT asked"),
        "exit(0) in a rank": from_inside(["exit"], rf"^error: rank %(rank)d on {HOST}, step %(step)d: .*exit"),
        "a full disk": full_disk,
        "a flipped bit": from_inside(
            ["flip"], rf"^error: .*replicas differ after step (%(found)s): on rank %(rank)d .*%(network)s\.main\."),
        "a cut checkpoint": cut_checkpoint,
        "a second writer": second_writer,
        "a moved folder": moved_folder,
        "SIGUSR1 to the start": from_outside(signal.SIGUSR1, both(75), 20, r"saved", to_parent=True),
        "SIGTERM to a rank": from_outside(signal.SIGTERM, both(75), 20, r"saved"),
        "SIGTERM to the start": from_outside(signal.SIGTERM, parent_term, 20, r"saved|SIGTERM", r"", to_parent=True),
    }  # fmt: skip
    if not can_mount:
        del all_kinds["a full disk"]
    return all_kinds


def judge(struck, code, name):
    """What was not as expected: (complaints about code and time, complaints about messages)."""
    expected = struck.expected
    launcher = struck.run.launcher
    complaints = []
    if code is None:
        return [f"did not end within {expected.bound:g} s"], ["(killed by the check)"]
    if code != expected.code[launcher]:
        complaints.append(f"exit code {code}, not {expected.code[launcher]}")
    said = struck.run.said()
    about = []
    if launcher == "mpirun" and name == "SIGTERM to the start":
        # mpirun ends its ranks within two seconds, whatever they are at; what they get to say is not promised.
        return complaints, about
    pattern = expected.mpirun_last if launcher == "mpirun" and expected.mpirun_last else expected.last
    matching = [place for place, line in enumerate(said) if re.search(pattern, line)]
    if not matching:
        about.append(f"no line is like /{pattern}/")
        return complaints, about
    if expected.code[launcher] not in (1, 86) or not expected.resumes or pattern == expected.mpirun_last:
        if expected.resumes and code == 75 and not any(re.search(RESUMES, line) for line in said):
            about.append("no line says how to go on")
        return complaints, about
    if launcher == "--ranks" and matching[-1] != len(said) - 1:
        about.append(f"the last line is '{said[-1]}'")
    if not re.search(RESUMES, said[matching[-1] - 1]):
        about.append(f"the line before the last is '{said[matching[-1] - 1]}'")
    if sum(line.startswith("error: ") for line in said) != 1:
        about.append("more than one line begins with 'error: '")
    return complaints, about


def mount(folder, megabytes):
    """A small disk of its own for a run; whether that was allowed."""
    os.makedirs(folder, exist_ok=True)
    size = f"size={megabytes}m"
    return subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], capture_output=True).returncode == 0


def unmount(folder):
    subprocess.run(["umount", "-l", folder], capture_output=True)


def may_mount(folder):
    """Whether a small disk can be had."""
    if os.geteuid() != 0 or not mount(folder, 1):
        return False
    unmount(folder)
    return True
