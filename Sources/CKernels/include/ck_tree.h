#ifndef CK_TREE_H
#define CK_TREE_H

/// total[i] = the sum over slices s of x[s * stride + i], i < count, added as one balanced binary tree: the
/// sum of the lower half of the slices plus the sum of the upper half (which has the odd slice), and so on
/// down. Each element is added by itself, so its bits do not depend on count, blocks or vector width.
/// `total` may be `x` itself (the first slice is then replaced); otherwise they do not overlap. slices >=
/// 1.
void ck_tree_sum(const float *x, long slices, long stride, float *total, long count);

/// ck_tree_sum in double precision.
void ck_tree_sum_double(const double *x, long slices, long stride, double *total, long count);

/// total[i] = a[i] + b[i]; total may be a or b.
void ck_add_double(const double *a, const double *b, double *total, long count);

#endif
