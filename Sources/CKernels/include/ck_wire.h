#ifndef CK_WIRE_H
#define CK_WIRE_H
#include <stdint.h>

// Gradients on their way between ranks as bfloat16: the upper half of a float, rounded to nearest, ties to even. A
// NaN stays one.

/// Rounds x in place and writes the same numbers to y.
void ck_wire_pack(float *x, uint16_t *y, long count);

/// Writes the numbers of x to y.
void ck_wire_unpack(const uint16_t *x, float *y, long count);

/// y += the numbers of x.
void ck_wire_add(const uint16_t *x, float *y, long count);

#endif
