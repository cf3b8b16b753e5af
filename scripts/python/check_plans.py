"""Shows that `train --convolution auto` trains as `--convolution direct` does (see scripts/check-plans).

A direct run leaves checkpoints. From each, and from the start, one step is computed in both ways, and losses and every
parameter's gradient are compared. The gradient of ReLU jumps at 0: a unit whose input is within rounding of 0 switches
when rounding changes, and moves the gradients below it by far more than rounding. So the same is done from the same
states with tanh in place of ReLU, and there every gradient must agree. What ReLU does to any other change of rounding
is shown by a yardstick: the direct way on a lower instruction set. Last come free-running curves of all three.

Exits 1 where a loss is over 1e-4 off, or a gradient of the networks without ReLU; with --strict also where a gradient
of dcgan64 itself is, which two direct ways need not keep either.
"""

import argparse
import pathlib
import shutil
import signal
import sys
import tempfile

import plan_curves
from plan_runs import Program, RunFailed, Way
from plan_states import StepComparison

TOLERANCE = 1e-4
SMOOTH = "auto, tanh for ReLU"
LOWER = {"avx512": "avx2", "avx2": "baseline"}  # the yardstick's instruction set; elsewhere there is no other


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def fail(sentence):
    raise SystemExit(f"check-plans: {sentence}")


