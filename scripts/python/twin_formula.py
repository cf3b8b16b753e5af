"""What every framework's twins of the presets begin from, by a formula, and which of their numbers are written.

NumPy alone, as each framework has an environment of its own. Everything is float64 and holds float32 numbers. What
the names mean stands in Tests/TwinTests/Fixtures/README.md.
"""

import numpy

WIDTH, LATENT, BATCH, STEPS = 4, 8, 4, 3
KEPT = 128  # numbers of a tensor that are written, at most, where a system does not say less
STRIDE = 7919  # element j of what is kept is number (j * STRIDE) mod count; a prime
TRACKED, UPDATED = 4, 3  # batches that batch norms have seen, and updates that Adam has made, before step 0

CLASSES = 10

# D's update: its halves in order, each "reals" or "fakes", "new" or "reuse"; G's: ("G", "new" or "reuse"). Fakes that
# G has learned from since they were made are made again of the same z.
PLAIN = ((("reals", "new"), ("fakes", "new")), ("G", "reuse"))
KERAS = ((("fakes", "new"),), (("reals", "new"),), (("fakes", "new"),), (("reals", "reuse"),), ("G", "new"))
SLIM = ((("reals", "new"), ("fakes", "new")), ("G", "new"), ("G", "new"), ("G", "new"))
TWICE = ((("reals", "new"), ("fakes", "new")), ("G", "reuse"), ("G", "reuse"))


def single(numbers):
    """The nearest float32 numbers."""
    return numpy.asarray(numbers, numpy.float64).astype(numpy.float32).astype(numpy.float64)


def spread(name, count):
    """`count` numbers in [-1, 1) that only the name decides, multiples of 2^-23."""
    stream = 2166136261
    for byte in name.encode():
        stream = (stream ^ byte) * 16777619 % 2**32
    x = ((numpy.arange(1, count + 1, dtype=numpy.uint64) * 0x9E3779B9 + stream) % 2**32).astype(numpy.uint32)
    x ^= x >> 16
    x *= numpy.uint32(0x7FEB352D)
    x ^= x >> 15
    x *= numpy.uint32(0x846CA68B)
    x ^= x >> 16
    return (x >> 8).astype(numpy.float64) / 2**23 - 1


def kept(count, most=KEPT):
    """The places of the numbers that are written of `count`: all, or `most` from all over."""
    return numpy.arange(count) if count <= most else numpy.arange(most) * STRIDE % count


def form(key, shape):
    """Of a tensor of the state in PyTorch's layout: its middle and how far the formula goes from it; None for a
    counter."""
    if len(shape) > 1:
        # A linear layer sums over all but the first dimension, others over about as much.
        return single((0.0, 1.7 / numpy.prod(shape[1:]) ** 0.5))
    found = {"weight": (1.0, 0.3), "bias": (0.0, 0.3), "running_mean": (0.0, 0.3),
             "running_var": (1.0, 0.5)}.get(key.rsplit(".", 1)[1])
    return found and single(found)


def beginning(salt, name, shape):
    """A tensor of the state."""
    middle, reach = form(name, shape)
    return single(middle + reach * spread(f"{salt}.{name}", int(numpy.prod(shape)))).reshape(shape)


def moments(salt, name, shape):
    """Adam's two moments of a parameter."""
    count = int(numpy.prod(shape))
    m, v = 1e-3 * spread(f"{salt}.{name}.m", count), 1e-6 * (1.5 + spread(f"{salt}.{name}.v", count))
    return single(m).reshape(shape), single(v).reshape(shape)


def latents(salt, draw):
    """The draw-th z of a step, [N,Z]."""
    return single(numpy.stack([1.5 * spread(f"{salt}.z.{draw}.{n}", LATENT) for n in range(BATCH)]))


def reals(picture, step):
    """Pictures of C, H, W as the dcgan64 twin's, [N,C,H,W]."""
    c, h, w = picture
    n, c, h, w = numpy.meshgrid(
        numpy.arange(BATCH) + step * BATCH, numpy.arange(c), numpy.arange(h), numpy.arange(w), indexing="ij")
    return single(numpy.sin(0.1 * (n + 1.0) * (h + 1) + 0.07 * (w + 1.0) * (c + 2)))


def conditions(step):
    """One-hot vectors [N,10] of a step's pictures, real and generated: picture n of all is of class (3 n + 1) mod 10."""
    return numpy.eye(CLASSES)[(3 * (step * BATCH + numpy.arange(BATCH)) + 1) % CLASSES]
