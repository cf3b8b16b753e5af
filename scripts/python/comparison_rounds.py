"""Measures a row of scripts/compare-pytorch: both sides in turn, round after round."""

import statistics
import sys
from dataclasses import dataclass, field

from comparison_rows import Memory, Row, Speed
from comparison_sides import OURS, Setting
from lone_runs import RunFailed, RunTooLong

FINALISTS = 2  # settings of the peer that are left after the preliminary round


@dataclass
class Measured:
    """A row with its samples. `peer` maps settings to samples; `preliminary` holds those of the round before."""

    row: Row
    ours: list = field(default_factory=list)
    peer: dict = field(default_factory=dict)
    preliminary: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)  # settings that could not run, and why
    problem: str = ""  # why there is no figure

    @property
    def median(self):
        """Our figure: the median over runs; of memory, the largest."""
        values = [sample.value for sample in self.ours]
        return max(values) if isinstance(self.row, Memory) else statistics.median(values)

    @property
    def best(self):
        """Of all steps of all runs."""
        values = [sample.best for sample in self.ours]
        return max(values) if isinstance(self.row, Speed) else min(values)

    @property
    def setting(self) -> Setting:
        """The peer's fastest."""
        return max(self.peer, key=self.median_of)

    def median_of(self, setting):
        return statistics.median(sample.value for sample in self.peer[setting])

    def best_of(self, setting):
        return max(sample.best for sample in self.peer[setting])

    @property
    def result(self):
        """What is held against the goal: of speed, the ratio of the medians."""
        return self.median / self.median_of(self.setting) if isinstance(self.row, Speed) else self.median

    @property
    def met(self):
        """None where there is no goal."""
        if self.row.goal is None:
            return None
        return self.result >= self.row.goal if isinstance(self.row, Speed) else self.result <= self.row.goal

    @property
    def runs(self):
        """All runs that count."""
        return [sample.run for samples in (self.ours, *self.peer.values()) for sample in samples]


class Comparison:
    """Takes the samples of rows."""

    def __init__(self, sides, rounds, thorough):
        self.sides, self.rounds, self.thorough = sides, rounds, thorough

    def measure(self, row):
        """Never raises RunFailed: a row that cannot be measured says why."""
        measured = Measured(row)
        print(f"{row.name}: {row.figure}", file=sys.stderr)
        try:
            if isinstance(row, Speed):
                self.speed(measured)
            else:
                for index in range(self.rounds):
                    measured.ours.append(self.own_figure(row))
                    tell(f"round {index + 1}", OURS, measured.ours[-1], row)
        except RunFailed as error:
            measured.problem = str(error)
            print(f"  not measured: {error}", file=sys.stderr)
        return measured

    def own_figure(self, row):
        if not isinstance(row, Memory):
            return self.sides.start(row.ours)
        sample = self.sides.train(row.ours, OURS)
        sample.value = sample.best = sample.report["peak_memory_bytes"]
        return sample

    def speed(self, measured):
        row = measured.row
        settings = self.sides.settings(row.peer)
        if len(settings) > FINALISTS:
            self.sides.attempt(row.ours)  # what ours cannot do should not take the peer's time first
            settings = self.finalists(measured, settings)
        for index in range(self.rounds):
            name = f"round {index + 1}"
            measured.ours.append(self.sides.train(row.ours, OURS))
            tell(f"{name}, ours", OURS, measured.ours[-1], row)
            for setting in settings:
                measured.peer.setdefault(setting, []).append(self.sides.train(row.peer, setting))
                tell(f"{name}, peer", setting, measured.peer[setting][-1], row)

    def finalists(self, measured, settings):
        """The fastest settings of a round of all of them; all of them, fastest first, if thorough.

        One that cannot run drops out. Raises RunFailed where none is left.
        """
        endless = set()  # modes that take too long, however idle threads wait: what takes so long is compiling
        for setting in settings:
            if setting.mode in endless:
                continue
            try:
                measured.preliminary[setting] = self.sides.train(measured.row.peer, setting)
                tell("preliminary", setting, measured.preliminary[setting], measured.row)
            except RunFailed as error:
                measured.failed[setting] = str(error)
                if isinstance(error, RunTooLong):
                    endless.add(setting.mode)
                print(f"  preliminary, {setting}: {error}", file=sys.stderr)
        if not measured.preliminary:
            raise RunFailed(f"no setting of the peer could run; {measured.failed[settings[0]]}")
        ranking = sorted(measured.preliminary, key=lambda one: measured.preliminary[one].value, reverse=True)
        return ranking if self.thorough else ranking[:FINALISTS]


def tell(moment, setting, sample, row):
    value = f"{sample.value:.1f} images/s" if isinstance(row, Speed) else in_words(row, sample.value)
    which = f", {setting}" if setting != OURS else ""
    print(f"  {moment}{which}: {value}, {sample.run.share:.1%} of a core beside it", file=sys.stderr)


def in_words(row, value):
    """A figure of ours with its unit."""
    if isinstance(row, Speed):
        return f"{value:.1f}"
    return f"{value / 1e9:.2f} GB" if isinstance(row, Memory) else f"{value:.2f} s"
