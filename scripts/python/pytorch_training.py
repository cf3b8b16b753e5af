"""Times training steps of a preset in PyTorch on the CPU and prints one JSON object; see --help.

  stock     the code that people copy: contiguous tensors, and D's weight gradients computed in G's update too
  tuned     channels_last, D frozen in G's update, fused Adam
  compiled  tuned, under torch.compile

Several ranks are started by torch.distributed.run and share the work as DistributedDataParallel does.
"""

import argparse
import json
import os
import resource
import time

import torch
from torch import distributed
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot
from torch.nn.parallel import DistributedDataParallel

from pytorch_systems import SYSTEMS


class Training:
    """Both networks with their optimizers, on synthetic pictures. `batch` is that of this rank."""

    def __init__(self, system, batch, mode, precision):
        self.system, self.batch = system, batch
        self.tuned = mode != "stock"
        self.half = precision == "bf16"
        form = torch.channels_last if self.tuned else torch.contiguous_format
        self.g, self.d = (module.to(memory_format=form) for module in system.built())
        self.d_parameters = list(self.d.parameters())
        self.g_optimizer, self.d_optimizer = (
            torch.optim.Adam(module.parameters(), rate, system.betas, system.epsilon, fused=self.tuned)
            for module, rate in zip((self.g, self.d), system.learning_rates))
        self.reals = (torch.rand(batch, *system.picture) * 2 - 1).to(memory_format=form)
        self.z = None
        self.labels = self.planes = None
        if system.classes:
            self.labels = one_hot(torch.randint(system.classes, (batch,)), system.classes).float()
            self.planes = self.labels[:, :, None, None].repeat(1, 1, *system.picture[1:]).to(memory_format=form)
        if mode == "compiled":
            self.g, self.d = torch.compile(self.g), torch.compile(self.d)
        self.judge = self.d  # G's update goes through D but has none of its gradients to share with other ranks
        if distributed.is_initialized():
            self.g, self.d = (
                DistributedDataParallel(module, broadcast_buffers=False) for module in (self.g, self.d))

    def step(self):
        """The whole schedule once."""
        schedule = self.system.schedule
        fakes = None
        for index, update in enumerate(schedule):
            if update.fakes == "new":
                self.z = self.noise()
            if update.fakes in ("new", "remade"):
                reused = any(later.fakes == "again" for later in schedule[index + 1:index + 2])
                with torch.set_grad_enabled(update.network == "G" or reused):
                    fakes = self.pictures()
            if update.network == "D":
                self.update_d(self.reals if update.reals else None, fakes if update.fakes else None)
            else:
                self.update_g(fakes)

    def autocast(self):
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.half)

    def noise(self):
        """z of a batch, each with its label."""
        shape = (self.batch, *self.system.latent)
        z = torch.rand(shape) * 2 - 1 if self.system.uniform else torch.randn(shape)
        return z if self.labels is None else torch.cat((z, self.labels), 1)

    def pictures(self):
        with self.autocast():
            return self.g(self.z)

    def loss(self, d, pictures, target):
        with self.autocast():
            if self.planes is not None:
                pictures = torch.cat((pictures, self.planes), 1)
            logits = d(pictures).flatten()
        return binary_cross_entropy_with_logits(logits.float(), torch.full((self.batch,), target))

    def update_d(self, reals, fakes):
        self.d_optimizer.zero_grad()
        real, fake, _ = self.system.targets
        halves = [] if reals is None else [(reals, real)]
        halves += [] if fakes is None else [(fakes.detach(), fake)]
        for index, (pictures, target) in enumerate(halves):
            if isinstance(self.d, DistributedDataParallel):
                self.d.require_backward_grad_sync = index == len(halves) - 1  # one reduction for the sum of both
            self.loss(self.d, pictures, target).backward()
        self.d_optimizer.step()

    def update_g(self, fakes):
        self.g_optimizer.zero_grad()
        self.let_d_learn(not self.tuned)
        self.loss(self.judge, fakes, self.system.targets[2]).backward()
        self.let_d_learn(True)
        self.g_optimizer.step()

    def let_d_learn(self, learns):
        for parameter in self.d_parameters:
            parameter.requires_grad_(learns)


def timed(training, warmup, steps):
    """Seconds of each timed step, in order of length."""
    times = []
    for index in range(warmup + steps):
        start = time.perf_counter()
        training.step()
        if index >= warmup:
            times.append(time.perf_counter() - start)
    return sorted(times)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="dcgan64", choices=SYSTEMS)
    parser.add_argument("--mode", default="tuned", choices=("stock", "tuned", "compiled"))
    parser.add_argument("--precision", default="fp32", choices=("fp32", "bf16"))
    parser.add_argument("--threads", type=int, default=2, help="of each rank")
    parser.add_argument("--batch-size", type=int, default=128, help="over all ranks; a multiple of their number")
    parser.add_argument("--warmup", type=int, default=3, help="steps before those that are timed")
    parser.add_argument("--steps", type=int, default=7, help="steps to time")
    given = parser.parse_args()
    given.ranks = int(os.environ.get("WORLD_SIZE", 1))
    for name in ("threads", "batch_size", "steps"):
        if getattr(given, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1, and is {getattr(given, name)}")
    if given.warmup < 0:
        parser.error(f"--warmup must not be negative, and is {given.warmup}")
    if given.batch_size % given.ranks:
        parser.error(f"a batch of {given.batch_size} does not divide by {given.ranks} ranks")
    return given


def main():
    given = arguments()
    if given.ranks > 1:
        distributed.init_process_group("gloo")
    torch.set_num_threads(given.threads)
    torch.manual_seed(int(os.environ.get("RANK", 0)))
    training = Training(SYSTEMS[given.preset], given.batch_size // given.ranks, given.mode, given.precision)
    times = timed(training, given.warmup, given.steps)
    median = times[len(times) // 2]
    if int(os.environ.get("RANK", 0)) == 0:
        print(json.dumps({
            "preset": given.preset, "mode": given.mode, "precision": given.precision, "ranks": given.ranks,
            "threads": given.threads, "batch_size": given.batch_size, "median_ms": round(median * 1e3, 3),
            "best_ms": round(times[0] * 1e3, 3), "images_per_second": round(given.batch_size / median, 3),
            "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "torch": torch.__version__}))
    if given.ranks > 1:
        distributed.destroy_process_group()


if __name__ == "__main__":
    main()
