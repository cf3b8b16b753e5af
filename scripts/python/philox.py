"""The program's random numbers, as docs/numerics.md (*Randomness*) has them."""

import numpy


def philox(counter, key):
    """Philox 4x32-10 (Salmon et al. 2011) of counters [4, N] under a key of two words."""
    mask = numpy.uint64(0xFFFFFFFF)
    c = [word.astype(numpy.uint64) for word in counter]
    k = list(key)
    for _ in range(10):
        first, second = numpy.uint64(0xD2511F53) * c[0], numpy.uint64(0xCD9E8D57) * c[2]
        c = [(second >> numpy.uint64(32)) ^ c[1] ^ numpy.uint64(k[0]), second & mask,
             (first >> numpy.uint64(32)) ^ c[3] ^ numpy.uint64(k[1]), first & mask]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return c


def dropout_numbers(count, sample, step, ordinal, place):
    """The uniform numbers that decide the masks of seed 1: of one sample, in the order N,H,W,C; a number below the
    rate drops its element. `ordinal` counts the step's forward passes, `place` is the layer's in its network."""
    blocks = numpy.arange((count + 3) // 4)
    rest = (sample, step, 4 << 24 | ordinal << 8 | place)
    words = philox([blocks] + [numpy.full_like(blocks, word) for word in rest], (1, 0))
    return (numpy.stack(words, 1).reshape(-1)[:count] >> numpy.uint64(8)).astype(numpy.float64) / 2**24
