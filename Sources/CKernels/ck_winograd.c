// The transforms of the Winograd forms, and where tiles and windows lie in pictures.
#include "ck_winograd.h"

#include <string.h>

#include "ck_elementwise.h"
#include "ck_isa.h"
#include "ck_product.h"
#include "ck_winograd_matrices.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// The most channels that one call transforms.
enum { ck_channels_most = 4096 };
static const float zeros[ck_channels_most];

int ck_winograd_has(int tile, int taps) {
  return taps == 2 || taps == 3 ? tile == 2 || tile == 4 : taps == 4 ? tile == 3 : taps == 5 && tile == 2;
}

static long tiles_across(const ck_winograd *w) { return (w->small_width + w->tile - 1) / w->tile; }
static long tiles_down(const ck_winograd *w) { return (w->small_height + w->tile - 1) / w->tile; }
long ck_winograd_tiles(const ck_winograd *w) { return tiles_down(w) * tiles_across(w); }

// A tile's place: its picture, its row and column among the picture's tiles, and how many rows and columns
// these have.
typedef struct {
  long picture;
  int row, column, rows, columns;
} ck_walk;

static ck_walk ck_walk_from(const ck_winograd *w, long tile) {
  long across = tiles_across(w), down = tiles_down(w);
  return (ck_walk){.picture = tile / (across * down),
                   .row = (int)(tile / across % down),
                   .column = (int)(tile % across),
                   .rows = (int)down,
                   .columns = (int)across};
}

INLINE void ck_walk_on(ck_walk *walk) {
  if (++walk->column < walk->columns) return;
  walk->column = 0;
  if (++walk->row < walk->rows) return;
  walk->row = 0;
  walk->picture++;
}

// How many of the m pixels of a tile from `start` on lie within `extent`.
INLINE int ck_inside(int extent, int start, int m) { return extent - start < m ? extent - start : m; }

INLINE long ck_small_offset(const ck_winograd *w, const ck_walk *walk, int channel) {
  return ((walk->picture * w->small_height + (long)walk->row * w->tile) * w->small_width +
          (long)walk->column * w->tile) * w->small_channels + channel;
}

// The first tap of phase a (kh = ck_first_tap + stride * t), and the phase's row that tap t = 0 of output 0 reads.
INLINE int ck_first_tap(int stride, int a, int padding) { return (a + padding) % stride; }
INLINE int ck_first_row(int stride, int a, int padding) {
  return (ck_first_tap(stride, a, padding) - padding - a) / stride;
}

// Where the n x n pixels of a tile's window into one phase lie; `outside` for those beyond the picture.
INLINE void ck_window_pixels(const ck_winograd *w, const int n, const ck_walk *walk, int phase, int channel,
                             const float *large, const float *outside,
                             const float *pixels[ck_points_most][ck_points_most]) {
  const int s = w->stride, a = phase / s, b = phase % s;
  const int row = (walk->row * w->tile + ck_first_row(s, a, w->top)) * s + a;
  const int column = (walk->column * w->tile + ck_first_row(s, b, w->left)) * s + b;
  const float *picture = large + walk->picture * w->large_height * w->large_width * w->large_channels + channel;
  long across[ck_points_most];
  for (int j = 0; j < n; j++) {
    int x = column + j * s;
    across[j] = x < 0 || x >= w->large_width ? -1 : (long)x * w->large_channels;
  }
  for (int i = 0; i < n; i++) {
    int h = row + i * s;
    const float *line = h < 0 || h >= w->large_height ? 0 : picture + (long)h * w->large_width * w->large_channels;
    for (int j = 0; j < n; j++) pixels[i][j] = line && across[j] >= 0 ? line + across[j] : outside;
  }
}

// Where the r x r taps of a phase lie in the weights; `none` for those beyond the kernel.
INLINE void ck_filter_taps(const ck_winograd *w, const int r, int phase, const float *weights, long size,
                           const float *none,
                           const float *taps[ck_taps_most][ck_taps_most]) {
  const int s = w->stride;
  for (int i = 0; i < r; i++)
    for (int j = 0; j < r; j++) {
      int kh = ck_first_tap(s, phase / s, w->top) + i * s, kw = ck_first_tap(s, phase % s, w->left) + j * s;
      taps[i][j] = kh < w->kernel && kw < w->kernel ? weights + (kh * w->kernel + kw) * size : none;
    }
}

