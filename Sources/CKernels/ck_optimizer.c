// Adam over flat parameters, and the loss.
#include "ck_optimizer.h"

#include <math.h>

#include "ck_dispatch.h"

// Eight running sums of g^2, so that their order is the same whatever the vector width.
enum { lanes = 8 };

CK_BODY ck_adam_body(float *restrict p, float *restrict m, float *restrict v, const float *restrict g, long count,
                     float beta1, float rest1, float beta2, float rest2, float rate, float root_scale, float epsilon, double *squares) {
  double total[lanes] = {0};
  long i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int l = 0; l < lanes; l++) {
      float gradient = g[i + l];
      float first = beta1 * m[i + l] + rest1 * gradient;
      float second = beta2 * v[i + l] + rest2 * gradient * gradient;
      m[i + l] = first;
      v[i + l] = second;
      p[i + l] -= rate * first / (__builtin_elementwise_sqrt(second) * root_scale + epsilon);
      total[l] += (double)gradient * gradient;
    }
  for (; i < count; i++) {
    float gradient = g[i];
    m[i] = beta1 * m[i] + rest1 * gradient;
    v[i] = beta2 * v[i] + rest2 * gradient * gradient;
    p[i] -= rate * m[i] / (__builtin_elementwise_sqrt(v[i]) * root_scale + epsilon);
    total[0] += (double)gradient * gradient;
  }
  for (int l = 0; l < lanes; l++) *squares += total[l];
}

CK_DISPATCH(ck_adam,
            (float *p, float *m, float *v, const float *g, long count, float beta1, float rest1, float beta2,
             float rest2, float rate, float root_scale, float epsilon, double *squares),
            (p, m, v, g, count, beta1, rest1, beta2, rest2, rate, root_scale, epsilon, squares))

void ck_sigmoid_cross_entropy(const float *x, long count, double t, double scale, float *gradient, double sums[2]) {
  for (long i = 0; i < count; i++) {
    double v = x[i], e = exp(-fabs(v));
    double sigmoid = (v < 0 ? e : 1.0) / (1.0 + e);
    gradient[i] = (float)((sigmoid - t) * scale);
    sums[0] += (v > 0 ? v : 0) - v * t + log1p(e);
    sums[1] += sigmoid;
  }
}
