#ifndef CK_RANDOM_H
#define CK_RANDOM_H
#include <stddef.h>
#include <stdint.h>

/// One block of Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// writes 4 words to out, a function of the 128-bit counter and the 64-bit key alone.
void ck_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/// Writes count uniform floats in [0, 1), multiples of 2^-24. Element i is word i % 4 of the block whose
/// counter is counter with counter[0] + i / 4 in its first word.
void ck_philox_uniform(const uint32_t counter[4], const uint32_t key[2], float *out, size_t count);

/// Writes count standard normal floats by the Box-Muller transform in double: elements 2j and 2j + 1 are the
/// cosine and the sine branch of the words 2j and 2j + 1 of the stream.
void ck_philox_normal(const uint32_t counter[4], const uint32_t key[2], float *out, size_t count);

#endif
