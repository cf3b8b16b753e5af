// Philox 4x32-10 and the distributions drawn from it. Counter-based: no state anywhere.
#include "ck_random.h"

#include <math.h>

static const uint32_t multiplier0 = 0xD2511F53u, multiplier1 = 0xCD9E8D57u;
static const uint32_t weyl0 = 0x9E3779B9u, weyl1 = 0xBB67AE85u;

void ck_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)multiplier0 * c0, p1 = (uint64_t)multiplier1 * c2;
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    c0 = n0;
    c2 = n2;
    k0 += weyl0;
    k1 += weyl1;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

static void block(const uint32_t counter[4], const uint32_t key[2], size_t index, uint32_t words[4]) {
  uint32_t c[4] = {counter[0] + (uint32_t)index, counter[1], counter[2], counter[3]};
  ck_philox4x32(c, key, words);
}

void ck_philox_uniform(const uint32_t counter[4], const uint32_t key[2], float *out, size_t count) {
  uint32_t words[4];
  for (size_t i = 0; i < count; i++) {
    if (i % 4 == 0) block(counter, key, i / 4, words);
    out[i] = (float)(words[i % 4] >> 8) * 0x1p-24f;
  }
}

void ck_philox_normal(const uint32_t counter[4], const uint32_t key[2], float *out, size_t count) {
  const double two_pi = 6.283185307179586476925286766559;
  uint32_t words[4];
  for (size_t i = 0; i < count; i += 2) {
    if (i % 4 == 0) block(counter, key, i / 4, words);
    // (0, 1], so that the logarithm is finite.
    double u = ((double)words[i % 4] + 1.0) * 0x1p-32, v = (double)words[i % 4 + 1] * 0x1p-32;
    double radius = sqrt(-2.0 * log(u));
    out[i] = (float)(radius * cos(two_pi * v));
    if (i + 1 < count) out[i + 1] = (float)(radius * sin(two_pi * v));
  }
}
