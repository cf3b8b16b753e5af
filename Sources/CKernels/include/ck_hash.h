#ifndef CK_HASH_H
#define CK_HASH_H
#include <stddef.h>
#include <stdint.h>

/// A 64-bit hash of `bytes` bytes at `data`, a function of these bytes, their number and `seed`. Made to
/// find copies that drifted apart, not to withstand an adversary: a change within one 8-byte word is always
/// found, and any other change is missed by chance about once in 2^64. Words are read in the machine's byte
/// order.
uint64_t ck_hash64(const void *data, size_t bytes, uint64_t seed);

#endif
