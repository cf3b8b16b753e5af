"""Trains each preset on real pictures on 2 ranks of one thread, one run after the other.

DIR holds unpacked picture sets: anime64, a folder of faces; anime96-tagged, a folder of faces with its labels.csv
(file,hair,eyes); mnist, with the four gzipped IDX files. A run that was finished is skipped, one that was cut off goes on
from its newest checkpoint. Ctrl-C, SIGTERM and SIGHUP save the run that is under way and end with 75; the same command
goes on later. OUT/NAME is a run's folder, OUT/NAME.json marks it as finished; OUT/times.md tells what the finished ones
took, OUT/sheets holds their last sheets.
"""

import argparse
import os
import pathlib
import shlex
import signal
import subprocess
import sys

import preset_runs
from machine_lock import Busy, claim, entitle
from preset_records import Missing, Records, replace, write_docs

ROOT = pathlib.Path(__file__).resolve().parents[2]
STOPPED = 75


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def fail(sentence):
    raise SystemExit(f"train-presets: {sentence}")


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/train-presets", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: scripts/train-presets --data ~/pictures --background\nExit codes: 0 done, 1 a run failed,"
               " 75 stopped and to be started again.")
    parser.add_argument("--data", metavar="DIR", type=pathlib.Path, help="the folder with the unpacked picture sets")
    parser.add_argument("--out", metavar="DIR", type=pathlib.Path, default=ROOT / "runs/presets",
                        help="(default: runs/presets)")
    parser.add_argument("--only", metavar="NAME", nargs="+", help="only these runs")
    parser.add_argument("--minutes", metavar="N", type=float, help="of each run (default: each run's own, 10 to 20)")
    parser.add_argument("--background", action="store_true", help="leave the terminal; OUT/train-presets.log tells all")
    parser.add_argument("--list", action="store_true", help="tell the runs and how far they are, and do nothing")
    parser.add_argument("--write-docs", action="store_true",
                        help="put the table of finished runs into docs/presets.md, and do nothing else")
    parser.add_argument("--program", metavar="PATH", type=pathlib.Path, default=ROOT / ".build/release/dcgan-dist",
                        help="(default: .build/release/dcgan-dist)")
    given = parser.parse_args()
    if given.minutes is not None and not 0 < given.minutes < float("inf"):
        parser.error(f"--minutes should be above 0; it is {given.minutes:g}")
    try:
        given.chosen = preset_runs.chosen(given.only)
    except ValueError as error:
        parser.error(str(error))
    if given.data is None and not (given.list or given.write_docs):
        parser.error("--data is needed: the folder that holds anime64, anime96-tagged and mnist")
    return given


class Runs:
    """Trains the chosen runs in turn. `lock` is the descriptor that holds the machine."""

    def __init__(self, given, records, lock):
        self.given, self.records, self.lock = given, records, lock
        self.child, self.stopping = None, False

    def stop(self, *_):
        """Signal handler: a run saves and ends with 75 on SIGUSR1, and at once on a second one."""
        self.stopping = True
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGUSR1)

    def train(self, run):
        """True if the run is finished; False if it failed or was stopped."""
        minutes = self.given.minutes or run.minutes
        command = [str(self.given.program), *run.command(self.given.data, minutes), "--keep", "2",
                   "--out", str(self.given.out / run.name), "--resume", "auto"]
        say(f"{run.name}: {shlex.join(command)}")
        # In a session of its own, so that Ctrl-C reaches it by `stop` alone. It holds the machine as long as it lives.
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=[self.lock])
        code = self.child.wait()
        if self.stopping:
            return False
        if code != 0:
            say(f"{run.name}: it ended with exit code {code}; what it said is above and in {self.given.out / run.name}.")
            return False
        try:
            record = self.records.finish(run, minutes)
        except Missing as missing:
            say(f"{run.name}: {missing}.")
            return False
        replace(self.given.out / "times.md", self.records.table(preset_runs.RUNS))
        say(f"{run.name}: {record['step']} steps, {record['epoch']:.2f} epochs in {record['seconds']:.0f} s of training")
        return True

    def all(self):
        """The exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        failed = []
        for run in self.given.chosen:
            if self.stopping:
                break
            if self.records.read(run):
                say(f"{run.name}: finished before; remove {self.records.path(run)} to let it go on.")
            elif not self.train(run) and not self.stopping:
                failed.append(run.name)
        if self.stopping:
            say("train-presets: stopped; the same command goes on from here.")
            return STOPPED
        if failed:
            say(f"train-presets: of {len(self.given.chosen)} runs these failed: {', '.join(failed)}")
        return 1 if failed else 0


def tell(given, records):
    """What --list prints."""
    for run in given.chosen:
        record = records.read(run)
        minutes = given.minutes or run.minutes
        state = (f"finished, {record['step']} steps" if record
                 else "begun" if (given.out / run.name).exists() else "not begun")
        command = shlex.join(["dcgan-dist", *run.command(given.data or "DIR", minutes)])
        print(f"{run.name:20} {minutes:3g} min  {state}\n    {command}")
    print(f"{sum(given.minutes or run.minutes for run in given.chosen):g} minutes in all")


def check(given):
    """Ends with a sentence where something that the runs need is not there."""
    if not os.access(given.program, os.X_OK):
        fail(f"there is no program {given.program}; build it with: swift build -c release")
    for run in given.chosen:
        if not (given.data / run.data).exists():
            fail(f"{given.data / run.data} is missing, which the run {run.name} trains on; --data should name the folder"
                 " that holds anime64, anime96-tagged and mnist")


def into_background(given, lock):
    """Goes on in a process of its own; the one that was called ends here."""
    log = given.out / "train-presets.log"
    child = os.fork()
    if child:
        say(f"Process {child} trains; it tells how it goes in {log}, and `kill {child}` saves and stops it.")
        os._exit(0)
    os.setsid()
    entitle(lock, "scripts/train-presets")  # the lock names this process now
    with open(log, "ab", buffering=0) as file, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def main():
    given = arguments()
    records = Records(given.out)
    try:
        if given.list:
            return tell(given, records)
        if given.write_docs:
            return write_docs(records.table(preset_runs.RUNS), ROOT / "docs/presets.md")
        given.program, given.data, given.out = (
            path.expanduser().resolve() for path in (given.program, given.data, given.out))
        records.out = given.out
        check(given)
        lock = claim("scripts/train-presets")
        given.out.mkdir(parents=True, exist_ok=True)
        if given.background:
            into_background(given, lock)
        return Runs(given, records, lock).all()
    except (Busy, Missing) as trouble:
        fail(str(trouble))
    except OSError as error:
        fail(f"{error.filename or given.out}: {error.strerror}")


if __name__ == "__main__":
    sys.exit(main())
