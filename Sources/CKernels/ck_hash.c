// A fast hash of plain memory.
#include "ck_hash.h"

#include <string.h>

static const uint64_t odd0 = 0xd6e8feb86659fd93u, odd1 = 0xa0761d6478bd642fu;

// Enough independent lanes to keep the multiplier busy; a single chain would wait for each result.
enum { lane_count = 8, block = 8 * lane_count };

static inline uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

// One-to-one in `lane` for a fixed word, and in `word` for a fixed lane, so a change of a single word
// always changes the hash. It multiplies twice, as a multiplication carries bits only upwards: after one, a
// changed top bit would still be a single bit, and a single bit of a later word could undo it.
static inline uint64_t take(uint64_t lane, uint64_t word) {
  uint64_t x = (lane ^ word) * odd0;
  x ^= x >> 32;
  return rotate(x * odd1, 29);
}

uint64_t ck_hash64(const void *data, size_t bytes, uint64_t seed) {
  const unsigned char *p = data;
  uint64_t lanes[lane_count], words[lane_count];
  for (int i = 0; i < lane_count; i++) lanes[i] = take(seed, (uint64_t)i);
  size_t left = bytes;
  for (; left >= block; left -= block, p += block) {
    memcpy(words, p, block);
    for (int i = 0; i < lane_count; i++) lanes[i] = take(lanes[i], words[i]);
  }
  if (left > 0) {
    memset(words, 0, sizeof words);
    memcpy(words, p, left);
    for (int i = 0; i < lane_count; i++) lanes[i] = take(lanes[i], words[i]);
  }
  uint64_t hash = take(seed, (uint64_t)bytes);
  for (int i = 0; i < lane_count; i++) hash = take(hash, lanes[i]);
  // The last word has to reach every bit as well.
  return take(hash ^ hash >> 32, 0);
}
