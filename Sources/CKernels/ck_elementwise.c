// Conversions, sums and checks over plain arrays.
#include "ck_elementwise.h"

#include <string.h>

#include "ck_dispatch.h"

CK_BODY ck_from_bytes_body(const uint8_t *x, float scale, float shift, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] = (float)x[i] * scale + shift;
}

CK_DISPATCH(ck_from_bytes, (const uint8_t *x, float scale, float shift, float *y, long count),
            (x, scale, shift, y, count))

CK_BODY ck_to_bytes_body(const float *x, float scale, float shift, uint8_t *y, long count) {
  for (long i = 0; i < count; i++) {
    float v = x[i] * scale + shift + 0.5f;
    v = v > 0.0f ? v : 0.0f;
    v = v < 255.0f ? v : 255.0f;
    y[i] = (uint8_t)v;
  }
}

CK_DISPATCH(ck_to_bytes, (const float *x, float scale, float shift, uint8_t *y, long count),
            (x, scale, shift, y, count))

CK_BODY ck_add_body(const float *a, const float *b, float *total, long count) {
  for (long i = 0; i < count; i++) total[i] = a[i] + b[i];
}

CK_DISPATCH(ck_add, (const float *a, const float *b, float *total, long count), (a, b, total, count))

long ck_first_nonfinite(const float *x, long count) {
  for (long i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    if ((bits & 0x7f800000u) == 0x7f800000u) return i;
  }
  return count;
}
