// Bias and activation in one pass forward, activation in one backward. Formulas: docs/numerics.md,
// *Activations*.
#include "ck_activation.h"

#include <stdint.h>
#include <string.h>

#include "ck_dispatch.h"

// exp(x) for |x| <= 87: x = n ln2 + r, a polynomial of degree 6 in r (its Taylor series, |r| <= ln2 / 2),
// and n added to the exponent. Relative error below 2e-7.
static inline __attribute__((always_inline)) float exp_clamped(float x) {
  const float n = __builtin_rintf(x * 1.44269504f);
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  int32_t bits = ((int32_t)n + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

// tanh(x) = (1 - e) / (1 + e) with e = exp(-2|x|), and x - x^3/3 + 2x^5/15 - 17x^7/315 near zero, where the
// difference would cancel.
static inline __attribute__((always_inline)) float tanh_of(float x) {
  float a = x < 0 ? -x : x;
  float capped = a > 40.0f ? 40.0f : a;
  float e = exp_clamped(-2.0f * capped);
  float far = (1.0f - e) / (1.0f + e);
  float s = a * a;
  float near = a + a * s * (-1.0f / 3 + s * (2.0f / 15 - s * (17.0f / 315)));
  float t = a < 0.125f ? near : far;
  t = a == a ? t : a;  // a NaN stays one
  return x < 0 ? -t : t;
}

static inline __attribute__((always_inline)) float sigmoid_of(float x) {
  float a = x < 0 ? -x : x;
  float e = exp_clamped(a > 80.0f ? -80.0f : -a);
  float s = (x < 0 ? e : 1.0f) / (1.0f + e);
  return x == x ? s : x;
}

static inline __attribute__((always_inline)) void bias_activation_row(const float *x, const float *bias, float *y,
                                                                      long count, int activation, float slope) {
  if (bias)
    for (long c = 0; c < count; c++) y[c] = x[c] + bias[c];
  else if (x != y)
    for (long c = 0; c < count; c++) y[c] = x[c];
  if (activation == CK_LEAKY_RELU)
    for (long c = 0; c < count; c++) y[c] = y[c] > 0 ? y[c] : y[c] * slope;
  else if (activation == CK_TANH)
    for (long c = 0; c < count; c++) y[c] = tanh_of(y[c]);
  else if (activation == CK_SIGMOID)
    for (long c = 0; c < count; c++) y[c] = sigmoid_of(y[c]);
}

// Rows of few channels that lie one after the other are computed many at a time, with the bias repeated as
// often: a row of 3 numbers would leave most of a vector empty.
enum { narrow = 64, repeats = 16 };

CK_BODY ck_bias_activation_body(const float *x, const float *bias, float *y, long rows, long channels,
                                long leading, int activation, float slope) {
  float pattern[narrow * repeats];
  long step = leading;
  if (leading == channels && channels < narrow) {
    step = channels * repeats;
    for (long i = 0; bias && i < step; i++) pattern[i] = bias[i % channels];
    if (bias) bias = pattern;
  }
  const long count = step == leading ? channels : step, end = (rows - 1) * leading + channels;
  for (long i = 0; rows > 0 && i < end; i += step)
    bias_activation_row(x + i, bias, y + i, end - i < count ? end - i : count, activation, slope);
}

CK_DISPATCH(ck_bias_activation,
            (const float *x, const float *bias, float *y, long rows, long channels, long leading, int activation,
             float slope),
            (x, bias, y, rows, channels, leading, activation, slope))

CK_BODY ck_activation_backward_body(const float *y, float *gradient, long count, int activation, float slope) {
  if (activation == CK_LEAKY_RELU)
    for (long i = 0; i < count; i++) gradient[i] *= y[i] > 0 ? 1.0f : slope;
  else if (activation == CK_TANH)
    for (long i = 0; i < count; i++) gradient[i] *= 1.0f - y[i] * y[i];
  else if (activation == CK_SIGMOID)
    for (long i = 0; i < count; i++) gradient[i] *= y[i] * (1.0f - y[i]);
}

CK_DISPATCH(ck_activation_backward, (const float *y, float *gradient, long count, int activation, float slope),
            (y, gradient, count, activation, slope))

CK_BODY ck_dropout_body(const float *x, const float *uniform, float rate, float *y, long count) {
  const float keep = 1.0f / (1.0f - rate);
  for (long i = 0; i < count; i++) y[i] = uniform[i] >= rate ? x[i] * keep : 0.0f;
}

CK_DISPATCH(ck_dropout, (const float *x, const float *uniform, float rate, float *y, long count),
            (x, uniform, rate, y, count))
