// The transforms of Note [Winograd] for one instruction set; ck_winograd.c includes this file once for each, with
// VECTOR (a vector of WIDTH floats), BITS and HALVES (of as many unsigned integers of 32 and 16 bits), NAME(x) (x with
// the set's suffix), TARGET (its attributes) and PAIRS (whether it writes bfloat16) defined.

// y = matrix x matrix' for a matrix rows x inner whose elements the compiler knows: after unrolling, no
// multiplication by 0 or 1 is left. `by_row` and `by_column` say where element (i, j) lies in `matrix`, so
// that the same code applies a transpose.
INLINE void NAME(both_sides)(const int rows, const int inner, const float *matrix, const int by_row,
                             const int by_column, VECTOR x[ck_points_most][ck_points_most],
                             VECTOR y[ck_points_most][ck_points_most]) {
  VECTOR half[ck_points_most][ck_points_most];
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < inner; j++) {
    VECTOR sum = {0};
    int begun = 0;
    UNROLL for (int a = 0; a < inner; a++) {
      const float factor = matrix[i * by_row + a * by_column];
      if (factor == 0) continue;
      sum = !begun ? (factor == 1 ? x[a][j] : factor == -1 ? -x[a][j] : factor * x[a][j])
                   : factor == 1 ? sum + x[a][j] : factor == -1 ? sum - x[a][j] : sum + factor * x[a][j];
      begun = 1;
    }
    half[i][j] = sum;
  }
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < rows; j++) {
    VECTOR sum = {0};
    int begun = 0;
    UNROLL for (int a = 0; a < inner; a++) {
      const float factor = matrix[j * by_row + a * by_column];
      if (factor == 0) continue;
      sum = !begun ? (factor == 1 ? half[i][a] : factor == -1 ? -half[i][a] : factor * half[i][a])
                   : factor == 1 ? sum + half[i][a] : factor == -1 ? sum - half[i][a] : sum + factor * half[i][a];
      begun = 1;
    }
    y[i][j] = sum;
  }
}

// Stores a vector of WIDTH numbers as `numbers` says: as floats; as bfloat16 one after the other, `c` counting numbers
// (rows, whose pairs lie along c); or as one half of the pairs at `to`, where `odd` is the place within the pair.
INLINE void NAME(put)(const int numbers, float *to, long c, int odd, const VECTOR *value) {
  if (numbers == CK_AS_FLOATS) {
    *(VECTOR *)(to + c) = *value;
    return;
  }
  // To nearest, ties to even.
  BITS bits = *(const BITS *)value;
  bits += 0x7fff + (bits >> 16 & 1);
  if (numbers == CK_AS_BF16_ROWS) {
    *(HALVES *)((unsigned short *)to + c) = __builtin_convertvector(bits >> 16, HALVES);
  } else {
    BITS *pairs = (BITS *)(to + c);
    *pairs = odd ? (*pairs & 0xffff) | (bits & 0xffff0000) : bits >> 16;
  }
}

INLINE void NAME(window)(const int m, const int r, const ck_winograd_matrices *matrices, const int numbers,
                         const ck_winograd *w, const float *large, long first, long count, int phase, int channel,
                         int channels, float *v, long row_stride, long point_stride) {
  const int n = m + r - 1, shared = numbers == CK_AS_BF16_PAIRS;
  ck_walk walk = ck_walk_from(w, first);
  for (long t = 0; t < count; t++, ck_walk_on(&walk), v += shared && t % 2 == 1 ? 0 : row_stride) {
    const float *pixels[ck_points_most][ck_points_most];
    ck_window_pixels(w, n, &walk, phase, channel, large, zeros, pixels);
    for (int c = 0; c < channels; c += WIDTH) {
      VECTOR x[ck_points_most][ck_points_most], y[ck_points_most][ck_points_most];
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++) x[i][j] =
          *(const VECTOR *)(pixels[i][j] + c);
      NAME(both_sides)(n, n, &matrices->input[0][0], ck_points_most, 1, x, y);
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++)
          NAME(put)(numbers, v + (i * n + j) * point_stride, c, t % 2, &y[i][j]);
    }
  }
}

INLINE void NAME(window_transposed)(const int m, const int r, const ck_winograd_matrices *matrices,
                                    const ck_winograd *w, const float *v, long row_stride, long point_stride,
                                    long first, long count, int phase, int channel, int channels, float *large) {
  const int n = m + r - 1;
  // Numbers outside the picture are added here and never read.
  float outside[ck_channels_most];
  memset(outside, 0, sizeof(float) * (size_t)channels);
  ck_walk walk = ck_walk_from(w, first);
  for (long t = 0; t < count; t++, ck_walk_on(&walk), v += row_stride) {
    const float *pixels[ck_points_most][ck_points_most];
    ck_window_pixels(w, n, &walk, phase, channel, large, outside, pixels);
    for (int c = 0; c < channels; c += WIDTH) {
      VECTOR x[ck_points_most][ck_points_most], y[ck_points_most][ck_points_most];
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++) x[i][j] =
          *(const VECTOR *)(v + (i * n + j) * point_stride + c);
      NAME(both_sides)(n, n, &matrices->input[0][0], 1, ck_points_most, x, y);
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++) {
        VECTOR *pixel = (VECTOR *)((float *)pixels[i][j] + c);
        *pixel += y[i][j];
      }
    }
  }
}

