"""Runs of the program that are watched from outside: their steps, their ranks, what they leave behind."""

import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import time

STEPS = 40
OPTIONS = ["--width", "16", "--batch-size", "32", "--threads", "1", "--steps", str(STEPS), "--checkpoint-every", "3",
           "--check-every", "1", "--log-every", "1", "--sample-every", "0", "--watchdog", "10"]  # fmt: skip
# Nothing of the caller's may reach a run: not a fault of his own, not another instruction set.
DROPPED = ("DCGAN_", "OPENBLAS_", "OMPI_COMM", "PMIX_", "PMI_", "SLURM_")


class Run:
    """One life of a run: started, perhaps struck, ended."""

    def __init__(self, program, folder, launcher, ranks, fault=None, words=None, log=None):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.launcher = launcher
        self.ranks = ranks
        # Two lives of one run append to one metrics file.
        self.lines_before = self.lines()
        words = words or ["train", "--out", str(folder), "--resume", "auto", *OPTIONS]
        if launcher == "mpirun":
            command = ["mpirun", "-np", str(ranks), "--oversubscribe", "--bind-to", "none", program, *words]
        else:
            command = [program, *words, *(["--ranks", str(ranks)] if "--ranks" not in words else [])]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        if fault:
            environment["DCGAN_FAULT"] = fault
        self.log = pathlib.Path(log or f"{folder}.log")
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        self.started = self.struck = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True)

    def lines(self):
        try:
            return (self.folder / "metrics.jsonl").read_bytes().count(b"\n")
        except OSError:
            return 0

    def step(self):
        """Completed steps of this life's run; 0 where none is written yet."""
        try:
            last = (self.folder / "metrics.jsonl").read_text().splitlines()[-1]
            return json.loads(last)["step"]
        except (OSError, IndexError, ValueError, KeyError):
            return 0

    def wait_for_step(self, step, seconds=60):
        """Whether the run came there alive."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            if self.step() >= step:
                return True
            time.sleep(0.005)
        return False

    def rank_process(self, rank, seconds=20):
        """The process of a rank of this run; None where it does not come."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            for process in processes_of(self.folder):
                if variable(process, "OMPI_COMM_WORLD_RANK") == str(rank):
                    return process
            time.sleep(0.01)
        return None

    def strike(self, process, number):
        self.struck = time.monotonic()
        os.kill(process, number)

    def wait(self, bound):
        """The exit code as a shell would tell it; None where the run outlived the bound, and was killed."""
        code = self._wait(bound)
        self.seconds = time.monotonic() - self.struck
        self.log_end = self.log.stat().st_size
        return code

    def _wait(self, bound):
        try:
            code = self.process.wait(bound)
            return 128 - code if code < 0 else code
        except subprocess.TimeoutExpired:
            for process in [self.process.pid, *processes_of(self.folder)]:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait()
            return None

    def said(self):
        """The lines of this life, without the progress and without empty ones."""
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            text = log.read(self.log_end - self.log_start).decode(errors="replace")
        return [line.strip() for line in text.splitlines() if line.strip()]


def processes_of(folder):
    """Numbers of the living processes that name `folder` on their command line, parents first."""
    mark = f"\0{folder}\0".encode()
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            line = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes()
        except OSError:
            continue
        if mark in b"\0" + line:
            found.append(int(entry))
    return sorted(found)


def variable(process, name):
    """A variable of a process's environment; None where it has none, or is mpirun's own."""
    try:
        for pair in pathlib.Path(f"/proc/{process}/environ").read_bytes().split(b"\0"):
            if pair.startswith(name.encode() + b"="):
                return pair.split(b"=", 1)[1].decode()
    except OSError:
        pass
    return None


def leftovers(folder, seconds=5):
    """Processes that are still there some seconds after the end."""
    end = time.monotonic() + seconds
    while (found := processes_of(folder)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def checkpoints(folder):
    """The visible checkpoints of a run, oldest first."""
    return sorted(path for path in (pathlib.Path(folder) / "checkpoints").glob("step-*") if path.is_dir())


def damaged(folder):
    """What is wrong with the visible checkpoints: each file must be what its manifest says."""
    complaints = []
    for checkpoint in checkpoints(folder):
        try:
            files = json.loads((checkpoint / "manifest.json").read_text())["files"]
            for name, digest in files.items():
                if hashlib.sha256((checkpoint / name).read_bytes()).hexdigest() != digest["sha256"]:
                    complaints.append(f"{checkpoint.name}/{name}")
        except (OSError, ValueError, KeyError) as error:
            complaints.append(f"{checkpoint.name}: {error}")
    return complaints


def cut_newest(folder):
    """Cuts a file of the newest checkpoint short, as a disk that lost its last blocks does. Returns its name."""
    newest = checkpoints(folder)[-1]
    file = newest / random.choice(["model.safetensors", "optimizer.safetensors", "manifest.json"])
    os.truncate(file, random.randrange(file.stat().st_size))
    return newest.name


def differs(folder, reference):
    """Which of the last checkpoint's files are not the reference's."""
    last = f"checkpoints/step-{STEPS:08d}"
    return [
        name
        for name in ("model.safetensors", "optimizer.safetensors")
        if not same(pathlib.Path(folder) / last / name, pathlib.Path(reference) / last / name)
    ]


def same(one, other):
    try:
        return one.read_bytes() == other.read_bytes()
    except OSError:
        return False
