// What a power iteration is made of: products of a matrix's rows, in double.
//
// The product of two floats is exact in a double, so that a fused multiply-add rounds as a multiplication and an
// addition do, and the bits depend on the order of the sums alone, which eight lanes fix.
#include "ck_spectral.h"

#include "ck_dispatch.h"

enum { lanes = 8 };

CK_BODY ck_dot_body(const float *a, const float *b, long count, double *sum) {
  double total[lanes] = {0};
  long whole = count - count % lanes;
  for (long i = 0; i < whole; i += lanes)
    for (int lane = 0; lane < lanes; lane++) total[lane] += (double)a[i + lane] * (double)b[i + lane];
  for (long i = whole; i < count; i++) total[i - whole] += (double)a[i] * (double)b[i];
  for (int half = lanes / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; lane++) total[lane] += total[lane + half];
  *sum = total[0];
}

CK_DISPATCH(ck_dot, (const float *a, const float *b, long count, double *sum), (a, b, count, sum))

CK_BODY ck_add_scaled_body(float a, const float *x, double *sums, long count) {
  for (long i = 0; i < count; i++) sums[i] += (double)a * (double)x[i];
}

CK_DISPATCH(ck_add_scaled, (float a, const float *x, double *sums, long count), (a, x, sums, count))

CK_BODY ck_scale_body(const float *x, float scale, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] = x[i] * scale;
}

CK_DISPATCH(ck_scale, (const float *x, float scale, float *y, long count), (x, scale, y, count))

CK_BODY ck_take_away_body(float *g, float along, const float *x, float scale, long count) {
  for (long i = 0; i < count; i++) g[i] = (g[i] - along * x[i]) * scale;
}

CK_DISPATCH(ck_take_away, (float *g, float along, const float *x, float scale, long count), (g, along, x, scale, count))
