"""What scripts/train-presets trains: a run is a line of RUNS."""

from dataclasses import dataclass

FACES, TAGGED, MNIST = "anime64", "anime96-tagged", "mnist/train-images-idx3-ubyte.gz"


@dataclass(frozen=True)
class Run:
    """One training. `data` is under the folder of --data."""

    name: str
    preset: str
    data: str
    minutes: float  # of training, on 2 ranks of one thread each
    flags: tuple = ()

    def command(self, data, minutes):
        """What `dcgan-dist` is given, but for where the run's folder is; `data` is the folder of --data."""
        return ["train", "--preset", self.preset, "--data", f"{data}/{self.data}", *self.flags, "--ranks", "2",
                "--threads", "1", "--minutes", f"{minutes:g}"]


# Sheets come often enough that each run has at least ten, checkpoints seldom enough that they cost no time.
RUNS = [
    Run("slim64", "slim64", FACES, 20, ("--checkpoint-every", "500")),
    Run("slim64-quarter", "slim64", FACES, 15, ("--width", "16", "--checkpoint-every", "1000")),
    Run("paper64", "paper64", FACES, 20, ("--sample-every", "100")),
    Run("keras64", "keras64", FACES, 20, ("--sample-every", "25", "--checkpoint-every", "100")),
    Run("torch96", "torch96", TAGGED, 20, ("--sample-every", "50", "--checkpoint-every", "250")),
    Run("torch96-quarter", "torch96", TAGGED, 15, ("--width", "16", "--sample-every", "250")),
    Run("cdcgan64", "cdcgan64", TAGGED, 20),
    Run("cgan28", "cgan28", MNIST, 15, ("--sample-every", "250")),
    Run("cgan28-wrong-labels", "cgan28", MNIST, 15, ("--set", "conditions.wrong_labels=true", "--sample-every", "250")),
    Run("infogan28", "infogan28", MNIST, 15, ("--sample-every", "250")),
    # By its own recipe D wins within 2,000 steps and G makes one picture of every z; see docs/presets.md.
    Run("vanilla", "vanilla", MNIST, 10, (
        "--set", "loss.smoothing.amount=0.1", "--set", "instance_noise.deviation=0.3", "--set",
        "instance_noise.decay_steps=20000", "--sample-every", "1000", "--checkpoint-every", "2000")),
]


def chosen(names):
    """The runs with these names, in the order of RUNS; all of them for none. Raises ValueError with a sentence."""
    known = [run.name for run in RUNS]
    for name in names or []:
        if name not in known:
            raise ValueError(f"--only: there is no run named '{name}'; the runs are {', '.join(known)}")
    return [run for run in RUNS if not names or run.name in names]
