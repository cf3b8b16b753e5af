#ifndef CK_SPECTRAL_H
#define CK_SPECTRAL_H

/// Writes the inner product of two vectors to `sum`, in double. Every product is exact and the order of the
/// sum is fixed, so the bits are the same on every instruction set.
void ck_dot(const float *a, const float *b, long count, double *sum);

/// Adds a x to `sums`, element by element, in double; each product is exact.
void ck_add_scaled(float a, const float *x, double *sums, long count);

/// y = x * scale. The two may be the same.
void ck_scale(const float *x, float scale, float *y, long count);

/// g = (g - along x) * scale, in float.
void ck_take_away(float *g, float along, const float *x, float scale, long count);

#endif
