"""Codes and labels that are drawn for seed 1, as docs/numerics.md (*Randomness*) has them. NumPy alone."""

import numpy

from philox import philox

CODE, WRONG_LABEL, CONDITION_MIX = 10, 11, 12  # purposes of random numbers


def number(purpose, stream, step, sample, element):
    """Element `element` of a random stream of seed 1: a float32 in [0, 1)."""
    words = philox([numpy.array([word]) for word in (element // 4, sample, step, purpose << 24 | stream)], (1, 0))
    return numpy.float32(int(words[element % 4][0]) >> 8) * numpy.float32(2**-24)


def below(count, uniform):
    """A whole number from 0 to below `count`; the product is a float32."""
    return min(count - 1, int(numpy.float32(count) * uniform))


def codes(categorical, uniform, step, draw, samples):
    """[N,C]: codes of `categorical` numbers of values as one-hot vectors, then `uniform` ones from U[-1, 1)."""
    made = numpy.zeros((samples, sum(categorical) + uniform))
    for sample in range(samples):
        first = 0
        for element, count in enumerate(categorical):
            made[sample, first + below(count, number(CODE, draw, step, sample, element))] = 1
            first += count
        for element in range(uniform):
            made[sample, first + element] = 2 * float(number(CODE, draw, step, sample, len(categorical) + element)) - 1
    return made
