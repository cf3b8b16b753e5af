"""Runs a command with nothing else beside it, as far as that can be seen, in an environment that is always the same.

Note [Who was beside it]
~~~~~~~~~~~~~~~~~~~~~~~~
Before and after a run /proc tells the processor time of every process. The run itself is gone by then, so whatever
grew belongs to others; what a process had that began and ended meanwhile is found with the parent that waited for it.
/proc/stat counts the whole machine, and what neither the run nor any process that we may see has used is taken for
one more process: on a shared host, that of another container. The share is that of the greatest of them, in cores.
What the hypervisor gave to other machines (steal) is told but not counted, as no process here could stop it.
"""

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field

TICK = 1 / os.sysconf("SC_CLK_TCK")

# Everything else is left out, so that no setting of the caller's shell (OMP_NUM_THREADS, OPENBLAS_CORETYPE,
# MKL_..., KMP_..., DCGAN_ISA) can favour a side. What starts with OMPI_ only decides whether mpirun runs here.
KEPT = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LD_LIBRARY_PATH", "container")
KEPT_PREFIXES = ("OMPI_",)


class RunFailed(Exception):
    """The command ended with an error; the description is a sentence with the last thing it said."""


class RunTooLong(RunFailed):
    """The command was not done in the time that it was given."""


@dataclass
class LoneRun:
    """What a command printed and how alone it was."""

    output: str
    seconds: float  # wall time
    started: float  # seconds since 1970
    share: float  # of a core, of the busiest process beside it
    beside: str  # that process
    stolen: float  # of a core, by the hypervisor
    disturbed: bool = False  # more than was tolerated, and no try was better
    discarded: list = field(default_factory=list)  # shares of the tries that were given up for this one


def clean_environment(extra):
    """Our variables and no others but those that a program cannot do without."""
    kept = {key: value for key, value in os.environ.items() if key in KEPT or key.startswith(KEPT_PREFIXES)}
    return {**kept, "LANG": "C.UTF-8", **extra}


def whole_machine():
    """Seconds that all processors have been busy, and seconds stolen from them, since the machine started."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, interrupts, softirqs, stolen = map(int, file.readline().split()[1:9])
    return (user + nice + system + interrupts + softirqs) * TICK, stolen * TICK


@dataclass(frozen=True)
class Process:
    """A process other than this one, by what it has used so far."""

    name: str
    parent: tuple  # its key in `processes`, if it is there
    used: float  # seconds, those of the children it waited for included


def processes():
    """All other processes by number and start, as a number is given again and a kernel thread changes its name."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                head, _, rest = file.read().rpartition(")")
        except OSError:
            continue  # it ended meanwhile
        fields = rest.split()
        found[int(entry)] = (
            int(fields[19]), head.partition("(")[2], int(fields[1]), sum(map(int, fields[11:15])) * TICK)
    keys = {number: (number, start) for number, (start, _, _, _) in found.items()}
    return {
        keys[number]: Process(f"{name} ({number})", keys.get(parent, ()), used)
        for number, (_, name, parent, used) in found.items()}


def growth(before, after):
    """Seconds by name that processes have used between two answers of `processes`."""
    grown = {key: one.used - (before[key].used if key in before else 0) for key, one in after.items()}
    for key, gone in before.items():
        if key not in after:
            # All it ever used is now its parent's, or that of the nearest ancestor that is left.
            heir = gone.parent
            while heir in before and heir not in after:
                heir = before[heir].parent
            if heir in grown:
                grown[heir] = max(0, grown[heir] - gone.used)
    return {after[key].name: seconds for key, seconds in grown.items()}


def own_time():
    """Seconds that this process and the children it waited for have used."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))


class Watch:
    """Measures what others use between its creation and `others`. See Note [Who was beside it]."""

    def __init__(self):
        self.processes = processes()
        self.own, self.start = own_time(), time.monotonic()
        self.busy, self.stolen = whole_machine()

    def others(self):
        """The busiest other: its share of a core and its name; and the share of a core that was stolen."""
        busy, stolen = whole_machine()
        seconds, own = time.monotonic() - self.start, own_time() - self.own
        grown = growth(self.processes, processes())
        grown["processes that cannot be seen from here"] = busy - self.busy - own - sum(grown.values())
        name = max(grown, key=grown.get)
        return max(0, grown[name]) / seconds, name, (stolen - self.stolen) / seconds


def run_once(command, environment, limit):
    """Runs to the end, or for `limit` seconds. Raises RunFailed."""
    watch, started = Watch(), time.time()
    try:
        done = subprocess.run(
            command, env=clean_environment(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=limit, check=False)
    except subprocess.TimeoutExpired as error:
        raise RunTooLong(f"it was not done after {limit:g} s") from error
    except OSError as error:
        raise RunFailed(f"{command[0]} cannot be started: {error.strerror}") from error
    seconds = time.time() - started
    share, beside, stolen = watch.others()
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["nothing"]
        told = next((line for line in said if line.lower().startswith("error:")), said[-1])
        raise RunFailed(f"{os.path.basename(command[0])} ended with code {done.returncode} and said: {told}")
    return LoneRun(done.stdout, seconds, started, share, beside, stolen)


def await_quiet(tolerance, patience):
    """Returns once a second has passed with no more beside us than is tolerated, or after `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        watch = Watch()
        time.sleep(1)
        if watch.others()[0] <= tolerance:
            return


def run_alone(command, environment, limit, tolerance, repeats, patience=30):
    """Runs until one run had no process beside it with more than `tolerance` of a core, at most `repeats` times more.

    Returns that run, or the least disturbed, marked as such. Raises RunFailed.
    """
    tries = []
    for attempt in range(repeats + 1):
        if attempt > 0:
            await_quiet(tolerance, patience)
        tries.append(run_once(command, environment, limit))
        newest = tries[-1]
        if newest.share <= tolerance:
            break
        print(f"    {newest.beside} used {newest.share:.1%} of a core beside this run"
              + ("; running it again" if attempt < repeats else "; the least disturbed run is taken"), file=sys.stderr)
    best = min(tries, key=lambda one: one.share)
    best.disturbed = best.share > tolerance
    best.discarded = [one.share for one in tries if one is not best]
    return best
