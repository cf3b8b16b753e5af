// Sums over slices in the order that the program promises.
#include "ck_tree.h"

#include <string.h>

#include "ck_dispatch.h"
#include "ck_elementwise.h"

CK_BODY ck_add_double_body(const double *a, const double *b, double *total, long count) {
  for (long i = 0; i < count; i++) total[i] = a[i] + b[i];
}

CK_DISPATCH(ck_add_double, (const double *a, const double *b, double *total, long count), (a, b, total, count))

// Blocks keep the partial sums of the tree's levels in the first cache, so that every slice is read once.
enum { block = 1024 };

static void sum_block(const float *x, long slices, long stride, float *total, long count) {
  if (slices == 1) {
    if (total != x) memcpy(total, x, (size_t)count * sizeof *x);
  } else if (slices == 2) {
    ck_add(x, x + stride, total, count);
  } else {
    float upper[block];
    long half = slices / 2;
    sum_block(x, half, stride, total, count);
    sum_block(x + half * stride, slices - half, stride, upper, count);
    ck_add(total, upper, total, count);
  }
}

void ck_tree_sum(const float *x, long slices, long stride, float *total, long count) {
  for (long at = 0; at < count; at += block)
    sum_block(x + at, slices, stride, total + at, count - at < block ? count - at : block);
}

static void sum_block_double(const double *x, long slices, long stride, double *total, long count) {
  if (slices == 1) {
    if (total != x) memcpy(total, x, (size_t)count * sizeof *x);
  } else if (slices == 2) {
    ck_add_double(x, x + stride, total, count);
  } else {
    double upper[block];
    long half = slices / 2;
    sum_block_double(x, half, stride, total, count);
    sum_block_double(x + half * stride, slices - half, stride, upper, count);
    ck_add_double(total, upper, total, count);
  }
}

void ck_tree_sum_double(const double *x, long slices, long stride, double *total, long count) {
  for (long at = 0; at < count; at += block)
    sum_block_double(x + at, slices, stride, total + at, count - at < block ? count - at : block);
}
