#ifndef CK_HASH_H
#define CK_HASH_H
#include <stddef.h>
#include <stdint.h>

/// A 64-bit hash of `bytes` bytes at `data`, a function of them, their number and `seed`. Made to find copies
/// that drifted apart, not to withstand an adversary: any change within one 8-byte word is found for certain,
/// any other one by chance alone is missed about once in 2^64. Words are read in the machine's byte order.
uint64_t ck_hash64(const void *data, size_t bytes, uint64_t seed);

#endif
