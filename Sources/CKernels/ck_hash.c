// A fast hash of plain memory.
#include "ck_hash.h"

#include <string.h>

static const uint64_t odd0 = 0xd6e8feb86659fd93u, odd1 = 0xa0761d6478bd642fu;

static inline uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

// One-to-one in `lane` for a fixed word and in `word` for a fixed lane: that is what makes a change of a single
// word certain to change the hash.
static inline uint64_t take(uint64_t lane, uint64_t word) { return rotate((lane ^ word) * odd0, 31); }

static inline uint64_t finish(uint64_t x) {
  x ^= x >> 32;
  x *= odd1;
  x ^= x >> 29;
  x *= odd0;
  return x ^ x >> 32;
}

uint64_t ck_hash64(const void *data, size_t bytes, uint64_t seed) {
  const unsigned char *p = data;
  // Four lanes, as one would wait for the multiplier.
  uint64_t lanes[4], words[4];
  for (int i = 0; i < 4; i++) lanes[i] = finish(seed + (uint64_t)(i + 1) * odd1);
  size_t left = bytes;
  for (; left >= 32; left -= 32, p += 32) {
    memcpy(words, p, 32);
    for (int i = 0; i < 4; i++) lanes[i] = take(lanes[i], words[i]);
  }
  if (left > 0) {
    memset(words, 0, sizeof words);
    memcpy(words, p, left);
    for (int i = 0; i < 4; i++) lanes[i] = take(lanes[i], words[i]);
  }
  uint64_t hash = finish(seed ^ (uint64_t)bytes);
  for (int i = 0; i < 4; i++) hash = finish(take(hash, lanes[i]));
  return hash;
}