INLINE void NAME(output)(const int m, const int r, const ck_winograd_matrices *matrices, const ck_winograd *w,
                         const float *v, long row_stride, long point_stride, long first, long count, int channel,
                         int channels, float *small) {
  const int n = m + r - 1;
  ck_walk walk = ck_walk_from(w, first);
  for (long t = 0; t < count; t++, ck_walk_on(&walk), v += row_stride) {
    float *corner = small + ck_small_offset(w, &walk, channel);
    const int rows = ck_inside(w->small_height, walk.row * m, m), columns = ck_inside(w->small_width, walk.column * m, m);
    for (int c = 0; c < channels; c += WIDTH) {
      VECTOR x[ck_points_most][ck_points_most], y[ck_points_most][ck_points_most];
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++) x[i][j] =
          *(const VECTOR *)(v + (i * n + j) * point_stride + c);
      NAME(both_sides)(m, n, &matrices->output[0][0], ck_points_most, 1, x, y);
      UNROLL for (int i = 0; i < m; i++) UNROLL for (int j = 0; j < m; j++) if (i < rows && j < columns)
          *(VECTOR *)(corner + ((long)i * w->small_width + j) * w->small_channels + c) = y[i][j];
    }
  }
}

INLINE void NAME(output_transposed)(const int m, const int r, const ck_winograd_matrices *matrices,
                                    const int numbers, const ck_winograd *w, const float *small, long first, long count, int channel,
                                    int channels, float *v, long row_stride, long point_stride) {
  const int n = m + r - 1, shared = numbers == CK_AS_BF16_PAIRS;
  ck_walk walk = ck_walk_from(w, first);
  for (long t = 0; t < count; t++, ck_walk_on(&walk), v += shared && t % 2 == 1 ? 0 : row_stride) {
    const float *corner = small + ck_small_offset(w, &walk, channel);
    const int rows = ck_inside(w->small_height, walk.row * m, m), columns = ck_inside(w->small_width, walk.column * m, m);
    for (int c = 0; c < channels; c += WIDTH) {
      VECTOR x[ck_points_most][ck_points_most], y[ck_points_most][ck_points_most];
      UNROLL for (int i = 0; i < m; i++) UNROLL for (int j = 0; j < m; j++) x[i][j] =
          i < rows && j < columns
              ? *(const VECTOR *)(corner + ((long)i * w->small_width + j) * w->small_channels + c)
              : (VECTOR){0};
      NAME(both_sides)(n, m, &matrices->output[0][0], 1, ck_points_most, x, y);
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++)
          NAME(put)(numbers, v + (i * n + j) * point_stride, c, t % 2, &y[i][j]);
    }
  }
}

INLINE void NAME(filter)(const int m, const int r, const ck_winograd_matrices *matrices, const int numbers,
                         const ck_winograd *w, const float *weights, long rows, long columns, int phase, long row, long count, float *u,
                         long panel_stride, long point_stride) {
  const int n = m + r - 1;
  const float *taps[ck_taps_most][ck_taps_most];
  ck_filter_taps(w, r, phase, weights, rows * columns, zeros, taps);
  const long padded = (columns + CK_PANEL - 1) / CK_PANEL * CK_PANEL;
  const int shared = numbers == CK_AS_BF16_PAIRS;
  for (long k = row; k < row + count; k++, u += shared && (k - row) % 2 == 1 ? 0 : CK_PANEL)
    for (long c = 0; c < padded; c += WIDTH) {
      VECTOR x[ck_points_most][ck_points_most], y[ck_points_most][ck_points_most];
      UNROLL for (int i = 0; i < r; i++) UNROLL for (int j = 0; j < r; j++) x[i][j] =
          c < columns && taps[i][j] != zeros ? *(const VECTOR *)(taps[i][j] + k * columns + c) : (VECTOR){0};
      NAME(both_sides)(n, r, &matrices->filter[0][0], ck_taps_most, 1, x, y);
      float *to = u + c / CK_PANEL * panel_stride + c % CK_PANEL;
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++)
          NAME(put)(numbers, to + (i * n + j) * point_stride, 0, (int)((k - row) % 2), &y[i][j]);
    }
}

