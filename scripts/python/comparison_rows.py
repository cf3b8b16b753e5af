"""What scripts/compare-pytorch compares: a row of its table is a line of ROWS."""

from dataclasses import dataclass
from typing import Optional, Union


@dataclass(frozen=True)
class Training:
    """Whole training steps of one side. `batch` is over all ranks, `threads` of each."""

    preset: str
    batch: int
    threads: int
    ranks: int = 1
    precision: str = "fp32"
    steps: int = 7  # timed in a run, unless --steps says otherwise
    flags: tuple = ()  # more flags for dcgan-dist bench


class Ours(Training):
    """dcgan-dist bench."""


class PyTorch(Training):
    """pytorch_training.py, at whichever of its settings is fastest."""


@dataclass(frozen=True)
class Speed:
    """Images a second, ours over the peer's; `goal` is the smallest ratio that will do, None if there is none."""

    name: str
    figure: str
    goal: Optional[float]
    ours: Ours
    peer: Union[PyTorch, Ours]


@dataclass(frozen=True)
class Memory:
    """Peak resident memory of our training, the largest of all runs; `goal` is the most bytes that will do."""

    name: str
    figure: str
    goal: float
    ours: Ours


@dataclass(frozen=True)
class Start:
    """Time from the program's start to its first training step on the built-in data; `goal` is the most seconds."""

    name: str
    figure: str
    goal: float
    ours: Ours


Row = Union[Speed, Memory, Start]

TWO_RANKS = Ours("dcgan64", 128, 1, ranks=2)
FAST = ("--reduction", "fast")
LOCAL = ("--bn", "local")

DCGAN64 = [
    Speed("fp32", "dcgan64, fp32, batch 128, 2 threads", 1.6,
          Ours("dcgan64", 128, 2), PyTorch("dcgan64", 128, 2)),
    Speed("bf16-peer", "dcgan64, our fp32 against PyTorch bf16 (stretch), batch 128, 2 threads", 1.0,
          Ours("dcgan64", 128, 2), PyTorch("dcgan64", 128, 2, precision="bf16")),
    Speed("bf16", "dcgan64, bf16 both, batch 128, 2 threads", 1.4,
          Ours("dcgan64", 128, 2, precision="bf16"), PyTorch("dcgan64", 128, 2, precision="bf16")),
    Speed("batch-8", "dcgan64, fp32, batch 8, 2 threads", 1.5,
          Ours("dcgan64", 8, 2, steps=40), PyTorch("dcgan64", 8, 2, steps=40)),
    Speed("one-thread", "dcgan64, fp32, batch 64, 1 thread", None,
          Ours("dcgan64", 64, 1), PyTorch("dcgan64", 64, 1)),
    Memory("memory", "dcgan64, batch 128, 2 threads: peak resident memory", 1.0e9,
           Ours("dcgan64", 128, 2)),
    Start("start", "dcgan64, 2 threads: start to first step, built-in data", 1.0,
          Ours("dcgan64", 128, 2)),
]

RANKS = [
    Speed("two-ranks", "dcgan64, 2 ranks x 1 thread, 64 images each, against our 1 x 1, 64 images", 1.9,
          TWO_RANKS, Ours("dcgan64", 64, 1)),
    Speed("ddp", "dcgan64, 2 ranks x 1 thread, 64 images each, against PyTorch DDP over gloo", 1.7,
          TWO_RANKS, PyTorch("dcgan64", 128, 1, ranks=2)),
    Speed("ordered-1", "1 rank x 2 threads: 8 slices in order, against one slice", 0.95,
          Ours("dcgan64", 128, 2), Ours("dcgan64", 128, 2, flags=("--slices", "1"))),
    Speed("ordered-2", "2 ranks x 1 thread: 8 slices in order, against one a rank and MPI's sums", 0.95,
          TWO_RANKS, Ours("dcgan64", 128, 1, ranks=2, flags=("--slices", "2", *FAST))),
    Speed("ordered-4", "4 ranks x 1 thread, on 2 cores: 8 slices in order, against one a rank and MPI's sums", 0.95,
          Ours("dcgan64", 128, 1, ranks=4), Ours("dcgan64", 128, 1, ranks=4, flags=("--slices", "4", *FAST))),
    Speed("sync-1", "1 rank x 2 threads: batch norm over the batch, against over each rank's part", None,
          Ours("dcgan64", 128, 2), Ours("dcgan64", 128, 2, flags=LOCAL)),
    Speed("sync-2", "2 ranks x 1 thread: batch norm over the batch, against over each rank's part", None,
          TWO_RANKS, Ours("dcgan64", 128, 1, ranks=2, flags=LOCAL)),
    Speed("sync-4", "4 ranks x 1 thread, on 2 cores: batch norm over the batch, against over each rank's part", None,
          Ours("dcgan64", 128, 1, ranks=4), Ours("dcgan64", 128, 1, ranks=4, flags=LOCAL)),
]


def preset(name, batch, steps):
    """A reference system beside PyTorch; `steps` are few enough for a run of about a minute."""
    return Speed(f"{name}-{batch}", f"{name}, fp32, batch {batch}, 2 threads", 1.3,
                 Ours(name, batch, 2, steps=steps), PyTorch(name, batch, 2, steps=steps))


# Each at its system's own batch and at 64.
PRESETS = [
    preset("slim64", 8, 7), preset("slim64", 64, 3),
    preset("paper64", 100, 5), preset("paper64", 64, 7),
    preset("torch96", 64, 5),
    preset("keras64", 128, 5), preset("keras64", 64, 7),
    preset("cgan28", 100, 7), preset("cgan28", 64, 7),
]

GROUPS = {"dcgan64": DCGAN64, "ranks": RANKS, "presets": PRESETS}
ROWS = [row for group in GROUPS.values() for row in group]


def chosen(names: Optional[str]) -> list:
    """The rows with these names, or of the groups with these names, separated by commas, in the table's order; all of
    them for None.

    Raises ValueError with a sentence for a name that neither a row nor a group has.
    """
    if names is None:
        return ROWS
    known = {row.name: [row] for row in ROWS} | GROUPS
    found = []
    for name in (name.strip() for name in names.split(",")):
        if name not in known:
            raise ValueError(f"--rows has neither a row nor a group named '{name}'; the groups are"
                             f" {', '.join(GROUPS)}, and the rows are {', '.join(row.name for row in ROWS)}")
        found += known[name]
    return [row for row in ROWS if row in found]
