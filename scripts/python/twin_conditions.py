"""What conditional networks are given and told in a step of a twin, as docs/numerics.md draws it for seed 1."""

from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

import condition_draws
from condition_draws import CONDITION_MIX, WRONG_LABEL, below, number


@dataclass(frozen=True)
class Conditions:
    """The label groups' numbers of classes, codes, and how they are learned."""

    groups: tuple = ()
    planes: bool = True  # whether D sees the classes
    categorical: tuple = ()
    uniform: int = 0
    wrong_labels: bool = False
    interpolation: float = 0.0
    beta: float = 0.5

    @property
    def size(self):
        """How many numbers stand beside z."""
        return sum(self.categorical) + self.uniform + sum(self.groups)

    def classes(self, sample):
        """Of the sample-th picture of the endless set: a class in each group."""
        return [(3 * sample + 2 * group + 1) % count for group, count in enumerate(self.groups)]

    def one_hot(self, rows):
        """[N,K]: the vectors of rows of classes, group after group."""
        made = torch.zeros(len(rows), sum(self.groups), dtype=torch.float64)
        for row, classes in enumerate(rows):
            first = 0
            for chosen, count in zip(classes, self.groups):
                made[row, first + chosen] = 1
                first += count
        return made

    def codes(self, step, draw, samples):
        """[N,C]: categorical codes as one-hot vectors, then those from U[-1, 1)."""
        return torch.from_numpy(condition_draws.codes(self.categorical, self.uniform, step, draw, samples))

    def wrong(self, rows, step, look):
        """[N,K]: in each group a class that is not the row's own."""
        others = []
        for sample, classes in enumerate(rows):
            drawn = [below(count - 1, number(WRONG_LABEL, look, step, sample, group))
                     for group, count in enumerate(self.groups)]
            others.append([other + (other >= own) for other, own in zip(drawn, classes)])
        return self.one_hot(others)

    def mixed(self, own, step, draw):
        """[N,K]: between `own` [N,K] and classes that are drawn."""
        others = self.one_hot([
            [below(count, number(CONDITION_MIX, draw, step, sample, group))
             for group, count in enumerate(self.groups)] for sample in range(len(own))])
        return self.beta * own + (1 - self.beta) * others

    def code_loss(self, told, codes):
        """-log Q(codes) without its constant, a mean over the samples: logits, then means of unit variance."""
        first = sum(self.categorical)
        squares = 0.5 * (told[:, first:] - codes[:, first:]).square().sum(1).mean()
        return groupwise(told[:, :first], codes[:, :first], self.categorical) + squares

    def class_loss(self, told, truth):
        """-log P(class), summed over the groups, a mean over the samples."""
        return groupwise(told, truth, self.groups)


def groupwise(told, truth, counts):
    """The sum of each group's cross-entropy; of a target that adds up to 1."""
    pairs = zip(told.split(counts, 1), truth.split(counts, 1))
    return sum((cross_entropy(x, t) for x, t in pairs), torch.zeros((), dtype=told.dtype))