INLINE void NAME(filter_transposed)(const int m, const int r, const ck_winograd_matrices *matrices, const float *u,
                                    long row_stride, long point_stride, long rows, long columns, float *taps) {
  const int n = m + r - 1;
  const long size = rows * columns;
  for (long k = 0; k < rows; k++, u += row_stride, taps += columns)
    for (long c = 0; c < columns; c += WIDTH) {
      VECTOR x[ck_points_most][ck_points_most], y[ck_points_most][ck_points_most];
      UNROLL for (int i = 0; i < n; i++) UNROLL for (int j = 0; j < n; j++) x[i][j] =
          *(const VECTOR *)(u + (i * n + j) * point_stride + c);
      NAME(both_sides)(r, n, &matrices->filter[0][0], 1, ck_taps_most, x, y);
      UNROLL for (int i = 0; i < r; i++) UNROLL for (int j = 0; j < r; j++)
          *(VECTOR *)(taps + (i * r + j) * size + c) = y[i][j];
    }
}

// One copy of each transform for each form, with m, r and the matrices known to the compiler, and a choice
// between them.
#define CASE(m, r, transform, ...) \
  case m * 10 + r: NAME(transform)(m, r, &ck_matrices_##m##_##r, __VA_ARGS__); break;
#define SHORT(transform, ...)      \
  CASE(2, 2, transform, __VA_ARGS__) \
  CASE(4, 2, transform, __VA_ARGS__) \
  CASE(2, 3, transform, __VA_ARGS__) \
  CASE(4, 3, transform, __VA_ARGS__)
#define LONG(transform, ...)       \
  CASE(3, 4, transform, __VA_ARGS__) \
  CASE(2, 5, transform, __VA_ARGS__)
#define CHOOSE(transform, ...)         \
  switch (w->tile * 10 + w->taps) {    \
    SHORT(transform, __VA_ARGS__)      \
    LONG(transform, __VA_ARGS__)       \
  }

// The same for transforms that may write bfloat16. Only the instruction set that multiplies bfloat16 needs
// these copies, and only for up to three taps.
#if PAIRS
#define CHOOSE_NUMBERS(transform, ...)                                                             \
  if (numbers == CK_AS_BF16_ROWS) {                                                                \
    switch (w->tile * 10 + w->taps) { SHORT(transform, CK_AS_BF16_ROWS, __VA_ARGS__) }             \
  } else if (numbers == CK_AS_BF16_PAIRS) {                                                        \
    switch (w->tile * 10 + w->taps) { SHORT(transform, CK_AS_BF16_PAIRS, __VA_ARGS__) }            \
  } else {                                                                                         \
    CHOOSE(transform, CK_AS_FLOATS, __VA_ARGS__)                                                   \
  }
#else
#define CHOOSE_NUMBERS(transform, ...) \
  (void)numbers;                       \
  CHOOSE(transform, CK_AS_FLOATS, __VA_ARGS__)
#endif

TARGET static void NAME(run_window)(const ck_winograd *w, const float *large, long first, long count, int phase,
                                    int channel, int channels, float *v, long row_stride, long point_stride,
                                    int numbers) {
  CHOOSE_NUMBERS(window, w, large, first, count, phase, channel, channels, v, row_stride, point_stride)
}

TARGET static void NAME(run_window_transposed)(const ck_winograd *w, const float *v, long row_stride,
                                               long point_stride, long first, long count, int phase, int channel,
                                               int channels, float *large) {
  CHOOSE(window_transposed, w, v, row_stride, point_stride, first, count, phase, channel, channels, large)
}

TARGET static void NAME(run_output)(const ck_winograd *w, const float *m, long row_stride, long point_stride,
                                    long first, long count, int channel, int channels, float *small) {
  CHOOSE(output, w, m, row_stride, point_stride, first, count, channel, channels, small)
}

TARGET static void NAME(run_output_transposed)(const ck_winograd *w, const float *small, long first, long count,
                                               int channel, int channels, float *m, long row_stride,
                                               long point_stride, int numbers) {
  CHOOSE_NUMBERS(output_transposed, w, small, first, count, channel, channels, m, row_stride, point_stride)
}

TARGET static void NAME(run_filter)(const ck_winograd *w, const float *weights, long rows, long columns, int phase,
                                    long row, long count, float *u, long panel_stride, long point_stride,
                                    int numbers) {
  CHOOSE_NUMBERS(filter, w, weights, rows, columns, phase, row, count, u, panel_stride, point_stride)
}

TARGET static void NAME(run_filter_transposed)(const ck_winograd *w, const float *u, long row_stride,
                                               long point_stride, long rows, long columns, float *taps) {
  CHOOSE(filter_transposed, u, row_stride, point_stride, rows, columns, taps)
}

#undef CASE
#undef SHORT
#undef LONG
#undef CHOOSE
#undef CHOOSE_NUMBERS
#undef VECTOR
#undef BITS
#undef HALVES
#undef PAIRS
#undef WIDTH
#undef NAME
#undef TARGET
