// Pictures with their padding around them, for layers with few channels on the large side.
#include "ck_narrow.h"

#include <string.h>

static long padded_width(const ck_window *w) { return (long)(w->grid_width - 1) * w->stride + w->kernel_width; }
static long padded_height(const ck_window *w) { return (long)(w->grid_height - 1) * w->stride + w->kernel_height; }

long ck_padded_count(const ck_window *w) { return padded_height(w) * padded_width(w) * w->channels; }

// The pixels of a row of the picture that are also in the padded one: columns from ..< to of the picture.
static void common(const ck_window *w, long *from, long *to) {
  *from = w->left > 0 ? w->left : 0;
  *to = padded_width(w) + w->left < w->width ? padded_width(w) + w->left : w->width;
}

void ck_pad(const ck_window *w, const float *picture, float *padded) {
  long from, to, width = padded_width(w);
  common(w, &from, &to);
  memset(padded, 0, sizeof(float) * (size_t)ck_padded_count(w));
  for (long h = 0; h < padded_height(w); h++) {
    long row = h + w->top;
    if (row < 0 || row >= w->height || to <= from) continue;
    memcpy(padded + (h * width + from - w->left) * w->channels, picture + (row * w->width + from) * w->channels,
           sizeof(float) * (size_t)((to - from) * w->channels));
  }
}

void ck_unpad(const ck_window *w, const float *padded, float *picture) {
  long from, to, width = padded_width(w), height = padded_height(w);
  common(w, &from, &to);
  if (to - from < w->width || height + w->top < w->height || w->top > 0)
    memset(picture, 0, sizeof(float) * (size_t)w->height * (size_t)w->width * (size_t)w->channels);
  for (long h = 0; h < height; h++) {
    long row = h + w->top;
    if (row < 0 || row >= w->height || to <= from) continue;
    memcpy(picture + (row * w->width + from) * w->channels, padded + (h * width + from - w->left) * w->channels,
           sizeof(float) * (size_t)((to - from) * w->channels));
  }
}

typedef float vector4 __attribute__((vector_size(16), aligned(4)));

// Windows that do not overlap are added one after the other, then those between them: a load that overlaps
// the store just before it in part has to wait for that store.
void ck_scatter_row(const ck_window *w, const float *rows, long row_stride, int grid_row, float *padded) {
  const long width = padded_width(w), length = (long)w->kernel_width * w->channels, step = (long)w->stride * w->channels;
  const int apart = (w->kernel_width + w->stride - 1) / w->stride;
  for (int kh = 0; kh < w->kernel_height; kh++)
    for (int group = 0; group < apart; group++)
      for (int j = group; j < w->grid_width; j += apart) {
        float *to = padded + ((long)grid_row * w->stride + kh) * width * w->channels + j * step;
        const float *from = rows + j * row_stride + kh * length;
        long c = 0;
        for (; c + 4 <= length; c += 4) *(vector4 *)(to + c) += *(const vector4 *)(from + c);
        for (; c < length; c++) to[c] += from[c];
      }
}
