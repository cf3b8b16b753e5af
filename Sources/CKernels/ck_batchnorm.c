// The passes of batch norm. Sums are taken in double, so that E[x^2] - E[x]^2 loses nothing that float had.
#include "ck_batchnorm.h"

#include "ck_activation.h"
#include "ck_dispatch.h"

CK_BODY ck_moments_body(const float *restrict x, long rows, long channels, double *restrict sums) {
  double *restrict squares = sums + channels;
  for (long r = 0; r < rows; r++, x += channels)
    for (long c = 0; c < channels; c++) {
      double v = x[c];
      sums[c] += v;
      squares[c] += v * v;
    }
}

CK_DISPATCH(ck_moments, (const float *x, long rows, long channels, double *sums), (x, rows, channels, sums))

CK_BODY ck_normalize_body(const float *x, const float *scale, const float *shift, float *y, long rows,
                          long channels, int activation, float slope) {
  const float negative = activation == CK_LEAKY_RELU ? slope : 1.0f;
  for (long r = 0; r < rows; r++, x += channels, y += channels)
    for (long c = 0; c < channels; c++) {
      float v = x[c] * scale[c] + shift[c];
      y[c] = v > 0 ? v : v * negative;
    }
}

CK_DISPATCH(ck_normalize,
            (const float *x, const float *scale, const float *shift, float *y, long rows, long channels,
             int activation, float slope),
            (x, scale, shift, y, rows, channels, activation, slope))

// The gradient before the activation. Whether the unit was on the positive side is computed again from x, in the
// forward pass's own operations, which costs less than reading y does.
#define GRADIENT(i) (dy[i] * (x[i] * scale[i] + shift[i] > 0 ? 1.0f : negative))

CK_BODY ck_batchnorm_backward_sums_body(const float *restrict x, const float *restrict dy,
                                        const float *restrict scale, const float *restrict shift,
                                        const float *restrict mean, const float *restrict inverse_std, long rows,
                                        long channels, int activation, float slope, double *restrict sums) {
  const float negative = activation == CK_LEAKY_RELU ? slope : 1.0f;
  double *restrict products = sums + channels;
  for (long r = 0; r < rows; r++, x += channels, dy += channels)
    for (long c = 0; c < channels; c++) {
      float g = GRADIENT(c);
      sums[c] += g;
      products[c] += (double)g * (double)((x[c] - mean[c]) * inverse_std[c]);
    }
}

CK_DISPATCH(ck_batchnorm_backward_sums,
            (const float *x, const float *dy, const float *scale, const float *shift, const float *mean,
             const float *inverse_std, long rows, long channels, int activation, float slope, double *sums),
            (x, dy, scale, shift, mean, inverse_std, rows, channels, activation, slope, sums))

CK_BODY ck_batchnorm_backward_apply_body(const float *x, const float *dy, const float *scale, const float *shift,
                                         const float *a, const float *b, const float *c, float *dx, long rows,
                                         long channels, int activation, float slope) {
  const float negative = activation == CK_LEAKY_RELU ? slope : 1.0f;
  for (long r = 0; r < rows; r++, x += channels, dy += channels, dx += channels)
    for (long i = 0; i < channels; i++) dx[i] = GRADIENT(i) * a[i] + (x[i] * b[i] + c[i]);
}

CK_DISPATCH(ck_batchnorm_backward_apply,
            (const float *x, const float *dy, const float *scale, const float *shift, const float *a, const float *b,
             const float *c, float *dx, long rows, long channels, int activation, float slope),
            (x, dy, scale, shift, a, b, c, dx, rows, channels, activation, slope))

CK_BODY ck_column_sums_body(const float *restrict x, long rows, long channels, double *restrict sums) {
  for (long r = 0; r < rows; r++, x += channels)
    for (long c = 0; c < channels; c++) sums[c] += x[c];
}

CK_DISPATCH(ck_column_sums, (const float *x, long rows, long channels, double *sums), (x, rows, channels, sums))
