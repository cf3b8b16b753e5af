#ifndef CK_ACTIVATION_H
#define CK_ACTIVATION_H

/// Functions that follow a layer, element by element.
enum { CK_IDENTITY = 0, CK_LEAKY_RELU = 1, CK_TANH = 2, CK_SIGMOID = 3 };

/// y = f(x + bias) over rows of channels floats that lie leading floats apart, in x and y alike; bias (channels
/// floats, added to each row) may be NULL; y may be x. slope is leaky ReLU's; ReLU is slope 0.
void ck_bias_activation(const float *x, const float *bias, float *y, long rows, long channels, long leading,
                        int activation, float slope);

/// gradient = gradient * f'(x), with f'(x) computed from y = f(x). Overwrites gradient.
void ck_activation_backward(const float *y, float *gradient, long count, int activation, float slope);

/// y = x * mask, where mask is 1 / (1 - rate) for each element whose uniform number is at least rate, else 0.
/// x and y may be the same.
void ck_dropout(const float *x, const float *uniform, float rate, float *y, long count);

#endif