def arguments():
    clone = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(
        prog="scripts/check-plans", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: scripts/check-plans --data pictures/ --threads 2\nNeeds 2 GB of disk where --out is.")
    parser.add_argument("--data", default="faces", help="pictures, as train takes them (default: the built-in faces)")
    parser.add_argument("--steps", type=int, default=200, help="steps of the curves (default: 200)")
    parser.add_argument("--every", type=int, default=10, help="steps from saved state to saved state (default: 10)")
    parser.add_argument("--batch-size", type=int, default=128, help="(default: 128)")
    parser.add_argument("--width", type=int, default=64, help="of dcgan64 (default: 64)")
    parser.add_argument("--threads", type=int, help="of each run (default: what it may use)")
    parser.add_argument("--no-yardstick", action="store_true", help="leave out the lower instruction set")
    parser.add_argument("--strict", action="store_true", help="let the gradients of ReLU networks decide too")
    parser.add_argument("--out", type=pathlib.Path, default=clone / "runs/check-plans",
                        help="folder for plans.png, states.txt and the curves' numbers (default: runs/check-plans)")
    parser.add_argument("--program", type=pathlib.Path, default=clone / ".build/release/dcgan-dist",
                        help="(default: the one built in this clone)")
    given = parser.parse_args()
    for name in ("steps", "every", "batch_size", "width"):
        if getattr(given, name) < 1:
            parser.error(f"--{name.replace('_', '-')} should be 1 or more; it is {getattr(given, name)}")
    if given.every >= given.steps:
        parser.error(f"--every {given.every} leaves no saved state in a run of {given.steps} steps; give a smaller one")
    return given


class Check:
    """The whole check, in a folder of its own."""

    def __init__(self, given, work):
        self.given = given
        self.work = work
        self.program = Program(given.program.resolve(), given.threads)
        self.direct = Way("direct", "direct")
        self.auto = Way("auto", "auto")
        self.yardstick = None
        self.model = ["--data", given.data, "--width", given.width, "--batch-size", given.batch_size]
        self.lines = []

    def tell(self, line):
        print(line, flush=True)
        self.lines.append(line)

    def train_whole(self, way, *options):
        say(f"A run of {self.given.steps} steps: {way.name} ...")
        return self.program.train(
            way, self.work / way.file_name, *self.model, "--steps", self.given.steps, *options)

    def step(self, way, state, *begin):
        """One step from a state; `begin` is the option that leads there."""
        out = self.work / f"step-{way.file_name}"
        shutil.rmtree(out, ignore_errors=True)
        return self.program.train(way, out, *begin, "--steps", state + 1, "--keep", 1)

    def compare(self, state, before, begin, others, expected=None, smooth=False):
        """One step of each of the other ways, compared with the direct way's, which has the expected losses."""
        direct = self.step(self.direct, state, *begin)
        if direct.has_kinks == smooth:
            fail(f"the networks of a step from step {state} {'still' if smooth else 'do not'} have ReLU or leaky ReLU.")
        if expected and direct.losses(state + 1) != expected:
            fail(f"a direct step from step {state} has other losses than the run it was saved from; going on from a"
                 " checkpoint should give the same bits on one machine.")
        compared = []
        for way in others:
            run = self.step(way, state, *begin)
            if way.convolution != "direct" and run.plans == direct.plans:
                fail("--convolution auto chooses what direct does in every layer of this network: there is nothing to"
                     " compare.")
            compared.append(StepComparison(run, direct, state + 1, before))
        return compared

    def states(self, whole):
        """Compares all states; returns columns: title to the comparisons of all states."""
        smooth = whole.without_kinks(self.work / "smooth")
        ways = [way for way in (self.auto, self.yardstick) if way]
        columns = {title: [] for title in [way.name for way in ways] + [SMOOTH]}
        self.tell("One step from each state, compared with the direct step: largest relative difference of a loss,")
        self.tell("of a gradient of D, of a gradient of G, and the gradient that is furthest off")
        self.tell(" | ".join(["state"] + [f"{title:<42}" for title in columns]).rstrip())
        for state in range(0, self.given.steps, self.given.every):
            if state:
                before = whole.checkpoint(state)
                begin, begin_smooth = ["--resume", before], ["--resume", smooth.adopt(before)]
            else:
                before = None
                begin, begin_smooth = self.model, ["--config", smooth.folder / "options.json"]
            row = self.compare(state, before, begin, ways, whole.losses(state + 1))
            row += self.compare(state, before, begin_smooth, [self.auto], smooth=True)
            for found, comparison in zip(columns.values(), row):
                found.append(comparison)
            self.tell(" | ".join([f"{state:>5}"] + [f"{str(comparison):<42}" for comparison in row]).rstrip())
        return columns

    def verdict(self, columns):
        """Tells how many states agree in each column; returns whether all that must agree does."""
        agrees, over = True, {}
        for title, found in columns.items():
            losses = sum(comparison.losses <= TOLERANCE for comparison in found)
            gradients = sum(comparison.gradients <= TOLERANCE for comparison in found)
            over[title] = len(found) - gradients
            self.tell(
                f"{title}: of {len(found)} states, all 4 losses are within {TOLERANCE:.0e} at {losses} and all"
                f" {found[0].tensors} gradients at {gradients}; the largest differences are"
                f" {max(comparison.losses for comparison in found):.1e} and"
                f" {max(comparison.gradients for comparison in found):.1e}")
            if title != getattr(self.yardstick, "name", None):
                agrees = agrees and losses == len(found)
        agrees = agrees and over[SMOOTH] == 0
        if agrees and over["auto"]:
            beside = f", and of {self.yardstick.name} at {over[self.yardstick.name]}" if self.yardstick else ""
            self.tell(
                f"With ReLU a gradient of auto is over {TOLERANCE:.0e} at {over['auto']} states{beside}. That is ReLU's"
                " jump, not the plans' error: without ReLU, from the same states, all are within.")
            agrees = not self.given.strict
        self.tell("The plans train as direct convolution does." if agrees else
                  f"Not shown: a loss or a gradient that must be within {TOLERANCE:.0e} is not.")
        return agrees

    def curves(self, runs):
        first, *others = curves = [plan_curves.Curve(way, run) for way, run in runs]
        for curve in curves:
            curve.save(self.given.out)
        path = self.given.out / "plans.png"
        title = f"dcgan64, width {self.given.width}, batch {self.given.batch_size}: free-running losses"
        plan_curves.plot(curves, path, title)
        for curve in others:
            step = curve.parts_at(first, 0.01)
            self.tell(f"{curve.label}: the losses " + (f"are 1% from the direct run's at step {step}" if step
                                                       else "stay within 1% of the direct run's"))
        for curve in curves:
            self.tell(f"{curve.label}: mean over the last quarter of the steps: loss of D"
                      f" {curve.late_mean('loss_d'):.3f}, of G {curve.late_mean('loss_g'):.3f}")
        say(f"The plot is {path}.")

    def run(self):
        """True where all that must agree does."""
        whole = self.train_whole(self.direct, "--checkpoint-every", self.given.every, "--keep", 0)
        if whole.isa in LOWER and not self.given.no_yardstick:
            self.yardstick = Way(f"direct, {LOWER[whole.isa]}", "direct", LOWER[whole.isa])
        columns = self.states(whole)
        runs = [(self.direct, whole)]
        for way in filter(None, (self.auto, self.yardstick)):
            runs.append((way, self.train_whole(way, "--checkpoint-every", 0)))
        self.curves(runs)
        agrees = self.verdict(columns)
        (self.given.out / "states.txt").write_text("\n".join(self.lines) + "\n")
        return agrees


def main():
    given = arguments()
    if not given.program.is_file():
        fail(f"there is no program {given.program}; build it with: swift build -c release")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the checkpoints go then too
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=given.out) as work:
        try:
            agrees = Check(given, pathlib.Path(work)).run()
        except RunFailed as failure:
            fail(str(failure))
        except KeyboardInterrupt:
            sys.exit(130)
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
