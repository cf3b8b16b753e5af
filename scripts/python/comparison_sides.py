"""The commands of scripts/compare-pytorch: each side is run alone and yields a Sample."""

import json
import pathlib
import shutil
import sys
import tempfile
from dataclasses import dataclass

from comparison_rows import PyTorch
from lone_runs import LoneRun, RunFailed, run_alone, run_once

HERE = pathlib.Path(__file__).resolve().parent


@dataclass(frozen=True)
class Setting:
    """What one run of a side is asked: for PyTorch a mode and how its idle threads wait, for ours nothing."""

    mode: str = ""
    waiting: str = ""

    def __str__(self):
        return f"{self.mode}, {self.waiting}" if self.mode else "as built"


OURS = Setting()
MODES = ("tuned", "compiled")
WAITING = ("passive", "active")


@dataclass
class Sample:
    """A figure of one run. `best` is of its fastest step where there is one."""

    value: float
    best: float
    run: LoneRun
    report: dict


class Sides:
    """Runs either side. `given` is what the command line gave."""

    def __init__(self, given):
        self.given = given

    def settings(self, side):
        """What there is to try."""
        if not isinstance(side, PyTorch):
            return [OURS]
        # torch.compile writes C++.
        modes = MODES if any(map(shutil.which, ("g++", "c++", "clang++"))) else MODES[:1]
        if modes != MODES:
            print("No C++ compiler is here (g++), so PyTorch's compiled mode is left out.", file=sys.stderr)
        return [Setting(mode, waiting) for mode in modes for waiting in WAITING]

    def train(self, side, setting):
        """Times training steps: images a second. Raises RunFailed."""
        command, environment = (
            self.peer_command(side, setting) if isinstance(side, PyTorch) else (self.own_command(side), {}))
        run = self.alone(command, environment)
        report = self.read(run.output)
        ran = report.get("precision", side.precision)
        if ran != side.precision:
            raise RunFailed(f"it was to run in {side.precision} and ran in {ran}, which this CPU makes it fall back to")
        return Sample(report["images_per_second"], side.batch / report["best_ms"] * 1e3, run, report)

    def attempt(self, side):
        """Runs our side without looking at the time. Raises RunFailed."""
        self.read(run_once(self.own_command(side), {}, self.limit).output)

    def start(self, side):
        """Seconds from the program's start to its first step, and, as `first_step_done_seconds`, to that step's end.

        A run writes its sheet of step 0 last before the first step, and its first metrics right after it.
        """
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "run"
            run = self.alone(
                [self.given.program, "train", "--preset", side.preset, "--batch-size", str(side.batch), "--threads",
                 str(side.threads), "--steps", "1", "--overwrite", "--out", str(out), *self.precision(side)], {})
            try:
                began, done = (
                    (out / name).stat().st_mtime - run.started
                    for name in ("samples/step-00000000.png", "metrics.jsonl"))
            except OSError as error:
                raise RunFailed(f"the run left no {error.filename}, which tells when its first step began") from error
        return Sample(began, began, run, {"start_seconds": round(began, 3), "first_step_done_seconds": round(done, 3)})

    def own_command(self, side):
        return [
            self.given.program, "bench", "--preset", side.preset, "--batch-size", str(side.batch),
            "--threads", str(side.threads), "--ranks", str(side.ranks), "--steps", self.steps(side), "--json",
            *self.precision(side), *side.flags]

    def steps(self, side):
        return str(self.given.steps or side.steps)

    @staticmethod
    def precision(side):
        return [] if side.precision == "fp32" else ["--precision", side.precision]

    def peer_command(self, side, setting):
        launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(side.ranks)]
        # Compilers started by workers that outlive the run would count as others' work.
        environment = {"OMP_WAIT_POLICY": setting.waiting, "TORCHINDUCTOR_COMPILE_THREADS": "1"}
        return [
            self.given.python, "-B", *(launcher if side.ranks > 1 else []), str(HERE / "pytorch_training.py"),
            "--preset", side.preset, "--mode", setting.mode, "--precision", side.precision,
            "--threads", str(side.threads), "--batch-size", str(side.batch), "--steps", self.steps(side),
        ], environment

    def alone(self, command, environment):
        return run_alone(command, environment, self.limit, self.given.tolerance / 100, self.given.repeats)

    @property
    def limit(self):
        """Seconds that a run may take."""
        return self.given.limit * 60

    @staticmethod
    def read(output):
        """The JSON object that a run printed. Raises RunFailed."""
        try:
            report = json.loads(output)
            return {**report, "images_per_second": float(report["images_per_second"]),
                    "best_ms": float(report["best_ms"])}
        except (ValueError, KeyError, TypeError) as error:
            raise RunFailed(f"it should print one JSON object with images_per_second and best_ms; it printed"
                            f" {output.strip()[:200]!r}") from error
