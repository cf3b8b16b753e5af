// Gradients as bfloat16.
#include "ck_wire.h"

#include <string.h>

#include "ck_dispatch.h"

// Rounds with integer operations, which give the same bits on every instruction set, whatever its own
// conversion does with NaN and denormals.
CK_BODY ck_wire_pack_body(float *x, uint16_t *y, long count) {
  for (long i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1);
    // Rounding could turn a NaN into an infinity or a zero; the quiet bit keeps it a NaN.
    rounded = (bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x00400000u : rounded;
    rounded &= 0xffff0000u;
    y[i] = (uint16_t)(rounded >> 16);
    memcpy(x + i, &rounded, sizeof rounded);
  }
}

CK_DISPATCH(ck_wire_pack, (float *x, uint16_t *y, long count), (x, y, count))

CK_BODY ck_wire_unpack_body(const uint16_t *x, float *y, long count) {
  for (long i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)x[i] << 16;
    memcpy(y + i, &bits, sizeof bits);
  }
}

CK_DISPATCH(ck_wire_unpack, (const uint16_t *x, float *y, long count), (x, y, count))

CK_BODY ck_wire_add_body(const uint16_t *x, float *y, long count) {
  for (long i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)x[i] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    y[i] += value;
  }
}

CK_DISPATCH(ck_wire_add, (const uint16_t *x, float *y, long count), (x, y, count))
