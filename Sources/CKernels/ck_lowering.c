// Lowering (im2col) of tiles and its adjoint. Copies, and additions of one number to another: no instruction
// set changes a bit.
#include "ck_lowering.h"

#include <string.h>

#include "ck_elementwise.h"

// Copies the columns of one kernel row, zeroes outside the source.
static inline void lower_row(const ck_window *w, const float *row, int inside, int column, float *out) {
  const int channels = w->channels;
  if (!inside) {
    memset(out, 0, sizeof(float) * (size_t)w->kernel_width * (size_t)channels);
    return;
  }
  int begin = column < 0 ? -column : 0;
  int end = w->kernel_width;
  if (column + end > w->width) end = w->width - column;
  if (begin > w->kernel_width) begin = w->kernel_width;
  if (end < begin) end = begin;
  if (begin > 0) memset(out, 0, sizeof(float) * (size_t)begin * (size_t)channels);
  if (end > begin)
    memcpy(out + (long)begin * channels, row + ((long)column + begin) * channels,
           sizeof(float) * (size_t)(end - begin) * (size_t)channels);
  if (end < w->kernel_width)
    memset(out + (long)end * channels, 0, sizeof(float) * (size_t)(w->kernel_width - end) * (size_t)channels);
}

void ck_lower(const ck_window *w, const float *source, long first, long count, int kh_begin, int kh_end,
              float *rows) {
  const long picture_size = (long)w->height * w->width * w->channels;
  const long row_size = (long)w->width * w->channels;
  const long piece = (long)w->kernel_width * w->channels;
  const long windows = (long)w->grid_height * w->grid_width;
  long n = first / windows;
  int i = (int)(first % windows / w->grid_width), j = (int)(first % w->grid_width);
  for (long r = 0; r < count; r++) {
    const float *picture = source + n * picture_size;
    for (int kh = kh_begin; kh < kh_end; kh++, rows += piece) {
      int y = i * w->stride + w->top + kh;
      int inside = y >= 0 && y < w->height;
      lower_row(w, picture + (inside ? y : 0) * row_size, inside, j * w->stride + w->left, rows);
    }
    if (++j == w->grid_width) {
      j = 0;
      if (++i == w->grid_height) {
        i = 0;
        n++;
      }
    }
  }
}

void ck_scatter(const ck_window *w, const float *rows, long first, long count, float *picture) {
  const long piece = (long)w->kernel_width * w->channels;
  int i = (int)(first / w->grid_width), j = (int)(first % w->grid_width);
  for (long r = 0; r < count; r++) {
    int column = j * w->stride + w->left;
    int begin = column < 0 ? -column : 0;
    int end = column + w->kernel_width > w->width ? w->width - column : w->kernel_width;
    for (int kh = 0; kh < w->kernel_height; kh++, rows += piece) {
      int y = i * w->stride + w->top + kh;
      if (y < 0 || y >= w->height || end <= begin) continue;
      const float *from = rows + (long)begin * w->channels;
      float *to = picture + ((long)y * w->width + column + begin) * w->channels;
      const long length = (long)(end - begin) * w->channels;
      for (long e = 0; e < length; e++) to[e] += from[e];
    }
    if (++j == w->grid_width) {
      j = 0;
      i++;
    }
  }
}

void ck_store_phase(const float *rows, long first, long count, int grid_height, int grid_width, int stride, int a,
                    int b, int height, int width, int channels, float *pictures) {
  const long windows = (long)grid_height * grid_width;
  long n = first / windows;
  int i = (int)(first % windows / grid_width), j = (int)(first % grid_width);
  for (long r = 0; r < count; r++, rows += channels) {
    float *to = pictures + ((n * height + (long)i * stride + a) * width + (long)j * stride + b) * channels;
    memcpy(to, rows, sizeof(float) * (size_t)channels);
    if (++j == grid_width) {
      j = 0;
      if (++i == grid_height) {
        i = 0;
        n++;
      }
    }
  }
}

void ck_transpose(const float *source, long rows, long columns, float *target) {
  enum { block = 16 };
  for (long r0 = 0; r0 < rows; r0 += block)
    for (long c0 = 0; c0 < columns; c0 += block) {
      long r1 = r0 + block < rows ? r0 + block : rows, c1 = c0 + block < columns ? c0 + block : columns;
      for (long c = c0; c < c1; c++)
        for (long r = r0; r < r1; r++) target[c * rows + r] = source[r * columns + c];
    }
}

void ck_clear_columns(float *rows, long count, long columns, long leading) {
  if (columns == leading)
    memset(rows, 0, sizeof(float) * (size_t)(count * columns));
  else
    for (long r = 0; r < count; r++) memset(rows + r * leading, 0, sizeof(float) * (size_t)columns);
}

void ck_copy_rows(const float *source, long leading_source, float *target, long leading_target, long count,
                  long columns) {
  for (long r = 0; r < count; r++)
    memcpy(target + r * leading_target, source + r * leading_source, sizeof(float) * (size_t)columns);
}

void ck_add_rows(const float *source, long leading_source, float *target, long leading_target, long count,
                 long columns) {
  for (long r = 0; r < count; r++)
    ck_add(source + r * leading_source, target + r * leading_target, target + r * leading_target, columns);
}
