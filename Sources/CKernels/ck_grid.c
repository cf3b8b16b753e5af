// Grids and patches of a picture, as features for a classifier.
#include "ck_grid.h"

#include <math.h>

#include "ck_dispatch.h"

void ck_grid_max(const float *x, long height, long width, long channels, long grid, float *y) {
  for (long i = 0; i < grid; i++) {
    long top = i * height / grid, bottom = ((i + 1) * height + grid - 1) / grid;
    for (long j = 0; j < grid; j++) {
      long left = j * width / grid, right = ((j + 1) * width + grid - 1) / grid;
      float *cell = y + (i * grid + j) * channels;
      for (long c = 0; c < channels; c++) cell[c] = -INFINITY;
      for (long row = top; row < bottom; row++) {
        for (long column = left; column < right; column++) {
          const float *pixel = x + (row * width + column) * channels;
          for (long c = 0; c < channels; c++) cell[c] = pixel[c] > cell[c] ? pixel[c] : cell[c];
        }
      }
    }
  }
}

long ck_patch_count(long length, long side, long stride) { return length < side ? 0 : (length - side) / stride + 1; }

void ck_patch(const uint8_t *picture, long width, long channels, long row, long column, long side, float regularizer,
              float *y) {
  long count = side * side * channels;
  float sum = 0;
  for (long i = 0; i < side; i++) {
    const uint8_t *line = picture + ((row + i) * width + column) * channels;
    for (long j = 0; j < side * channels; j++) {
      y[i * side * channels + j] = line[j];
      sum += line[j];
    }
  }
  float mean = sum / (float)count, squares = 0;
  for (long i = 0; i < count; i++) {
    y[i] -= mean;
    squares += y[i] * y[i];
  }
  float scale = 1 / sqrtf(squares / (float)count + regularizer);
  for (long i = 0; i < count; i++) y[i] *= scale;
}

CK_BODY ck_triangle_body(float *dots, float patch, const float *lengths, long centroids, float *sums) {
  // Eight sums, so that the loop may be vectorised without another order of additions.
  float parts[8] = {0};
  for (long k = 0; k < centroids; k++) {
    float square = patch + lengths[k] - 2 * dots[k];
    dots[k] = sqrtf(square > 0 ? square : 0);
  }
  long k = 0;
  for (; k + 8 <= centroids; k += 8)
    for (int i = 0; i < 8; i++) parts[i] += dots[k + i];
  float sum = 0;
  for (; k < centroids; k++) sum += dots[k];
  for (int i = 0; i < 8; i++) sum += parts[i];
  float mean = sum / (float)centroids;
  for (long k = 0; k < centroids; k++) {
    float nearer = mean - dots[k];
    sums[k] += nearer > 0 ? nearer : 0;
  }
}

CK_DISPATCH(ck_triangle, (float *dots, float patch, const float *lengths, long centroids, float *sums),
            (dots, patch, lengths, centroids, sums))

long ck_nearest(const float *dots, const float *lengths, long centroids) {
  long best = 0;
  float most = -INFINITY;
  for (long k = 0; k < centroids; k++) {
    float value = dots[k] - lengths[k] / 2;
    if (value > most) {
      most = value;
      best = k;
    }
  }
  return best;
}
