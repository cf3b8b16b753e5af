"""The judge of digits: a small convolutional network, trained on MNIST's 60,000 real digits and held to its 10,000."""

import gzip
import hashlib
import pathlib

import numpy
import torch
from torch import nn
from torch.nn import functional

from condition_runs import Unfit

EPOCHS, BATCH, RATE = 3, 100, 2e-3
LEAST = 0.985  # of the real test digits, that a judge must be right about


def idx(path):
    """The array of a gzipped IDX file of bytes. Raises Unfit."""
    try:
        data = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise Unfit(f"{path} cannot be read, and should be one of MNIST's gzipped IDX files: {error}") from error
    sides = [int.from_bytes(data[4 * i + 4:4 * i + 8]) for i in range(data[3])] if data[:3] == b"\0\0\x08" else []
    values = numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * len(sides)) if sides else numpy.empty(0)
    if not sides or values.size != numpy.prod(sides):
        raise Unfit(f"{path} is no IDX file of bytes")
    return values.reshape(sides)


def network():
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 49, 128), nn.ReLU(), nn.Linear(128, 10))


class Judge:
    """Says which digit a picture [1, 28, 28] shows. Trained where `cache` has none that was trained on the same pictures by
    the same code."""

    def __init__(self, folder, cache):
        self.train = self.set(folder, "train")
        test = self.set(folder, "t10k")
        self.net = network()
        made_of = [pathlib.Path(__file__).read_bytes(), *(part.numpy().tobytes() for part in self.train)]
        path = cache / f"digits-{hashlib.sha256(b''.join(made_of)).hexdigest()[:16]}.pt"
        if path.is_file():
            self.net.load_state_dict(torch.load(path, weights_only=True))
        else:
            print("Training the judge on the real digits ...", flush=True)
            self.learn()
        self.tests = len(test[1])
        self.accuracy = (self(test[0]) == test[1].numpy()).mean()
        if self.accuracy < LEAST:
            raise Unfit(f"the judge is right about {self.accuracy:.2%} of the real test digits and should be about"
                        f" {LEAST:.1%}; is {folder} the whole MNIST?")
        cache.mkdir(parents=True, exist_ok=True)
        torch.save(self.net.state_dict(), path)

    @staticmethod
    def set(folder, part):
        """Pictures [N, 1, 28, 28], 0 to 1, and their digits."""
        pictures = idx(folder / f"{part}-images-idx3-ubyte.gz")
        labels = idx(folder / f"{part}-labels-idx1-ubyte.gz")
        if pictures.shape[1:] != (28, 28) or labels.shape != pictures.shape[:1]:
            raise Unfit(f"{folder}: {pictures.shape} pictures and {labels.shape} labels of {part} do not belong together"
                        " as MNIST's 28 x 28 and their digits do")
        return torch.from_numpy(pictures[:, None] / numpy.float32(255)), torch.from_numpy(labels.astype(numpy.int64))

    def learn(self):
        torch.manual_seed(1)
        self.net = network()
        pictures, labels = self.train
        optimizer = torch.optim.Adam(self.net.parameters(), RATE)
        steps = EPOCHS * (len(labels) // BATCH)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.02, steps)
        for _ in range(EPOCHS):
            for batch in torch.randperm(len(labels))[:len(labels) // BATCH * BATCH].split(BATCH):
                optimizer.zero_grad()
                functional.cross_entropy(self.net(pictures[batch]), labels[batch]).backward()
                optimizer.step()
                schedule.step()

    @staticmethod
    def held(pictures):
        """As a tensor. Raises Unfit where they are no digits of 28 x 28."""
        if tuple(pictures.shape[1:]) != (1, 28, 28):
            raise Unfit(f"the run's pictures are {' x '.join(map(str, pictures.shape[1:]))}, and the judge knows grey ones"
                        " of 28 x 28")
        return torch.as_tensor(pictures)

    def __call__(self, pictures):
        """The digit that each of [N, 1, 28, 28], 0 to 1, shows."""
        with torch.no_grad():
            return torch.cat([self.net(part).argmax(1) for part in self.held(pictures).split(500)]).numpy()

    def nearest(self, pictures):
        """The digit of the training picture at the least Euclidean distance to each."""
        reals, labels = self.train[0].flatten(1), self.train[1]
        halved = reals.square().sum(1) / 2
        return torch.cat([labels[(halved - part.flatten(1) @ reals.T).argmin(1)]
                          for part in self.held(pictures).split(200)]).numpy()
