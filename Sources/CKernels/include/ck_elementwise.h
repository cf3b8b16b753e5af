#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H
#include <stdint.h>

/// y = x * scale + shift, x bytes.
void ck_from_bytes(const uint8_t *x, float scale, float shift, float *y, long count);

/// y = x * scale + shift rounded to the nearest byte, clamped to 0 ... 255; NaN becomes 0.
void ck_to_bytes(const float *x, float scale, float shift, uint8_t *y, long count);

/// Writes total = the elements of a + b. Any of the three may be the same.
void ck_add(const float *a, const float *b, float *total, long count);

/// The place of the first element that is not finite, or count.
long ck_first_nonfinite(const float *x, long count);

#endif
