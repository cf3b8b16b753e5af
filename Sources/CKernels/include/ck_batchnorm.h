#ifndef CK_BATCHNORM_H
#define CK_BATCHNORM_H

/// Adds each channel's sum of x and of x^2 over rows to sums: channels doubles, then channels doubles.
void ck_moments(const float *x, long rows, long channels, double *sums);

/// y = f(x * scale + shift), per channel, f as in ck_activation.h (identity or leaky ReLU). y may be x.
void ck_normalize(const float *x, const float *scale, const float *shift, float *y, long rows, long channels,
                  int activation, float slope);

/// With g = dy * f'(x * scale + shift) and xhat = (x - mean) * inverse_std: adds each channel's sums of g and of
/// g * xhat over rows to sums: channels doubles, then channels doubles.
void ck_batchnorm_backward_sums(const float *x, const float *dy, const float *scale, const float *shift,
                                const float *mean, const float *inverse_std, long rows, long channels, int activation,
                                float slope, double *sums);

/// dx = g * a + x * b + c, per channel, with g as above. dx may be dy.
void ck_batchnorm_backward_apply(const float *x, const float *dy, const float *scale, const float *shift,
                                 const float *a, const float *b, const float *c, float *dx, long rows, long channels,
                                 int activation, float slope);

/// Adds each channel's sum of x over rows to sums (channels doubles).
void ck_column_sums(const float *x, long rows, long channels, double *sums);

#endif
