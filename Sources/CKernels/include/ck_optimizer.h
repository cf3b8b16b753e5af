#ifndef CK_OPTIMIZER_H
#define CK_OPTIMIZER_H

/// One step of Adam over count parameters, in place: m = beta1 m + rest1 g, v = beta2 v + rest2 g^2,
/// p = p - rate * m / (sqrt(v) * root_scale + epsilon). rest1 and rest2 are 1 - beta,
/// rounded once (a float's 1 - 0.999f is off by 5e-5 of it); the bias corrections are in rate and root_scale. Adds
/// the sum of g^2 to *squares.
void ck_adam(float *p, float *m, float *v, const float *g, long count, float beta1, float rest1, float beta2,
             float rest2, float rate, float root_scale, float epsilon, double *squares);

/// Sigmoid cross-entropy over count logits x against one target t: writes gradient = (sigmoid(x) - t) * scale and
/// adds to sums[0] the sum of max(x, 0) - x t + log(1 + exp(-|x|)) and to sums[1] the sum of sigmoid(x).
void ck_sigmoid_cross_entropy(const float *x, long count, double t, double scale, float *gradient, double sums[2]);

#endif