#if defined(__x86_64__)
typedef float vector16 __attribute__((vector_size(64), aligned(4)));
typedef unsigned bits16 __attribute__((vector_size(64), aligned(4)));
typedef unsigned short halves16 __attribute__((vector_size(32), aligned(2)));
typedef float vector8 __attribute__((vector_size(32), aligned(4)));
typedef unsigned bits8 __attribute__((vector_size(32), aligned(4)));
typedef unsigned short halves8 __attribute__((vector_size(16), aligned(2)));
#define VECTOR vector16
#define BITS bits16
#define HALVES halves16
#define PAIRS 1
#define WIDTH 16
#define NAME(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#include "ck_winograd_isa.h"
#define VECTOR vector8
#define BITS bits8
#define HALVES halves8
#define PAIRS 0
#define WIDTH 8
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#include "ck_winograd_isa.h"
#endif
typedef float vector4 __attribute__((vector_size(16), aligned(4)));
typedef unsigned bits4 __attribute__((vector_size(16), aligned(4)));
typedef unsigned short halves4 __attribute__((vector_size(8), aligned(2)));
#define VECTOR vector4
#define BITS bits4
#define HALVES halves4
#define PAIRS 0
#define WIDTH 4
#define NAME(x) x##_baseline
#define TARGET
#include "ck_winograd_isa.h"

#if defined(__x86_64__)
#define RUN(transform, ...)                                                \
  switch (ck_isa()) {                                                      \
    case CK_ISA_AVX512: run_##transform##_avx512(__VA_ARGS__); break;      \
    case CK_ISA_AVX2: run_##transform##_avx2(__VA_ARGS__); break;          \
    default: run_##transform##_baseline(__VA_ARGS__);                      \
  }
#else
#define RUN(transform, ...) run_##transform##_baseline(__VA_ARGS__);
#endif

void ck_winograd_window(const ck_winograd *w, const float *large, long first, long count, int phase, int channel,
                        int channels, float *v, long row_stride, long point_stride, int numbers) {
  RUN(window, w, large, first, count, phase, channel, channels, v, row_stride, point_stride, numbers)
}

void ck_winograd_window_transposed(const ck_winograd *w, const float *v, long row_stride, long point_stride,
                                   long first, long count, int phase, int channel, int channels, float *large) {
  RUN(window_transposed, w, v, row_stride, point_stride, first, count, phase, channel, channels, large)
}

void ck_winograd_output(const ck_winograd *w, const float *m, long row_stride, long point_stride, long first,
                        long count, int channel, int channels, float *small) {
  RUN(output, w, m, row_stride, point_stride, first, count, channel, channels, small)
}

void ck_winograd_output_transposed(const ck_winograd *w, const float *small, long first, long count, int channel,
                                   int channels, float *m, long row_stride, long point_stride, int numbers) {
  RUN(output_transposed, w, small, first, count, channel, channels, m, row_stride, point_stride, numbers)
}

void ck_winograd_filter(const ck_winograd *w, const float *weights, long rows, long columns, int phase, long row,
                        long count, float *u, long panel_stride, long point_stride, int numbers) {
  RUN(filter, w, weights, rows, columns, phase, row, count, u, panel_stride, point_stride, numbers)
}

void ck_winograd_filter_transposed(const ck_winograd *w, const float *u, long row_stride, long point_stride,
                                   long rows, long columns, float *taps) {
  RUN(filter_transposed, w, u, row_stride, point_stride, rows, columns, taps)
}

void ck_winograd_taps(const ck_winograd *w, int phase, long row, long rows, long column, long columns, float *block,
                      float *weights, int adds) {
  const float *taps[ck_taps_most][ck_taps_most];
  const long small = w->small_channels;
  ck_filter_taps(w, w->taps, phase, weights, w->large_channels * small, zeros, taps);
  for (int t = 0; t < w->taps * w->taps; t++, block += rows * columns) {
    float *tap = (float *)taps[t / w->taps][t % w->taps];
    if (tap == zeros) continue;
    for (long k = 0; k < rows; k++) {
      float *there = tap + (row + k) * small + column, *here = block + k * columns;
      if (adds)
        ck_add(there, here, here, columns);
      else
        memcpy(there, here, sizeof(float) * (size_t)columns);
    }
  }
}
